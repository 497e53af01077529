/* Protobuf to messages. */
#include "proto_read.h"
#include "proto_scalars.h"
#include "proto_skip.h"

/* Unset the other fields of a oneof. */
static void choose(Plan *plan, PyObject *record, const Field *field)
{
    for (const Field *other = plan->fields + field->sibling; other != field; other = plan->fields + other->sibling) {
        PyObject **slot = slot_of(record, other->offset), *before = *slot;
        if (before != NULL && before != Py_None) {
            *slot = Py_NewRef(Py_None);
            Py_DECREF(before);
        }
    }
}

INLINE const uint8_t *read_text(const uint8_t *at, const uint8_t *end, int kind, PyObject **value)
{
    Py_ssize_t size;
    at = length_read(at, end, &size);
    if (UNLIKELY(at == NULL))
        return NULL;
    *value = kind == P_BYTES ? PyBytes_FromStringAndSize((const char *)at, size) : proto_text_new(at, size, kind);
    return LIKELY(*value != NULL) ? at + size : NULL;
}

INLINE const uint8_t *read_number_at(const uint8_t *at, const uint8_t *end, int kind, Type *type, PyObject **value)
{
    *value = read_number(&at, end, kind, type);
    return LIKELY(*value != NULL) ? at : NULL;
}

/* One jump each: the kind is known in each copy. */
INLINE const uint8_t *read_scalar(Type *type, int kind, const uint8_t *at, const uint8_t *end, PyObject **value)
{
    switch (kind) {
    case P_BOOL: return read_number_at(at, end, P_BOOL, type, value);
    case P_INT32: return read_number_at(at, end, P_INT32, type, value);
    case P_INT64: return read_number_at(at, end, P_INT64, type, value);
    case P_UINT32: return read_number_at(at, end, P_UINT32, type, value);
    case P_UINT64: return read_number_at(at, end, P_UINT64, type, value);
    case P_SINT32: return read_number_at(at, end, P_SINT32, type, value);
    case P_SINT64: return read_number_at(at, end, P_SINT64, type, value);
    case P_ENUM: return read_number_at(at, end, P_ENUM, type, value);
    case P_CLOSED_ENUM: return read_number_at(at, end, P_CLOSED_ENUM, type, value);
    case P_FIXED32: return read_number_at(at, end, P_FIXED32, type, value);
    case P_SFIXED32: return read_number_at(at, end, P_SFIXED32, type, value);
    case P_FLOAT: return read_number_at(at, end, P_FLOAT, type, value);
    case P_FIXED64: return read_number_at(at, end, P_FIXED64, type, value);
    case P_SFIXED64: return read_number_at(at, end, P_SFIXED64, type, value);
    case P_DOUBLE: return read_number_at(at, end, P_DOUBLE, type, value);
    case P_STRING: return read_text(at, end, P_STRING, value);
    case P_UNCHECKED_STRING: return read_text(at, end, P_UNCHECKED_STRING, value);
    default: return read_text(at, end, P_BYTES, value);
    }
}

const uint8_t *read_single(ProtoReader *reader, Type *type, const uint8_t *at, const uint8_t *end, uint32_t tag,
                           PyObject **value)
{
    if (type->kind == P_MESSAGE || type->kind == P_GROUP)
        return read_message_within(reader, type, at, end, tag, value);
    PyObject *before = *value;
    *value = NULL;
    at = read_scalar(type, type->kind, at, end, value);
    Py_XDECREF(before);
    return at;
}

/* A list, array or map field, whose slot has what was there before. */
static const uint8_t *read_repeated(ProtoReader *reader, PyObject *record, const Field *field, const uint8_t *start,
                                    const uint8_t *at, const uint8_t *end, uint32_t tag, Unknown *unknown, int *seen)
{
    PyObject **slot = slot_of(record, field->offset);
    bool is_map = field->kind == P_MAP;
    if (is_array(field->kind) || (!is_map && (tag & 7) != field->type->code)) {
        bool is_new = *slot == NULL;
        at = is_array(field->kind) ? read_array(reader, field, start, at, end, tag, slot)
                                   : read_packed(reader, field, at, end, slot, unknown);
        *seen += is_new && *slot != NULL;
        return at;
    }
    if (*slot == NULL) {
        *slot = is_map ? PyDict_New() : PyList_New(0);
        if (*slot == NULL)
            return NULL;
        ++*seen;
    }
    PyObject *held = *slot;
    if (UNLIKELY(is_map ? !PyDict_CheckExact(held) : !PyList_CheckExact(held)))
        return NULL;
    Py_INCREF(held);
    at = is_map ? read_entries(reader, field, start, at, end, held, unknown)
                : read_elements(reader, field, start, at, end, tag, held, unknown);
    Py_DECREF(held);
    return at;
}

/* A message in a field of its own: what was there before is added to. */
static const uint8_t *read_inner(ProtoReader *reader, Plan *plan, PyObject *record, const Field *field,
                                 const uint8_t *at, const uint8_t *end, uint32_t tag, int *seen)
{
    PyObject **slot = slot_of(record, field->offset), *inner = *slot;
    if (field->oneof)
        choose(plan, record, field);
    if (LIKELY(inner == NULL || inner == Py_None)) {
        inner = NULL;
        at = read_message_within(reader, field->type, at, end, tag, &inner);
        if (LIKELY(at != NULL))
            slot_fill(record, field, inner, seen);
        return at;
    }
    Py_INCREF(inner);
    at = read_message_within(reader, field->type, at, end, tag, &inner);
    Py_XDECREF(inner);
    return at;
}

/* Fill slots up to `end`, or to the end of the group. */
static const uint8_t *read_fields(ProtoReader *reader, Plan *plan, PyObject *record, const uint8_t *at,
                                  const uint8_t *end, uint32_t group, Unknown *unknown, int *seen)
{
    const Field *field = plan->fields; /* the one expected next: fields mostly come in their order */
    while (at < end) {
        const uint8_t *start = at;
        PyObject *value = NULL;
        uint32_t tag;
        at = short_varint_read(at, end, &tag);
        if (UNLIKELY(at == NULL))
            return NULL;
        if (UNLIKELY(tag != field->tag) || UNLIKELY(tag == 0)) {
            if (UNLIKELY((tag & 7) == V_END_GROUP))
                return group != 0 && tag >> 3 == group ? at : NULL;
            if (UNLIKELY(tag >> 3 == 0))
                return NULL;
            const Field *found = plan_field(plan, (int)(tag >> 3));
            if (UNLIKELY(found == NULL || ((tag & 7) != found->type->code
                                           && !((tag & 7) == V_LENGTH && found->type->element != NULL
                                                && is_number(found->type->element->kind))))) {
                at = skip_proto(at, end, tag, reader->depth);
                if (at == NULL || unknown_add(unknown, start, at - start) < 0)
                    return NULL;
                continue;
            }
            field = found;
        }
        if (field->kind < P_MESSAGE) {
            at = read_scalar(field->type, field->kind, at, end, &value);
            if (UNLIKELY(at == NULL))
                return NULL;
            if (UNLIKELY(value == Py_None)) {
                Py_DECREF(value);
                if (unknown_add(unknown, start, at - start) < 0)
                    return NULL;
                continue;
            }
            if (UNLIKELY(field->oneof != 0))
                choose(plan, record, field);
            slot_fill(record, field, value, seen);
        }
        else if (field->kind <= P_GROUP)
            at = read_inner(reader, plan, record, field, at, end, tag, seen);
        else
            at = read_repeated(reader, record, field, start, at, end, tag, unknown, seen);
        if (UNLIKELY(at == NULL))
            return NULL;
        field++; /* behind the last there is one without a tag */
    }
    return group == 0 ? at : NULL;
}

/* Unknown fields behind those that the message has already. A message that comes in many pieces, each with unknown
 * fields, is left to the careful codec, which joins them once.
 */
static int keep_unknown(ProtoReader *reader, Plan *plan, PyObject *record, const Unknown *unknown)
{
    PyObject **slot = slot_of(record, plan->unknown);
    if (LIKELY(unknown->size == 0)) {
        if (*slot == NULL)
            *slot = Py_NewRef(reader->state->no_bytes);
        return 0;
    }
    if (*slot != NULL && *slot != reader->state->no_bytes)
        return -1;
    return record_keep_unknown(plan, record, unknown);
}

const uint8_t *read_message(ProtoReader *reader, Plan *plan, const uint8_t *at, const uint8_t *end, uint32_t group,
                            PyObject **made)
{
    if (UNLIKELY(!plan_holds(plan)) || UNLIKELY(!plan->can_read))
        return NULL;
    PyObject *record = record_new(reader->state, plan);
    if (UNLIKELY(record == NULL))
        return NULL;
    Unknown unknown = {NULL, 0, 0};
    int seen = 0;
    at = read_fields(reader, plan, record, at, end, group, &unknown, &seen);
    if (UNLIKELY(at == NULL) || (seen != plan->count && record_complete(plan, record) < 0)
        || keep_unknown(reader, plan, record, &unknown) < 0) {
        at = NULL;
        Py_DECREF(record);
    }
    else
        *made = record_end(plan, record);
    PyMem_Free(unknown.bytes);
    return at;
}

/* Read more of a message that is complete. */
static const uint8_t *read_into(ProtoReader *reader, Plan *plan, const uint8_t *at, const uint8_t *end, uint32_t group,
                                PyObject *record)
{
    if (UNLIKELY(!plan_holds(plan)) || UNLIKELY(!plan->can_read) || UNLIKELY(!Py_IS_TYPE(record, plan->cls)))
        return NULL;
    Unknown unknown = {NULL, 0, 0};
    int seen = 0;
    at = read_fields(reader, plan, record, at, end, group, &unknown, &seen);
    if (at != NULL && keep_unknown(reader, plan, record, &unknown) < 0)
        at = NULL;
    PyMem_Free(unknown.bytes);
    return at;
}

const uint8_t *read_message_within(ProtoReader *reader, Type *type, const uint8_t *at, const uint8_t *end,
                                   uint32_t tag, PyObject **record)
{
    Plan *plan = plan_within(reader->state, PROTOBUF, type);
    uint32_t group = type->kind == P_GROUP ? tag >> 3 : 0;
    if (UNLIKELY(plan == NULL) || UNLIKELY(reader->depth <= 0))
        return NULL;
    if (LIKELY(group == 0)) {
        Py_ssize_t size;
        at = length_read(at, end, &size);
        if (UNLIKELY(at == NULL))
            return NULL;
        end = at + size;
    }
    reader->depth--;
    at = LIKELY(*record == NULL) ? read_message(reader, plan, at, end, group, record)
                                 : read_into(reader, plan, at, end, group, *record);
    reader->depth++;
    return at;
}
