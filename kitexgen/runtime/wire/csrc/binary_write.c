/* Records to Thrift binary.
 *
 * What is of exactly the type that it should be is written; whatever else a field may hold is left to the careful
 * codec, which also knows what to say of it. No Python code runs between the reading of a value and its last use, but
 * where a record or a container is walked: those are held by a reference, and their size is looked at again after each
 * step.
 */
#include "byteswap.h"
#include "packed.h"
#include "scalars.h"
#include "skip.h"
#include "strings.h"
#include "uuids.h"
#include "writer.h"

static uint8_t *write_value(Writer *writer, uint8_t *at, Type *type, PyObject *value);

/* A value of fixed size, for which there is room. */
INLINE uint8_t *write_fixed(Writer *writer, uint8_t *at, int kind, PyObject *value)
{
    int64_t number;
    uint64_t bits;
    switch (kind) {
    case K_BOOL:
        if (LIKELY(value == Py_True))
            *at = 1;
        else if (LIKELY(value == Py_False))
            *at = 0;
        else
            return NULL;
        return at + 1;
    case K_I8:
        if (!integer_of(value, K_I8, &number))
            return NULL;
        *at = (uint8_t)number;
        return at + 1;
    case K_I16:
        if (!integer_of(value, K_I16, &number))
            return NULL;
        put16(at, (uint16_t)number);
        return at + 2;
    case K_I32: case K_ENUM:
        if (!integer_of(value, K_I32, &number))
            return NULL;
        put32(at, (uint32_t)number);
        return at + 4;
    case K_I64:
        if (!integer_of(value, K_I64, &number))
            return NULL;
        put64(at, (uint64_t)number);
        return at + 8;
    case K_DOUBLE:
        if (!double_of(value, &bits))
            return NULL;
        put64(at, bits);
        return at + 8;
    default:
        return uuid_put(writer->state, at, value) ? at + 16 : NULL;
    }
}

static uint8_t *write_bytes(Writer *writer, uint8_t *at, PyObject *value, Py_ssize_t slack)
{
    const uint8_t *from;
    Py_ssize_t size;
    LOCKED(value)
    if (bytes_of(value, &from, &size)) {
        bool is_apart = UNLIKELY(size >= LARGE) && writer->splits && PyBytes_CheckExact(value);
        at = room(writer, at, 4 + (is_apart ? 0 : size) + slack);
        if (LIKELY(at != NULL)) {
            put32(at, (uint32_t)size);
            at += 4;
            if (is_apart)
                at = writer_set_apart(writer, at, value);
            else {
                memcpy(at, from, (size_t)size);
                at += size;
            }
        }
    }
    else
        at = NULL;
    UNLOCKED()
    return at;
}

static uint8_t *write_head(Writer *writer, uint8_t *at, const Type *element, Py_ssize_t count, Py_ssize_t more)
{
    if (count > MAX_LENGTH)
        return NULL;
    at = room(writer, at, 5 + more);
    if (LIKELY(at != NULL)) {
        *at = element->code;
        put32(at + 1, (uint32_t)count);
        at += 5;
    }
    return at;
}

/* Elements of fixed size: nothing can change the list while they are written. */
static uint8_t *write_numbers(Writer *writer, uint8_t *at, int kind, PyObject **items, Py_ssize_t count)
{
    int64_t number;
    uint64_t bits;
    if (kind == K_I64) {
        for (Py_ssize_t index = 0; index < count; index++, at += 8) {
            if (index + 8 < count)
                PREFETCH(items[index + 8]);
            if (UNLIKELY(!is_int(items[index])) || UNLIKELY(!int_value(items[index], &number)))
                return NULL;
            put64(at, (uint64_t)number);
        }
        return at;
    }
    if (kind == K_DOUBLE) {
        for (Py_ssize_t index = 0; index < count; index++, at += 8) {
            if (index + 8 < count)
                PREFETCH(items[index + 8]);
            if (UNLIKELY(!double_of(items[index], &bits)))
                return NULL;
            put64(at, bits);
        }
        return at;
    }
    for (Py_ssize_t index = 0; index < count && at != NULL; index++)
        at = write_fixed(writer, at, kind, items[index]);
    return at;
}

static uint8_t *write_items(Writer *writer, uint8_t *at, Type *element, PyObject *list)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
    int kind = element->kind;
    if (element->size) {
        if (count > MAX_LENGTH)
            return NULL;
        at = write_head(writer, at, element, count, count * element->size);
        return at == NULL ? NULL : write_numbers(writer, at, kind, PySequence_Fast_ITEMS(list), count);
    }
    at = write_head(writer, at, element, count, 0);
    if (kind == K_STRING) {
        PyObject **items = PySequence_Fast_ITEMS(list);
        for (Py_ssize_t index = 0; index < count && LIKELY(at != NULL); index++)
            at = write_text(writer, at, items[index], 0);
        return at;
    }
    Plan *plan = kind == K_RECORD ? plan_within(writer->state, THRIFT, element) : NULL;
    Py_ssize_t index = 0;
    if (UNLIKELY(++writer->depth > WALK_DEPTH))
        return NULL;
    for (; index < PySequence_Fast_GET_SIZE(list) && LIKELY(at != NULL); index++) {
        PyObject **items = PySequence_Fast_ITEMS(list);
        if (index + 2 < count)
            PREFETCH(items[index + 2]);
        PyObject *item = Py_NewRef(items[index]);
        if (plan != NULL && LIKELY(Py_IS_TYPE(item, plan->cls)))
            at = write_binary_record(writer, at, plan, item);
        else
            at = write_value(writer, at, element, item);
        Py_DECREF(item);
    }
    writer->depth--;
    return index == count ? at : NULL;
}

static uint8_t *write_list(Writer *writer, uint8_t *at, Type *type, PyObject *list)
{
    if (UNLIKELY(!PyList_CheckExact(list) && !PyTuple_CheckExact(list)))
        return NULL;
    LOCKED(list)
    at = write_items(writer, at, type->element, list);
    UNLOCKED()
    return at;
}

static uint8_t *write_set(Writer *writer, uint8_t *at, Type *type, PyObject *set)
{
    if (UNLIKELY(!PyAnySet_CheckExact(set)))
        return NULL;
    Py_ssize_t count = PySet_GET_SIZE(set), seen = 0;
    PyObject *iterator = PyObject_GetIter(set), *item;
    if (iterator == NULL)
        return NULL;
    at = write_head(writer, at, type->element, count, 0);
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
    Type *key_type = type->key, *value_type = type->element;
    Py_ssize_t count = PyDict_GET_SIZE(dict), place = 0, seen = 0;
    PyObject *key, *value;
    if (count > MAX_LENGTH || (at = room(writer, at, 6)) == NULL)
        return NULL;
    at[0] = key_type->code;
    at[1] = value_type->code;
    put32(at + 2, (uint32_t)count);
    at += 6;
    if (key_type->kind == K_STRING && (value_type->size || value_type->kind == K_STRING)) {
        Py_ssize_t slack = value_type->size;
        while (PyDict_Next(dict, &place, &key, &value)) {
            at = write_text(writer, at, key, slack);
            if (UNLIKELY(at == NULL))
                return NULL;
            at = slack ? write_fixed(writer, at, value_type->kind, value) : write_text(writer, at, value, 0);
            if (UNLIKELY(at == NULL))
                return NULL;
        }
        return at;
    }
    for (; at != NULL && PyDict_Next(dict, &place, &key, &value); seen++) {
        Py_INCREF(key);
        Py_INCREF(value);
        at = write_value(writer, at, key_type, key);
        if (at != NULL)
            at = write_value(writer, at, value_type, value);
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
    int kind = type->element->kind;
    if (!numbers_open(value, kind, &numbers))
        return NULL;
    Py_ssize_t width = width_of(kind);
    at = write_head(writer, at, type->element, numbers.count, numbers.count * width);
    if (at != NULL) {
        numbers_put(at, &numbers, (int)width, true);
        at += numbers.count * width;
    }
    numbers_close(&numbers);
    return at;
}

static uint8_t *write_within(Writer *writer, uint8_t *at, Type *type, PyObject *record)
{
    Plan *plan = plan_within(writer->state, THRIFT, type);
    if (UNLIKELY(plan == NULL))
        return NULL;
    if (UNLIKELY(!Py_IS_TYPE(record, plan->cls))) {
        /* Of a class derived from the one declared: its slots are in the same places, if nothing overrides them. */
        if (!PyType_IsSubtype(Py_TYPE(record), plan->cls))
            return NULL;
        Plan *own = plan_of(writer->state, THRIFT, Py_TYPE(record));
        if (own == NULL || own->count != plan->count || !plan_holds(own) || !own->can_write)
            return NULL;
        for (int index = 0; index < plan->count; index++)
            if (own->fields[index].offset != plan->fields[index].offset
                || own->fields[index].header != plan->fields[index].header)
                return NULL;
    }
    return write_binary_record(writer, at, plan, record);
}

/* A value whose size differs, held by whoever calls. */
static uint8_t *write_large(Writer *writer, uint8_t *at, Type *type, PyObject *value)
{
    if (UNLIKELY(writer->depth >= WALK_DEPTH))
        return NULL;
    writer->depth++;
    switch (type->kind) {
    case K_LIST: case K_TUPLE: at = write_list(writer, at, type, value); break;
    case K_SET: case K_FROZENSET: at = write_set(writer, at, type, value); break;
    case K_MAP: case K_FROZENMAP: at = write_map(writer, at, type, value); break;
    case K_PACKED: at = write_packed(writer, at, type, value); break;
    default: at = write_within(writer, at, type, value);
    }
    writer->depth--;
    return at;
}

static uint8_t *write_value(Writer *writer, uint8_t *at, Type *type, PyObject *value)
{
    if (type->size) {
        at = room(writer, at, type->size);
        return LIKELY(at != NULL) ? write_fixed(writer, at, type->kind, value) : NULL;
    }
    if (type->kind == K_STRING)
        return write_text(writer, at, value, 0);
    if (type->kind == K_BINARY)
        return write_bytes(writer, at, value, 0);
    return write_large(writer, at, type, value);
}

static uint8_t *write_unknown(Writer *writer, uint8_t *at, PyObject *fields)
{
    if (fields == NULL || !PyBytes_CheckExact(fields))
        return NULL;
    const uint8_t *from = (const uint8_t *)PyBytes_AS_STRING(fields);
    Py_ssize_t size = PyBytes_GET_SIZE(fields);
    if (size == 0)
        return at;
    at = are_fields(from, size) ? room(writer, at, size + 1) : NULL;
    if (at == NULL)
        return NULL;
    memcpy(at, from, (size_t)size);
    return at + size;
}

static inline uint8_t *write_fields(Writer *writer, uint8_t *at, Plan *plan, PyObject *record)
{
    const Py_ssize_t reserve = plan->reserve; /* what all that is still to come takes, but for text and the like */
    const Field *field = plan->fields, *const end = field + plan->count;
    at = room(writer, at, reserve);
    if (UNLIKELY(at == NULL))
        return NULL;
    for (; field < end; field++) {
        PyObject *value = *slot_of(record, field->offset);
        if (UNLIKELY(value == NULL))
            return NULL;
        if (field->presence != ALWAYS) {
            int left_out = is_left_out(field, value);
            if (left_out > 0)
                continue;
            if (UNLIKELY(left_out < 0))
                return NULL;
        }
        memcpy(at, &field->header, 4); /* one store; the fourth byte is written over */
        at += 3;
        switch (field->kind) {
        case K_STRING:
            at = write_text(writer, at, value, reserve);
            break;
        case K_BINARY:
            at = write_bytes(writer, at, value, reserve);
            break;
        case K_PACKED: case K_LIST: case K_TUPLE: case K_SET: case K_FROZENSET: case K_MAP: case K_FROZENMAP:
        case K_RECORD: /* held: walking it may let other code run */
            Py_INCREF(value);
            at = write_large(writer, at, field->type, value);
            Py_DECREF(value);
            if (LIKELY(at != NULL))
                at = room(writer, at, reserve);
            break;
        /* One jump each: the kind is known in each copy of `write_fixed`. */
        case K_BOOL: at = write_fixed(writer, at, K_BOOL, value); break;
        case K_I8: at = write_fixed(writer, at, K_I8, value); break;
        case K_I16: at = write_fixed(writer, at, K_I16, value); break;
        case K_I32: case K_ENUM: at = write_fixed(writer, at, K_I32, value); break;
        case K_I64: at = write_fixed(writer, at, K_I64, value); break;
        case K_DOUBLE: at = write_fixed(writer, at, K_DOUBLE, value); break;
        default: at = write_fixed(writer, at, K_UUID, value);
        }
        if (UNLIKELY(at == NULL))
            return NULL;
    }
    if (plan->keeps_unknown && (at = write_unknown(writer, at, *slot_of(record, plan->unknown))) == NULL)
        return NULL;
    *at = W_STOP;
    return at + 1;
}

uint8_t *write_binary_record(Writer *writer, uint8_t *at, Plan *plan, PyObject *record)
{
    if (UNLIKELY(!plan_holds(plan)) || UNLIKELY(!plan->can_write))
        return NULL;
    LOCKED(record)
    if (UNLIKELY(plan->is_union) && !union_is_right(plan, record))
        at = NULL;
    else
        at = write_fields(writer, at, plan, record);
    UNLOCKED()
    return at;
}
