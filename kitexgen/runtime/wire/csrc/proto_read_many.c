/* Lists and maps of Protobuf. */
#include "proto_read.h"
#include "proto_scalars.h"

/* Put an item, which is taken over, at the end of a list. */
static inline int list_push(PyObject *list, PyObject *item)
{
#if KX_LAYOUT
    PyListObject *there = (PyListObject *)list;
    Py_ssize_t size = Py_SIZE(there);
    if (LIKELY(size < there->allocated)) {
        PyList_SET_ITEM(list, size, item);
        Py_SET_SIZE(there, size + 1);
        return 0;
    }
#endif
    int status = PyList_Append(list, item);
    Py_DECREF(item);
    return status;
}

const uint8_t *read_elements(ProtoReader *reader, const Field *field, const uint8_t *start, const uint8_t *at,
                             const uint8_t *end, uint32_t tag, PyObject *list, Unknown *unknown)
{
    Type *element = field->type->element;
    int kind = element->kind;
    if (kind == P_STRING) {
        do {
            Py_ssize_t size;
            at = length_read(at, end, &size);
            PyObject *text = LIKELY(at != NULL) ? proto_text_new(at, size, P_STRING) : NULL;
            if (UNLIKELY(text == NULL) || UNLIKELY(list_push(list, text) < 0))
                return NULL;
            at += size;
        } while (comes_again(field, &at, end));
        return at;
    }
    do {
        PyObject *item = NULL;
        at = read_single(reader, element, at, end, tag, &item);
        if (UNLIKELY(at == NULL))
            return NULL;
        if (UNLIKELY(item == Py_None)) {
            Py_DECREF(item);
            if (unknown_add(unknown, start, at - start) < 0)
                return NULL;
        }
        else if (UNLIKELY(list_push(list, item) < 0))
            return NULL;
        start = at;
    } while ((field->tag & 7) == element->code && comes_again(field, &at, end));
    return at;
}

/* Numbers of a packed block that are all there, one for each place. A number that a closed enum does not know leaves
 * None there.
 */
INLINE const uint8_t *fill(const uint8_t *at, const uint8_t *end, int kind, Type *element, PyObject **items,
                           Py_ssize_t count)
{
    for (Py_ssize_t index = 0; index < count; index++) {
        items[index] = read_number(&at, end, kind, element);
        if (UNLIKELY(items[index] == NULL))
            return NULL;
    }
    return at;
}

static const uint8_t *fill_kind(const uint8_t *at, const uint8_t *end, Type *element, PyObject **items,
                                Py_ssize_t count)
{
    switch (element->kind) {
    case P_BOOL: return fill(at, end, P_BOOL, element, items, count);
    case P_INT32: return fill(at, end, P_INT32, element, items, count);
    case P_INT64: return fill(at, end, P_INT64, element, items, count);
    case P_UINT32: return fill(at, end, P_UINT32, element, items, count);
    case P_UINT64: return fill(at, end, P_UINT64, element, items, count);
    case P_SINT32: return fill(at, end, P_SINT32, element, items, count);
    case P_SINT64: return fill(at, end, P_SINT64, element, items, count);
    case P_ENUM: return fill(at, end, P_ENUM, element, items, count);
    case P_CLOSED_ENUM: return fill(at, end, P_CLOSED_ENUM, element, items, count);
    case P_FIXED32: return fill(at, end, P_FIXED32, element, items, count);
    case P_SFIXED32: return fill(at, end, P_SFIXED32, element, items, count);
    case P_FLOAT: return fill(at, end, P_FLOAT, element, items, count);
    case P_FIXED64: return fill(at, end, P_FIXED64, element, items, count);
    case P_SFIXED64: return fill(at, end, P_SFIXED64, element, items, count);
    default: return fill(at, end, P_DOUBLE, element, items, count);
    }
}

/* How many numbers are in a packed block; -1 when the last one does not end. */
static Py_ssize_t packed_count(const uint8_t *at, Py_ssize_t size, int kind)
{
    if (!is_varint(kind))
        return size % fixed_size(kind) == 0 ? size / fixed_size(kind) : -1;
    Py_ssize_t count = 0;
    for (Py_ssize_t index = 0; index < size; index++)
        count += at[index] < 0x80;
    return size == 0 || at[size - 1] < 0x80 ? count : -1;
}

/* Take the Nones out of a list of members, and keep their numbers as fields. */
static int set_aside(const Field *field, PyObject *list, const uint8_t *at, const uint8_t *end, Unknown *unknown)
{
    PyObject **items = ((PyListObject *)list)->ob_item;
    Py_ssize_t count = PyList_GET_SIZE(list), kept = 0;
    int status = 0;
    for (Py_ssize_t index = 0; index < count; index++) {
        uint64_t bits = 0;
        at = varint_read(at, end, &bits); /* once more: it was read before */
        if (items[index] != Py_None) {
            items[kept++] = items[index];
            continue;
        }
        uint8_t raw[2 * VARINT_BYTES], *to = varint_put(raw, (uint64_t)field->id << 3 | V_VARINT);
        to = varint_put(to, bits);
        if (unknown_add(unknown, raw, to - raw) < 0)
            status = -1;
        Py_DECREF(Py_None);
    }
    for (Py_ssize_t index = kept; index < count; index++)
        items[index] = NULL;
    Py_SET_SIZE((PyListObject *)list, kept);
    return status;
}

const uint8_t *read_packed(ProtoReader *reader, const Field *field, const uint8_t *at, const uint8_t *end,
                           PyObject **list, Unknown *unknown)
{
    Type *element = field->type->element;
    Py_ssize_t size;
    (void)reader;
    at = length_read(at, end, &size);
    Py_ssize_t count = at == NULL ? -1 : packed_count(at, size, element->kind);
    PyObject *made = count < 0 ? NULL : PyList_New(count);
    if (UNLIKELY(made == NULL))
        return NULL;
    /* Nobody shall find a list with empty places in it. */
    PyObject_GC_UnTrack(made);
    const uint8_t *stop = at + size;
    at = fill_kind(at, stop, element, ((PyListObject *)made)->ob_item, count);
    if (element->kind == P_CLOSED_ENUM && at != NULL && set_aside(field, made, stop - size, stop, unknown) < 0)
        at = NULL;
    if (at != NULL)
        PyObject_GC_Track(made);
    if (LIKELY(at == stop) && LIKELY(*list == NULL)) {
        *list = made;
        return at;
    }
    if (at == stop && PyList_CheckExact(*list)) {
        Py_ssize_t before = PyList_GET_SIZE(*list);
        if (PyList_SetSlice(*list, before, before, made) < 0)
            at = NULL;
    }
    else
        at = NULL;
    Py_DECREF(made);
    return at;
}

/* What the key or value of an entry is that does not come. */
static PyObject *blank_of(ProtoReader *reader, Type *type)
{
    switch (type->kind) {
    case P_BOOL: return Py_NewRef(Py_False);
    case P_FLOAT: case P_DOUBLE: return float_new(0.0);
    case P_STRING: case P_UNCHECKED_STRING: return PyUnicode_New(0, 0);
    case P_BYTES: return Py_NewRef(reader->state->no_bytes);
    case P_ENUM: case P_CLOSED_ENUM: return enum_of(type, 0);
    case P_MESSAGE: case P_GROUP: {
        static const uint8_t nothing[1] = {0};
        PyObject *made = NULL;
        Plan *plan = plan_within(reader->state, PROTOBUF, type);
        if (plan != NULL)
            read_message(reader, plan, nothing, nothing, 0, &made);
        return made;
    }
    default: return int_new(0);
    }
}

/* The fields of an entry. `*is_odd`: it has one that a map has no place for, so all of it is an unknown field. */
static const uint8_t *read_entry(ProtoReader *reader, Type *type, const uint8_t *at, const uint8_t *end,
                                 PyObject **parts, bool *is_odd)
{
    while (at < end) {
        uint32_t tag;
        at = short_varint_read(at, end, &tag);
        if (UNLIKELY(at == NULL))
            return NULL;
        int part = LIKELY(tag == (ENTRY_KEY | (uint32_t)type->key->code))        ? 0
                   : LIKELY(tag == (ENTRY_VALUE | (uint32_t)type->element->code)) ? 1
                                                                                   : 2;
        if (UNLIKELY(part == 2))
            return NULL;
        at = read_single(reader, part == 0 ? type->key : type->element, at, end, tag, parts + part);
        if (UNLIKELY(at == NULL))
            return NULL;
        if (UNLIKELY(parts[part] == Py_None)) {
            Py_CLEAR(parts[part]);
            *is_odd = true;
        }
    }
    return at;
}

const uint8_t *read_entries(ProtoReader *reader, const Field *field, const uint8_t *start, const uint8_t *at,
                            const uint8_t *end, PyObject *map, Unknown *unknown)
{
    Type *type = field->type;
    if (UNLIKELY(reader->depth <= 0))
        return NULL;
    reader->depth--;
    do {
        PyObject *parts[2] = {NULL, NULL};
        bool is_odd = false;
        Py_ssize_t size;
        at = length_read(at, end, &size);
        if (LIKELY(at != NULL))
            at = read_entry(reader, type, at, at + size, parts, &is_odd);
        if (LIKELY(at != NULL) && UNLIKELY(is_odd))
            at = unknown_add(unknown, start, at - start) < 0 ? NULL : at;
        else if (LIKELY(at != NULL)) {
            if (UNLIKELY(parts[0] == NULL))
                parts[0] = blank_of(reader, type->key);
            if (UNLIKELY(parts[1] == NULL))
                parts[1] = blank_of(reader, type->element);
            if (UNLIKELY(parts[0] == NULL) || UNLIKELY(parts[1] == NULL)
                || UNLIKELY(PyDict_SetItem(map, parts[0], parts[1]) < 0))
                at = NULL;
        }
        Py_XDECREF(parts[0]);
        Py_XDECREF(parts[1]);
        if (UNLIKELY(at == NULL))
            return NULL;
        start = at;
    } while (comes_again(field, &at, end));
    reader->depth++;
    return at;
}
