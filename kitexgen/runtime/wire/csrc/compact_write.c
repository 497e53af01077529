/* Records to Thrift compact, by the rules of `binary_write.c`. */
#include "packed.h"
#include "scalars.h"
#include "strings.h"
#include "uuids.h"
#include "varint.h"
#include "writer.h"

#define FIXED_MOST 16 /* bytes of a value that is no text, container or record */
#define HEAD_MOST (2 + VARINT_BYTES)
#define LONG_DELTA 15 /* larger steps between field ids have the id behind the type byte */
#define LONG_COUNT 15

static uint8_t *write_value(Writer *writer, uint8_t *at, Type *type, PyObject *value);

static inline void put_little64(uint8_t *at, uint64_t bits)
{
    bits = LITTLE64(bits);
    memcpy(at, &bits, 8);
}

/* For which there is room. A bool is one as an element; those in fields are in the header. */
static uint8_t *write_fixed(Writer *writer, uint8_t *at, int kind, PyObject *value)
{
    int64_t number;
    uint64_t bits;
    switch (kind) {
    case K_BOOL:
        if (value != Py_True && value != Py_False)
            return NULL;
        *at = value == Py_True ? C_TRUE : C_FALSE;
        return at + 1;
    case K_I8:
        if (!integer_of(value, K_I8, &number))
            return NULL;
        *at = (uint8_t)number;
        return at + 1;
    case K_DOUBLE:
        if (!double_of(value, &bits))
            return NULL;
        put_little64(at, bits);
        return at + 8;
    case K_UUID:
        return uuid_put(writer->state, at, value) ? at + 16 : NULL;
    default:
        return integer_of(value, kind, &number) ? varint_put(at, zigzag(number)) : NULL;
    }
}

static uint8_t *write_string(Writer *writer, uint8_t *at, PyObject *value)
{
    Py_ssize_t size;
    if (is_plain_text(value)) {
        size = PyUnicode_GET_LENGTH(value);
        at = size > MAX_LENGTH ? NULL : room(writer, at, VARINT_BYTES + size);
        if (at == NULL)
            return NULL;
        at = varint_put(at, (uint64_t)size);
        copy_short(at, ascii_text(value), size);
        return at + size;
    }
    size = PyUnicode_CheckExact(value) ? utf8_size(value, true) : -1;
    if (size < 0 || (at = room(writer, at, VARINT_BYTES + size)) == NULL)
        return NULL;
    return utf8_put(varint_put(at, (uint64_t)size), value);
}

static uint8_t *write_bytes(Writer *writer, uint8_t *at, PyObject *value)
{
    const uint8_t *from;
    Py_ssize_t size;
    LOCKED(value)
    if (bytes_of(value, &from, &size)) {
        at = room(writer, at, VARINT_BYTES + size);
        if (at != NULL) {
            at = varint_put(at, (uint64_t)size);
            memcpy(at, from, (size_t)size);
            at += size;
        }
    }
    else
        at = NULL;
    UNLOCKED()
    return at;
}

static uint8_t *write_head(Writer *writer, uint8_t *at, const Type *element, Py_ssize_t count)
{
    if (count > MAX_LENGTH || (at = room(writer, at, HEAD_MOST)) == NULL)
        return NULL;
    if (count < LONG_COUNT) {
        *at = (uint8_t)(count << 4 | element->compact);
        return at + 1;
    }
    *at = (uint8_t)(0xF0 | element->compact);
    return varint_put(at + 1, (uint64_t)count);
}

static uint8_t *write_items(Writer *writer, uint8_t *at, Type *element, PyObject *list)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(list), index = 0;
    at = write_head(writer, at, element, count);
    for (; index < PySequence_Fast_GET_SIZE(list) && at != NULL; index++) {
        PyObject *item = Py_NewRef(PySequence_Fast_ITEMS(list)[index]);
        at = write_value(writer, at, element, item);
        Py_DECREF(item);
    }
    return index == count ? at : NULL;
}

static uint8_t *write_list(Writer *writer, uint8_t *at, Type *type, PyObject *list)
{
    if (!PyList_CheckExact(list) && !PyTuple_CheckExact(list))
        return NULL;
    LOCKED(list)
    at = write_items(writer, at, type->element, list);
    UNLOCKED()
    return at;
}

static uint8_t *write_set(Writer *writer, uint8_t *at, Type *type, PyObject *set)
{
    if (!PyAnySet_CheckExact(set))
        return NULL;
    Py_ssize_t count = PySet_GET_SIZE(set), seen = 0;
    PyObject *iterator = PyObject_GetIter(set), *item;
    if (iterator == NULL)
        return NULL;
    at = write_head(writer, at, type->element, count);
    while (at != NULL && (item = PyIter_Next(iterator)) != NULL) {
        at = write_value(writer, at, type->element, item);
        Py_DECREF(item);
        seen++;
    }
    Py_DECREF(iterator);
    return seen == count && !PyErr_Occurred() ? at : NULL;
}

static uint8_t *write_entries(Writer *writer, uint8_t *at, Type *type, PyObject *dict)
{
    Py_ssize_t count = PyDict_GET_SIZE(dict), place = 0, seen = 0;
    PyObject *key, *value;
    if (count > MAX_LENGTH || (at = room(writer, at, HEAD_MOST)) == NULL)
        return NULL;
    at = varint_put(at, (uint64_t)count);
    if (count > 0)
        *at++ = (uint8_t)(type->key->compact << 4 | type->element->compact);
    for (; at != NULL && PyDict_Next(dict, &place, &key, &value); seen++) {
        Py_INCREF(key);
        Py_INCREF(value);
        at = write_value(writer, at, type->key, key);
        if (at != NULL)
            at = write_value(writer, at, type->element, value);
        Py_DECREF(key);
        Py_DECREF(value);
    }
    return seen == count ? at : NULL;
}

static uint8_t *write_map(Writer *writer, uint8_t *at, Type *type, PyObject *map)
{
    if (Py_IS_TYPE(map, (PyTypeObject *)writer->state->map_type))
        map = *slot_of(map, writer->state->map_entries);
    if (UNLIKELY(map == NULL || !PyDict_CheckExact(map)))
        return NULL;
    Py_INCREF(map); /* a FrozenMap may be made to let go of it */
    LOCKED(map)
    at = write_entries(writer, at, type, map);
    UNLOCKED()
    Py_DECREF(map);
    return at;
}

static uint8_t *write_packed(Writer *writer, uint8_t *at, Type *type, PyObject *value)
{
    Numbers numbers;
    int kind = type->element->kind, width = width_of(kind);
    if (!numbers_open(value, kind, &numbers))
        return NULL;
    const uint8_t *from = numbers.buffer.buf;
    at = write_head(writer, at, type->element, numbers.count);
    if (at != NULL)
        at = room(writer, at, numbers.count * (width == 1 ? 1 : VARINT_BYTES));
    if (at != NULL && width == 1) {
        memcpy(at, from, (size_t)numbers.count);
        at += numbers.count;
    }
    else if (at != NULL)
        for (Py_ssize_t index = 0; index < numbers.count; index++) {
            int64_t number = number_load(from + index * width, width, numbers.swapped);
            if (kind == K_DOUBLE) {
                put_little64(at, (uint64_t)number);
                at += 8;
            }
            else
                at = varint_put(at, zigzag(number));
        }
    numbers_close(&numbers);
    return at;
}

static uint8_t *write_large(Writer *writer, uint8_t *at, Type *type, PyObject *value)
{
    if (writer->depth >= WALK_DEPTH)
        return NULL;
    writer->depth++;
    switch (type->kind) {
    case K_LIST: case K_TUPLE: at = write_list(writer, at, type, value); break;
    case K_SET: case K_FROZENSET: at = write_set(writer, at, type, value); break;
    case K_MAP: case K_FROZENMAP: at = write_map(writer, at, type, value); break;
    case K_PACKED: at = write_packed(writer, at, type, value); break;
    default: {
        Plan *plan = plan_within(writer->state, THRIFT, type);
        at = plan != NULL && Py_IS_TYPE(value, plan->cls) ? write_compact_record(writer, at, plan, value) : NULL;
    }
    }
    writer->depth--;
    return at;
}

static uint8_t *write_value(Writer *writer, uint8_t *at, Type *type, PyObject *value)
{
    if (type->size) {
        at = room(writer, at, FIXED_MOST);
        return at != NULL ? write_fixed(writer, at, type->kind, value) : NULL;
    }
    if (type->kind == K_STRING)
        return write_string(writer, at, value);
    if (type->kind == K_BINARY)
        return write_bytes(writer, at, value);
    return write_large(writer, at, type, value);
}

static uint8_t *write_header(uint8_t *at, int compact, int id, int last)
{
    int step = id - last;
    if (step > 0 && step <= LONG_DELTA) {
        *at = (uint8_t)(step << 4 | compact);
        return at + 1;
    }
    *at = (uint8_t)compact;
    return varint_put(at + 1, zigzag(id));
}

static uint8_t *write_fields(Writer *writer, uint8_t *at, Plan *plan, PyObject *record)
{
    int last = 0;
    for (const Field *field = plan->fields; field < plan->fields + plan->count; field++) {
        PyObject *value = *slot_of(record, field->offset);
        if (value == NULL)
            return NULL;
        int left_out = field->presence == ALWAYS ? 0 : is_left_out(field, value);
        if (left_out > 0)
            continue;
        if (left_out < 0 || (at = room(writer, at, HEAD_MOST)) == NULL)
            return NULL;
        int compact = field->type->compact;
        if (field->kind == K_BOOL) {
            if (value != Py_True && value != Py_False)
                return NULL;
            at = write_header(at, value == Py_True ? C_TRUE : C_FALSE, field->id, last);
        }
        else {
            at = write_header(at, compact, field->id, last);
            Py_INCREF(value);
            at = write_value(writer, at, field->type, value);
            Py_DECREF(value);
            if (at == NULL)
                return NULL;
        }
        last = field->id;
    }
    if (plan->keeps_unknown) {
        /* They are kept as binary; the careful codec turns them into compact. */
        PyObject *unknown = *slot_of(record, plan->unknown);
        if (unknown == NULL || !PyBytes_CheckExact(unknown) || PyBytes_GET_SIZE(unknown) > 0)
            return NULL;
    }
    at = room(writer, at, 1);
    if (at == NULL)
        return NULL;
    *at = W_STOP;
    return at + 1;
}

uint8_t *write_compact_record(Writer *writer, uint8_t *at, Plan *plan, PyObject *record)
{
    if (!plan_holds(plan) || !plan->can_write)
        return NULL;
    LOCKED(record)
    if (plan->is_union && !union_is_right(plan, record))
        at = NULL;
    else
        at = write_fields(writer, at, plan, record);
    UNLOCKED()
    return at;
}
