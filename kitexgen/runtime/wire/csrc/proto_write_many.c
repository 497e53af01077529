/* Lists and maps to Protobuf. */
#include "proto_scalars.h"
#include "proto_write.h"

/* Numbers between one look at the room that is left and the next. */
#define CHUNK 256

/* Numbers behind each other, up to NUMBER_ROOM bytes each. Nothing can change the list while they are written. */
INLINE uint8_t *write_run(Writer *writer, uint8_t *at, int kind, PyObject **items, Py_ssize_t count)
{
    for (Py_ssize_t index = 0; index < count;) {
        Py_ssize_t stop = Py_MIN(count, index + CHUNK);
        at = room(writer, at, (is_varint(kind) ? VARINT_BYTES : fixed_size(kind)) * (stop - index) + NUMBER_ROOM);
        for (; index < stop && LIKELY(at != NULL); index++) {
            if (index + 8 < count)
                PREFETCH(items[index + 8]);
            at = write_number(at, kind, items[index]);
        }
        if (UNLIKELY(at == NULL))
            return NULL;
    }
    return at;
}

static uint8_t *write_numbers(Writer *writer, uint8_t *at, int kind, PyObject **items, Py_ssize_t count)
{
    switch (kind) {
    case P_BOOL: return write_run(writer, at, P_BOOL, items, count);
    case P_INT32: case P_ENUM: case P_CLOSED_ENUM: return write_run(writer, at, P_INT32, items, count);
    case P_INT64: return write_run(writer, at, P_INT64, items, count);
    case P_UINT32: return write_run(writer, at, P_UINT32, items, count);
    case P_UINT64: return write_run(writer, at, P_UINT64, items, count);
    case P_SINT32: return write_run(writer, at, P_SINT32, items, count);
    case P_SINT64: return write_run(writer, at, P_SINT64, items, count);
    case P_FIXED32: return write_run(writer, at, P_FIXED32, items, count);
    case P_SFIXED32: return write_run(writer, at, P_SFIXED32, items, count);
    case P_FLOAT: return write_run(writer, at, P_FLOAT, items, count);
    case P_FIXED64: return write_run(writer, at, P_FIXED64, items, count);
    case P_SFIXED64: return write_run(writer, at, P_SFIXED64, items, count);
    default: return write_run(writer, at, P_DOUBLE, items, count);
    }
}

/* A single value of any kind but list and map, behind its tag; held by whoever calls when it is a message. */
static uint8_t *write_single(Writer *writer, uint8_t *at, Type *type, const Field *field, PyObject *value)
{
    int kind = type->kind;
    if (kind == P_MESSAGE || kind == P_GROUP)
        return write_message_within(writer, at, type, field, value);
    if (!is_number(kind))
        return write_text_kind(writer, at, kind, value, 0);
    at = room(writer, at, NUMBER_ROOM);
    return at == NULL ? NULL : write_numbers(writer, at, kind, &value, 1);
}

static uint8_t *write_packed(Writer *writer, uint8_t *at, const Field *field, PyObject *list)
{
    Type *type = field->type;
    Length length;
    PyObject **items = PySequence_Fast_ITEMS(list);
    Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
    if (count == 0)
        return at;
    at = room(writer, at, TAG_ROOM + NUMBER_ROOM);
    if (at == NULL)
        return NULL;
    at = length_open(writer, tag_write(at, field), type, &length);
    at = write_numbers(writer, at, type->element->kind, items, count);
    return at == NULL ? NULL : length_close(writer, at, type, &length);
}

static uint8_t *write_expanded(Writer *writer, uint8_t *at, const Field *field, PyObject *list)
{
    Type *element = field->type->element;
    int kind = element->kind;
    if (kind == P_STRING || kind == P_UNCHECKED_STRING) {
        PyObject **items = PySequence_Fast_ITEMS(list);
        Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
        at = room(writer, at, TAG_ROOM);
        for (Py_ssize_t index = 0; index < count && LIKELY(at != NULL); index++)
            at = write_string(writer, tag_write(at, field), kind, items[index], TAG_ROOM);
        return at;
    }
    for (Py_ssize_t index = 0; index < PySequence_Fast_GET_SIZE(list) && LIKELY(at != NULL); index++) {
        PyObject **items = PySequence_Fast_ITEMS(list);
        if (index + 2 < PySequence_Fast_GET_SIZE(list))
            PREFETCH(items[index + 2]);
        PyObject *item = Py_NewRef(items[index]);
        at = room(writer, at, TAG_ROOM);
        if (LIKELY(at != NULL))
            at = write_single(writer, tag_write(at, field), element, field, item);
        Py_DECREF(item);
    }
    return at;
}

/* The key or value of an entry; its tag has one byte. */
static inline uint8_t *write_part(Writer *writer, uint8_t *at, Type *type, int tag, PyObject *value)
{
    at = room(writer, at, 1 + NUMBER_ROOM);
    if (UNLIKELY(at == NULL))
        return NULL;
    *at++ = (uint8_t)(tag | type->code);
    if (type->kind == P_STRING)
        return write_string(writer, at, P_STRING, value, 0);
    Field part = {.tag_size = 1, .tag_bytes = {(uint8_t)(tag | type->code)}}; /* for the end of a group */
    return write_single(writer, at, type, &part, value);
}

static uint8_t *write_entries(Writer *writer, uint8_t *at, const Field *field, PyObject *dict)
{
    Type *type = field->type;
    Py_ssize_t count = PyDict_GET_SIZE(dict), place = 0, seen = 0;
    PyObject *key, *value;
    if (writer->sorted && count > 1)
        return NULL;
    for (; PyDict_Next(dict, &place, &key, &value); seen++) {
        Length length;
        Py_INCREF(key);
        Py_INCREF(value);
        at = room(writer, at, TAG_ROOM + NUMBER_ROOM);
        if (LIKELY(at != NULL))
            at = write_part(writer, length_open(writer, tag_write(at, field), type, &length), type->key, ENTRY_KEY,
                            key);
        if (LIKELY(at != NULL))
            at = write_part(writer, at, type->element, ENTRY_VALUE, value);
        Py_DECREF(key);
        Py_DECREF(value);
        if (UNLIKELY(at == NULL))
            return NULL;
        at = length_close(writer, at, type, &length);
        if (UNLIKELY(at == NULL))
            return NULL;
    }
    return seen == count ? at : NULL;
}

uint8_t *write_repeated(Writer *writer, uint8_t *at, const Field *field, PyObject *value)
{
    bool is_map = field->kind == P_MAP;
    if (is_array(field->kind))
        return write_array(writer, at, field, value);
    if (UNLIKELY(is_map ? !PyDict_CheckExact(value) : !PyList_CheckExact(value) && !PyTuple_CheckExact(value)))
        return NULL;
    LOCKED(value)
    at = is_map                           ? write_entries(writer, at, field, value)
         : field->kind == P_PACKED_LIST ? write_packed(writer, at, field, value)
                                          : write_expanded(writer, at, field, value);
    UNLOCKED()
    return at;
}
