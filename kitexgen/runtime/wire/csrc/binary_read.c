/* Thrift binary to records. Every read is held against the end of the data before it is done. */
#include "byteswap.h"
#include "layout.h"
#include "packed.h"
#include "reader.h"
#include "skip.h"
#include "strings.h"
#include "uuids.h"

static PyObject *read_value(Reader *reader, Type *type);

static inline bool has(const Reader *reader, Py_ssize_t size) { return LIKELY(reader->end - reader->at >= size); }

/* A value of fixed size that is known to be there. */
INLINE PyObject *read_fixed(const uint8_t *at, int kind, Type *type, State *state)
{
    switch (kind) {
    case K_BOOL: return Py_NewRef(*at == 1 ? Py_True : Py_False); /* only 1 is true, as in Kitex */
    case K_I8: return int_new((int8_t)*at);
    case K_I16: return int_new((int16_t)get16(at));
    case K_I32: return int_new((int32_t)get32(at));
    case K_I64: return int_new((int64_t)get64(at));
    case K_DOUBLE: {
        uint64_t bits = get64(at);
        double number;
        memcpy(&number, &bits, 8);
        return float_new(number);
    }
    case K_ENUM: return enum_of(type, (int32_t)get32(at));
    default: return uuid_new(state, at);
    }
}

/* The bytes of a length and what it counts; false when they are not all there. A length below 0 is too large. */
static inline bool read_length(Reader *reader, const uint8_t **from, Py_ssize_t *size)
{
    if (UNLIKELY(!has(reader, 4)))
        return false;
    uint32_t length = get32(reader->at);
    if (UNLIKELY((int64_t)length > reader->end - reader->at - 4))
        return false;
    *from = reader->at + 4;
    *size = (Py_ssize_t)length;
    reader->at += 4 + (Py_ssize_t)length;
    return length <= MAX_LENGTH;
}

static inline PyObject *read_text(Reader *reader)
{
    const uint8_t *from;
    Py_ssize_t size;
    return read_length(reader, &from, &size) ? text_new(from, size) : NULL;
}

static PyObject *read_bytes(Reader *reader)
{
    const uint8_t *from;
    Py_ssize_t size;
    return read_length(reader, &from, &size) ? PyBytes_FromStringAndSize((const char *)from, size) : NULL;
}

/* The head of a list or set: how many elements, never more than the data can hold. -1 when it is wrong. */
static inline Py_ssize_t read_count(Reader *reader, const Type *element)
{
    if (UNLIKELY(!has(reader, 5)))
        return -1;
    int code = reader->at[0];
    uint32_t count = get32(reader->at + 1);
    reader->at += 5;
    if (UNLIKELY(code != element->code && count != 0)) /* an empty one may be of anything */
        return -1;
    if (UNLIKELY((uint64_t)count * element->least > (uint64_t)(reader->end - reader->at)) || count > MAX_LENGTH)
        return -1;
    return (Py_ssize_t)count;
}

/* Elements of fixed size, all of which are there: `count` places of a list. */
static bool fill_fixed(Reader *reader, Type *element, PyObject **items, Py_ssize_t count)
{
    const uint8_t *at = reader->at;
    int kind = element->kind, size = element->size;
    if (kind == K_I64) {
        for (Py_ssize_t index = 0; index < count; index++, at += 8)
            if (UNLIKELY((items[index] = int_new((int64_t)get64(at))) == NULL))
                return false;
    }
    else if (kind == K_DOUBLE) {
        for (Py_ssize_t index = 0; index < count; index++, at += 8)
            if (UNLIKELY((items[index] = read_fixed(at, K_DOUBLE, element, NULL)) == NULL))
                return false;
    }
    else
        for (Py_ssize_t index = 0; index < count; index++, at += size)
            if (UNLIKELY((items[index] = read_fixed(at, kind, element, reader->state)) == NULL))
                return false;
    reader->at = at;
    return true;
}

static PyObject *read_list(Reader *reader, Type *type)
{
    Type *element = type->element;
    int kind = element->kind;
    Py_ssize_t count = read_count(reader, element);
    if (UNLIKELY(count < 0))
        return NULL;
    PyObject *list = PyList_New(element->size ? count : believed(count));
    if (UNLIKELY(list == NULL))
        return NULL;
    /* Nobody shall find a list with empty places in it. */
    PyObject_GC_UnTrack(list);
    bool done = true;
    Plan *plan;
    if (element->size)
        done = fill_fixed(reader, element, ((PyListObject *)list)->ob_item, count);
    else if (kind == K_RECORD && (plan = plan_within(reader->state, THRIFT, element)) != NULL
             && ++reader->depth <= WALK_DEPTH) {
        for (Py_ssize_t index = 0; index < count && done; index++) {
            PyObject *item = read_binary_record(reader, plan);
            done = LIKELY(item != NULL) && list_add(list, index, item) == 0;
        }
        reader->depth--;
    }
    else
        for (Py_ssize_t index = 0; index < count && done; index++) {
            PyObject *item = kind == K_STRING ? read_text(reader) : read_value(reader, element);
            done = LIKELY(item != NULL) && list_add(list, index, item) == 0;
        }
    if (UNLIKELY(!done)) {
        Py_DECREF(list);
        return NULL;
    }
    PyObject_GC_Track(list);
    return type->kind == K_TUPLE ? tuple_of(list) : list;
}

static PyObject *read_set(Reader *reader, Type *type)
{
    Py_ssize_t count = read_count(reader, type->element);
    PyObject *set = count < 0 ? NULL : type->kind == K_SET ? PySet_New(NULL) : PyFrozenSet_New(NULL);
    for (Py_ssize_t index = 0; index < count && set != NULL; index++) {
        PyObject *item = read_value(reader, type->element);
        if (item == NULL || PySet_Add(set, item) < 0)
            Py_CLEAR(set);
        Py_XDECREF(item);
    }
    return set;
}

static PyObject *read_map(Reader *reader, Type *type)
{
    Type *key_type = type->key, *value_type = type->element;
    if (UNLIKELY(!has(reader, 6)))
        return NULL;
    const uint8_t *head = reader->at;
    uint32_t count = get32(head + 2);
    reader->at += 6;
    if (UNLIKELY(count != 0 && (head[0] != key_type->code || head[1] != value_type->code)))
        return NULL;
    uint64_t least = (uint64_t)count * (uint64_t)(key_type->least + value_type->least);
    if (UNLIKELY(least > (uint64_t)(reader->end - reader->at)) || count > MAX_LENGTH)
        return NULL;
    PyObject *map = dict_new((Py_ssize_t)count);
    for (uint32_t index = 0; index < count && map != NULL; index++) {
        PyObject *key = key_type->kind == K_STRING ? read_text(reader) : read_value(reader, key_type);
        PyObject *value = key == NULL                      ? NULL
                          : value_type->kind == K_STRING ? read_text(reader)
                                                           : read_value(reader, value_type);
        if (UNLIKELY(value == NULL) || UNLIKELY(PyDict_SetItem(map, key, value) < 0))
            Py_CLEAR(map);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return map == NULL || type->kind == K_MAP ? map : frozen_map_of(reader->state, map);
}

static PyObject *read_packed(Reader *reader, Type *type)
{
    Py_ssize_t count = read_count(reader, type->element);
    if (count < 0)
        return NULL;
    PyObject *made = array_of(reader->state, reader->at, count, type->element->kind, true);
    reader->at += count * type->element->size;
    return made;
}

static PyObject *read_within(Reader *reader, Type *type)
{
    Plan *plan = plan_within(reader->state, THRIFT, type);
    return LIKELY(plan != NULL) ? read_binary_record(reader, plan) : NULL;
}

static PyObject *read_large(Reader *reader, Type *type)
{
    PyObject *value;
    if (UNLIKELY(reader->depth >= WALK_DEPTH))
        return NULL;
    reader->depth++;
    switch (type->kind) {
    case K_LIST: case K_TUPLE: value = read_list(reader, type); break;
    case K_SET: case K_FROZENSET: value = read_set(reader, type); break;
    case K_MAP: case K_FROZENMAP: value = read_map(reader, type); break;
    case K_PACKED: value = read_packed(reader, type); break;
    default: value = read_within(reader, type);
    }
    reader->depth--;
    return value;
}

INLINE PyObject *read_sized(Reader *reader, int kind, int size, Type *type)
{
    const uint8_t *at = reader->at;
    if (!has(reader, size))
        return NULL;
    reader->at += size;
    return read_fixed(at, kind, type, reader->state);
}

/* One jump each: the kind is known in each copy of `read_fixed`. */
INLINE PyObject *read_any(Reader *reader, int kind, Type *type)
{
    switch (kind) {
    case K_BOOL: return read_sized(reader, K_BOOL, 1, type);
    case K_I8: return read_sized(reader, K_I8, 1, type);
    case K_I16: return read_sized(reader, K_I16, 2, type);
    case K_I32: return read_sized(reader, K_I32, 4, type);
    case K_I64: return read_sized(reader, K_I64, 8, type);
    case K_DOUBLE: return read_sized(reader, K_DOUBLE, 8, type);
    case K_UUID: return read_sized(reader, K_UUID, 16, type);
    case K_ENUM: return read_sized(reader, K_ENUM, 4, type);
    case K_STRING: return read_text(reader);
    case K_BINARY: return read_bytes(reader);
    default: return read_large(reader, type);
    }
}

static PyObject *read_value(Reader *reader, Type *type) { return read_any(reader, type->kind, type); }

/* The field after `expected`: what the next header says. Sets `*stop` at the end; NULL without it for a mistake. */
static NOINLINE const Field *read_header(Reader *reader, Plan *plan, Unknown *unknown, bool *stop)
{
    while (has(reader, 1)) {
        const uint8_t *start = reader->at;
        int code = *start;
        if (code == W_STOP) {
            reader->at++;
            *stop = true;
            return NULL;
        }
        if (!has(reader, 3))
            return NULL;
        reader->at += 3;
        const Field *field = plan_field(plan, (int16_t)get16(start + 1));
        if (LIKELY(field != NULL) && LIKELY(field->type->code == code))
            return field;
        const uint8_t *end = skip_binary(reader->at, reader->end, code);
        if (end == NULL)
            return NULL;
        reader->at = end;
        /* A field that we know, of another type, is lost: it could not be told from the right one later. */
        if (plan->keeps_unknown && field == NULL && unknown_add(unknown, start, end - start) < 0)
            return NULL;
    }
    return NULL;
}

/* Fill the slots up to STOP. Returns how many have a value, -1 when it gives up. */
static inline int read_fields(Reader *reader, Plan *plan, PyObject *record, Unknown *unknown)
{
    const Field *field = plan->fields, *const end = field + plan->count;
    int seen = 0;
    for (;;) {
        uint32_t header;
        /* Fields come in the order in which we, and Kitex, write them: mostly. */
        if (LIKELY(field < end) && LIKELY(reader->end - reader->at >= 4)
            && (memcpy(&header, reader->at, 4), LIKELY((header & BIG32(0xFFFFFF00)) == field->header)))
            reader->at += 3;
        else {
            bool stop = false;
            field = read_header(reader, plan, unknown, &stop);
            if (field == NULL)
                return stop ? seen : -1;
        }
        PyObject *value = read_any(reader, field->kind, field->type);
        if (UNLIKELY(value == NULL))
            return -1;
        slot_fill(record, field, value, &seen);
        field++;
    }
}

PyObject *read_binary_record(Reader *reader, Plan *plan)
{
    if (UNLIKELY(!plan_holds(plan)) || UNLIKELY(!plan->can_read))
        return NULL;
    PyObject *record = record_new(reader->state, plan);
    if (UNLIKELY(record == NULL))
        return NULL;
    Unknown unknown = {NULL, 0, 0};
    int seen = read_fields(reader, plan, record, &unknown);
    int status = seen < 0 ? -1 : 0;
    if (UNLIKELY(seen != plan->count) && status == 0)
        status = record_complete(plan, record);
    if (UNLIKELY(plan->keeps_unknown) && status == 0)
        status = record_keep_unknown(plan, record, &unknown);
    PyMem_Free(unknown.bytes);
    if (UNLIKELY(status < 0)) {
        Py_DECREF(record);
        return NULL;
    }
    return record_end(plan, record);
}
