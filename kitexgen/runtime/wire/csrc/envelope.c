/* What stands before the record of a message, in binary: version, kind, name, sequence id. */
#include "envelope.h"
#include "strings.h"
#include "wire.h"

#define MAGIC 0x8001

PyObject *binary_message_begin(PyObject *name, PyObject *kind, PyObject *sequence)
{
    int64_t kind_number, sequence_number;
    if (!is_plain_text(name) || !PyLong_Check(kind) || !PyLong_Check(sequence) || !int_value(kind, &kind_number)
        || !int_value(sequence, &sequence_number) || kind_number != (uint16_t)kind_number
        || sequence_number != (int32_t)sequence_number || PyUnicode_GET_LENGTH(name) > MAX_LENGTH)
        return NULL;
    Py_ssize_t size = PyUnicode_GET_LENGTH(name);
    PyObject *made = PyBytes_FromStringAndSize(NULL, 12 + size);
    if (made == NULL)
        return NULL;
    uint8_t *at = (uint8_t *)PyBytes_AS_STRING(made);
    put16(at, MAGIC);
    put16(at + 2, (uint16_t)kind_number);
    put32(at + 4, (uint32_t)size);
    copy_short(at + 8, ascii_text(name), size);
    put32(at + 8 + size, (uint32_t)sequence_number);
    return made;
}

PyObject *binary_message_open(State *state, PyObject *data, Py_ssize_t start)
{
    const uint8_t *from = (const uint8_t *)PyBytes_AS_STRING(data), *end = from + PyBytes_GET_SIZE(data);
    if (start < 0 || start > PyBytes_GET_SIZE(data) - 12)
        return NULL;
    from += start;
    uint32_t length = get32(from + 4);
    if (get16(from) != MAGIC || length > MAX_LENGTH || (int64_t)length > end - from - 12)
        return NULL;
    PyTypeObject *type = (PyTypeObject *)state->begin_type;
    PyObject *begin = type->tp_alloc(type, 4);
    if (begin == NULL)
        return NULL;
    PyObject *parts[] = {
        text_new(from + 8, (Py_ssize_t)length),
        int_new(get16(from + 2)),
        int_new((int32_t)get32(from + 8 + length)),
        PyLong_FromSsize_t(start + 12 + (Py_ssize_t)length),
    };
    bool whole = true;
    for (int at = 0; at < 4; at++) {
        PyTuple_SET_ITEM(begin, at, parts[at]);
        whole = whole && parts[at] != NULL;
    }
    if (!whole)
        Py_CLEAR(begin);
    return begin;
}
