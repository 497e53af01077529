/* Messages to Protobuf, fields in the order of their numbers.
 *
 * As for Thrift (`binary_write.c`): what is of exactly the type that it should be is written, everything else is left
 * to the careful codec; and no Python code runs between the reading of a value and its last use, unless it is held.
 */
#include "proto_write.h"
#include "proto_scalars.h"
#include "proto_skip.h"

NOINLINE uint8_t *length_move(Writer *writer, uint8_t *at, Type *type, const Length *length)
{
    Py_ssize_t size = at - writer->base - length->start - length->width;
    if (size > MAX_LENGTH)
        return NULL;
    int width = varint_width((uint64_t)size);
    if (width != length->width) {
        type->width = (uint8_t)width;
        at = room(writer, at, NUMBER_ROOM);
        if (at == NULL)
            return NULL;
        uint8_t *place = writer->base + length->start;
        memmove(place + width, place + length->width, (size_t)size);
    }
    uint8_t *place = writer->base + length->start;
    varint_put(place, (uint64_t)size);
    return place + width + size;
}

NOINLINE uint8_t *write_other_text(Writer *writer, uint8_t *at, int kind, PyObject *value, Py_ssize_t slack)
{
    const uint8_t *from = NULL;
    Py_ssize_t size = -1;
    if (kind != P_BYTES) {
        size = PyUnicode_CheckExact(value) ? utf8_size(value, kind == P_UNCHECKED_STRING) : -1;
        at = size < 0 ? NULL : room(writer, at, NUMBER_ROOM + size + slack);
        return at == NULL ? NULL : utf8_put(varint_write(at, (uint64_t)size), value);
    }
    LOCKED(value)
    at = bytes_of(value, &from, &size) ? room(writer, at, NUMBER_ROOM + size + slack) : NULL;
    if (at != NULL) {
        at = varint_write(at, (uint64_t)size);
        memcpy(at, from, (size_t)size);
        at += size;
    }
    UNLOCKED()
    return at;
}

/* Whether the slots of `record`, of a class derived from that of `plan`, are where those of `plan` are. */
static bool has_same_slots(Writer *writer, const Plan *plan, PyObject *record)
{
    if (!PyType_IsSubtype(Py_TYPE(record), plan->cls))
        return false;
    Plan *own = plan_of(writer->state, PROTOBUF, Py_TYPE(record));
    if (own == NULL || own->count != plan->count || !plan_holds(own) || !own->can_write
        || own->unknown != plan->unknown)
        return false;
    for (int index = 0; index < plan->count; index++)
        if (own->fields[index].offset != plan->fields[index].offset
            || own->fields[index].tag != plan->fields[index].tag)
            return false;
    return true;
}

uint8_t *write_message_within(Writer *writer, uint8_t *at, Type *type, const Field *field, PyObject *record)
{
    Length length;
    Plan *plan = plan_within(writer->state, PROTOBUF, type);
    if (UNLIKELY(plan == NULL))
        return NULL;
    if (UNLIKELY(!Py_IS_TYPE(record, plan->cls)) && !has_same_slots(writer, plan, record))
        return NULL;
    if (UNLIKELY(++writer->depth > WALK_DEPTH))
        return NULL;
    at = room(writer, at, TAG_ROOM + NUMBER_ROOM);
    if (UNLIKELY(at == NULL))
        return NULL;
    if (LIKELY(type->kind == P_MESSAGE)) {
        at = write_message(writer, length_open(writer, at, type, &length), plan, record);
        if (LIKELY(at != NULL))
            at = length_close(writer, at, type, &length);
    }
    else {
        at = write_message(writer, at, plan, record);
        if (at != NULL) {
            *at = (uint8_t)(field->tag_bytes[0] + V_END_GROUP - V_GROUP); /* `write_message` leaves room for it */
            memcpy(at + 1, field->tag_bytes + 1, TAG_ROOM - 1);
            at += field->tag_size;
        }
    }
    writer->depth--;
    return at;
}

static NOINLINE uint8_t *write_unknown(Writer *writer, uint8_t *at, PyObject *fields)
{
    const uint8_t *from = (const uint8_t *)PyBytes_AS_STRING(fields);
    Py_ssize_t size = PyBytes_GET_SIZE(fields);
    at = are_proto_fields(from, size) ? room(writer, at, size + TAG_ROOM + NUMBER_ROOM) : NULL;
    if (at == NULL)
        return NULL;
    memcpy(at, from, (size_t)size);
    return at + size;
}

INLINE uint8_t *write_number_field(uint8_t *at, const Field *field, int kind, PyObject *value)
{
    uint8_t *start = at, *from = tag_write(at, field);
    at = write_number(from, kind, value);
    if (field->presence == UNLESS_DEFAULT && LIKELY(at != NULL)) {
        bool is_zero = is_varint(kind)          ? *from == 0
                       : fixed_size(kind) == 4 ? get_little32(from) == 0
                                                 : get_little64(from) == 0;
        if (is_zero)
            return start;
    }
    return at;
}

static inline uint8_t *write_fields(Writer *writer, uint8_t *at, Plan *plan, PyObject *record)
{
    const Py_ssize_t reserve = plan->reserve; /* what all that is still to come takes, but for text and the like */
    const Field *field = plan->fields, *const end = field + plan->count;
    uint64_t chosen = 0;
    at = room(writer, at, reserve);
    if (UNLIKELY(at == NULL))
        return NULL;
    for (; field < end; field++) {
        PyObject *value = *slot_of(record, field->offset);
        if (UNLIKELY(value == NULL))
            return NULL;
        if (value == Py_None) {
            if (LIKELY(field->presence == UNLESS_NONE))
                continue;
            return NULL;
        }
        if (UNLIKELY(field->oneof != 0)) {
            uint64_t bit = 1ULL << (field->oneof - 1);
            if (chosen & bit)
                return NULL;
            chosen |= bit;
        }
        switch (field->kind) {
        /* One jump each: the kind is known in each copy. */
        case P_BOOL: at = write_number_field(at, field, P_BOOL, value); break;
        case P_INT32: case P_ENUM: case P_CLOSED_ENUM: at = write_number_field(at, field, P_INT32, value); break;
        case P_INT64: at = write_number_field(at, field, P_INT64, value); break;
        case P_UINT32: at = write_number_field(at, field, P_UINT32, value); break;
        case P_UINT64: at = write_number_field(at, field, P_UINT64, value); break;
        case P_SINT32: at = write_number_field(at, field, P_SINT32, value); break;
        case P_SINT64: at = write_number_field(at, field, P_SINT64, value); break;
        case P_FIXED32: at = write_number_field(at, field, P_FIXED32, value); break;
        case P_SFIXED32: at = write_number_field(at, field, P_SFIXED32, value); break;
        case P_FLOAT: at = write_number_field(at, field, P_FLOAT, value); break;
        case P_FIXED64: at = write_number_field(at, field, P_FIXED64, value); break;
        case P_SFIXED64: at = write_number_field(at, field, P_SFIXED64, value); break;
        case P_DOUBLE: at = write_number_field(at, field, P_DOUBLE, value); break;
        case P_STRING: case P_UNCHECKED_STRING:
            if (is_plain_text(value) && PyUnicode_GET_LENGTH(value) == 0 && field->presence == UNLESS_DEFAULT)
                break;
            at = write_string(writer, tag_write(at, field), field->kind, value, reserve);
            break;
        case P_BYTES:
            if (field->presence == UNLESS_DEFAULT
                && ((PyBytes_CheckExact(value) && PyBytes_GET_SIZE(value) == 0)
                    || (PyByteArray_CheckExact(value) && PyByteArray_GET_SIZE(value) == 0)))
                break;
            at = write_other_text(writer, tag_write(at, field), P_BYTES, value, reserve);
            break;
        case P_MESSAGE: case P_GROUP: /* held: walking it may let other code run */
            Py_INCREF(value);
            at = write_message_within(writer, tag_write(at, field), field->type, field, value);
            Py_DECREF(value);
            if (LIKELY(at != NULL))
                at = room(writer, at, reserve);
            break;
        default:
            Py_INCREF(value);
            at = write_repeated(writer, at, field, value);
            Py_DECREF(value);
            if (LIKELY(at != NULL))
                at = room(writer, at, reserve);
        }
        if (UNLIKELY(at == NULL))
            return NULL;
    }
    PyObject *unknown = *slot_of(record, plan->unknown);
    if (UNLIKELY(unknown == NULL) || UNLIKELY(!PyBytes_CheckExact(unknown)))
        return NULL;
    return LIKELY(PyBytes_GET_SIZE(unknown) == 0) ? at : write_unknown(writer, at, unknown);
}

uint8_t *write_message(Writer *writer, uint8_t *at, Plan *plan, PyObject *record)
{
    if (UNLIKELY(!plan_holds(plan)) || UNLIKELY(!plan->can_write))
        return NULL;
    LOCKED(record)
    at = write_fields(writer, at, plan, record);
    UNLOCKED()
    return at;
}
