/* Thrift compact to records, by the rules of `binary_read.c`. */
#include "layout.h"
#include "packed.h"
#include "reader.h"
#include "skip.h"
#include "strings.h"
#include "uuids.h"
#include "varint.h"

static PyObject *read_value(Reader *reader, Type *type);

static inline bool has(const Reader *reader, Py_ssize_t size) { return reader->end - reader->at >= size; }

/* A varint cut to `bits` bits, as the careful codec cuts it. */
static inline bool read_varint(Reader *reader, int bits, uint64_t *number)
{
    const uint8_t *at = varint_get(reader->at, reader->end, number);
    if (at == NULL)
        return false;
    reader->at = at;
    if (bits < 64)
        *number &= (1ULL << bits) - 1;
    return true;
}

static inline bool read_length(Reader *reader, const uint8_t **from, Py_ssize_t *size)
{
    uint64_t length;
    if (!read_varint(reader, 32, &length) || length > MAX_LENGTH || (int64_t)length > reader->end - reader->at)
        return false;
    *from = reader->at;
    *size = (Py_ssize_t)length;
    reader->at += length;
    return true;
}

static double double_at(const uint8_t *at)
{
    uint64_t bits;
    double number;
    memcpy(&bits, at, 8);
    bits = LITTLE64(bits);
    memcpy(&number, &bits, 8);
    return number;
}

/* An integer of a varint: i16, i32, i64 or an enum. */
static inline bool read_integer(Reader *reader, int kind, int64_t *value)
{
    uint64_t number;
    if (!read_varint(reader, kind == K_I16 ? 16 : kind == K_I64 ? 64 : 32, &number))
        return false;
    *value = unzigzag(number);
    return true;
}

/* A bool is one as an element: a byte. */
static PyObject *read_fixed(Reader *reader, Type *type)
{
    int kind = type->kind;
    int64_t number;
    if (kind == K_I16 || kind == K_I32 || kind == K_I64 || kind == K_ENUM) {
        if (!read_integer(reader, kind, &number))
            return NULL;
        return kind == K_ENUM ? enum_of(type, (int32_t)number) : int_new(number);
    }
    const uint8_t *at = reader->at;
    if (!has(reader, type->size))
        return NULL;
    reader->at += type->size;
    switch (kind) {
    case K_BOOL: return Py_NewRef(*at == C_TRUE ? Py_True : Py_False);
    case K_I8: return int_new((int8_t)*at);
    case K_DOUBLE: return float_new(double_at(at));
    default: return uuid_new(reader->state, at);
    }
}

static PyObject *read_text(Reader *reader)
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

/* Both codes of a bool mean one. What is no code of compact at all is refused, even if nothing is of it. */
static bool is_code(int found, const Type *wanted, bool any)
{
    if (found == 0 || found > C_UUID)
        return false;
    return any || found == wanted->compact || (wanted->kind == K_BOOL && found == C_FALSE);
}

static Py_ssize_t read_count(Reader *reader, const Type *element)
{
    if (!has(reader, 1))
        return -1;
    uint8_t byte = *reader->at++;
    uint64_t count = byte >> 4;
    if (count == 0x0F && !read_varint(reader, 32, &count))
        return -1;
    if (count > MAX_LENGTH || !is_code(byte & 0x0F, element, count == 0))
        return -1;
    return count * element->least_compact > (uint64_t)(reader->end - reader->at) ? -1 : (Py_ssize_t)count;
}

static PyObject *read_list(Reader *reader, Type *type)
{
    Py_ssize_t count = read_count(reader, type->element);
    PyObject *list = count < 0 ? NULL : PyList_New(believed(count));
    if (list == NULL)
        return NULL;
    PyObject_GC_UnTrack(list);
    for (Py_ssize_t index = 0; index < count; index++) {
        PyObject *item = read_value(reader, type->element);
        if (item == NULL || list_add(list, index, item) < 0) {
            Py_DECREF(list);
            return NULL;
        }
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
    uint64_t count;
    if (!read_varint(reader, 32, &count) || count > MAX_LENGTH)
        return NULL;
    if (count > 0) {
        if (!has(reader, 1))
            return NULL;
        uint8_t codes = *reader->at++;
        uint64_t least = count * (uint64_t)(type->key->least_compact + type->element->least_compact);
        if (!is_code(codes >> 4, type->key, false) || !is_code(codes & 0x0F, type->element, false)
            || least > (uint64_t)(reader->end - reader->at))
            return NULL;
    }
    PyObject *map = dict_new((Py_ssize_t)count);
    for (uint64_t index = 0; index < count && map != NULL; index++) {
        PyObject *key = read_value(reader, type->key);
        PyObject *value = key == NULL ? NULL : read_value(reader, type->element);
        if (value == NULL || PyDict_SetItem(map, key, value) < 0)
            Py_CLEAR(map);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return map == NULL || type->kind == K_MAP ? map : frozen_map_of(reader->state, map);
}

static PyObject *read_packed(Reader *reader, Type *type)
{
    int kind = type->element->kind, width = width_of(kind);
    Py_ssize_t count = read_count(reader, type->element);
    if (count < 0)
        return NULL;
    if (kind == K_DOUBLE || kind == K_I8) {
        const uint8_t *from = reader->at;
        reader->at += count * width;
        return array_of(reader->state, from, count, kind, false);
    }
    Py_buffer buffer;
    PyObject *made = array_blank(reader->state, count, kind, &buffer);
    if (made == NULL)
        return NULL;
    bool whole = true;
    for (Py_ssize_t index = 0; index < count && whole; index++) {
        int64_t number;
        whole = read_integer(reader, kind, &number);
        if (!whole)
            break;
        int16_t two = (int16_t)number;
        int32_t four = (int32_t)number;
        const void *from = width == 2 ? (const void *)&two : width == 4 ? (const void *)&four : (const void *)&number;
        memcpy((uint8_t *)buffer.buf + index * width, from, (size_t)width);
    }
    PyBuffer_Release(&buffer);
    if (!whole)
        Py_CLEAR(made);
    return made;
}

static PyObject *read_large(Reader *reader, Type *type)
{
    PyObject *value;
    if (reader->depth >= WALK_DEPTH)
        return NULL;
    reader->depth++;
    switch (type->kind) {
    case K_LIST: case K_TUPLE: value = read_list(reader, type); break;
    case K_SET: case K_FROZENSET: value = read_set(reader, type); break;
    case K_MAP: case K_FROZENMAP: value = read_map(reader, type); break;
    case K_PACKED: value = read_packed(reader, type); break;
    default: {
        Plan *plan = plan_within(reader->state, THRIFT, type);
        value = plan != NULL ? read_compact_record(reader, plan) : NULL;
    }
    }
    reader->depth--;
    return value;
}

static PyObject *read_value(Reader *reader, Type *type)
{
    if (type->size)
        return read_fixed(reader, type);
    if (type->kind == K_STRING)
        return read_text(reader);
    return type->kind == K_BINARY ? read_bytes(reader) : read_large(reader, type);
}

static int read_fields(Reader *reader, Plan *plan, PyObject *record)
{
    const Field *expected = plan->fields, *const end = expected + plan->count;
    int last = 0, seen = 0;
    while (has(reader, 1)) {
        uint8_t byte = *reader->at++;
        int compact = byte & 0x0F;
        uint64_t id;
        if (byte == W_STOP)
            return seen;
        if (compact == 0 || compact > C_UUID)
            return -1;
        if (byte >> 4)
            last += byte >> 4; /* beyond 32767 there is no field */
        else if (read_varint(reader, 16, &id))
            last = (int)unzigzag(id);
        else
            return -1;
        const Field *field = expected < end && expected->id == last ? expected : plan_field(plan, last);
        bool is_bool = compact == C_TRUE || compact == C_FALSE;
        if (field == NULL && plan->keeps_unknown)
            return -1; /* kept as binary: the careful codec does that */
        if (field == NULL || (is_bool ? field->kind != K_BOOL : field->type->compact != compact)) {
            if (!is_bool && (reader->at = skip_compact(reader->at, reader->end, compact)) == NULL)
                return -1;
            continue;
        }
        PyObject *value = is_bool ? Py_NewRef(compact == C_TRUE ? Py_True : Py_False)
                                  : read_value(reader, field->type);
        if (value == NULL)
            return -1;
        slot_fill(record, field, value, &seen);
        expected = field + 1;
    }
    return -1;
}

PyObject *read_compact_record(Reader *reader, Plan *plan)
{
    if (!plan_holds(plan) || !plan->can_read)
        return NULL;
    PyObject *record = record_new(reader->state, plan);
    if (record == NULL)
        return NULL;
    int seen = read_fields(reader, plan, record);
    int status = seen < 0 ? -1 : 0;
    if (seen != plan->count && status == 0)
        status = record_complete(plan, record);
    if (plan->keeps_unknown && status == 0) {
        Unknown none = {NULL, 0, 0};
        status = record_keep_unknown(plan, record, &none);
    }
    if (status < 0) {
        Py_DECREF(record);
        return NULL;
    }
    return record_end(plan, record);
}
