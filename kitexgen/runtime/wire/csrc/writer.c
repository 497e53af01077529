/* The buffer, and what both protocols ask of a record before they write it. */
#include "writer.h"
#include "scalars.h"

/* Records larger than this do not tell how large the next one will be: its memory would be taken and given back. */
#define LARGEST_HINT (1 << 20)

uint8_t *writer_begin(Writer *writer, State *state, uint8_t *stack, Py_ssize_t hint)
{
    writer->state = state;
    writer->depth = 0;
    writer->splits = writer->sorted = false;
    writer->bytes = writer->apart = NULL;
    writer->base = stack;
    writer->end = stack + STACK_BUFFER;
    if (hint > STACK_BUFFER && hint <= LARGEST_HINT) {
        writer->bytes = PyBytes_FromStringAndSize(NULL, hint);
        if (writer->bytes == NULL)
            return NULL;
        writer->base = (uint8_t *)PyBytes_AS_STRING(writer->bytes);
        writer->end = writer->base + hint;
    }
    return writer->base;
}

NOINLINE uint8_t *writer_grow(Writer *writer, uint8_t *at, Py_ssize_t need)
{
    Py_ssize_t used = at - writer->base, size = writer->end - writer->base;
    if (need > PY_SSIZE_T_MAX / 4 - used)
        return (uint8_t *)PyErr_NoMemory();
    /* What is needed is one large thing or many small ones: then as much again, at least half of it, will follow. */
    size = need > size ? used + need : Py_MAX(used + need, size + size / 2);
    if (writer->bytes == NULL) {
        writer->bytes = PyBytes_FromStringAndSize(NULL, size);
        if (writer->bytes == NULL)
            return NULL;
        memcpy(PyBytes_AS_STRING(writer->bytes), writer->base, (size_t)used);
    }
    else if (_PyBytes_Resize(&writer->bytes, size) < 0)
        return NULL;
    writer->base = (uint8_t *)PyBytes_AS_STRING(writer->bytes);
    writer->end = writer->base + size;
    return writer->base + used;
}

NOINLINE uint8_t *writer_set_apart(Writer *writer, uint8_t *at, PyObject *value)
{
    if (writer->apart == NULL && (writer->apart = PyList_New(0)) == NULL)
        return NULL;
    PyObject *place = PyLong_FromSsize_t(at - writer->base);
    bool is_kept = place != NULL && PyList_Append(writer->apart, place) == 0
                   && PyList_Append(writer->apart, value) == 0;
    Py_XDECREF(place);
    return is_kept ? at : NULL;
}

/* Append the bytes of `whole` from `start` to `end`, if there are any. */
static int append_slice(PyObject *pieces, PyObject *whole, Py_ssize_t start, Py_ssize_t end)
{
    if (start == end)
        return 0;
    PyObject *slice = PyBytes_FromStringAndSize(PyBytes_AS_STRING(whole) + start, end - start);
    int status = slice != NULL ? PyList_Append(pieces, slice) : -1;
    Py_XDECREF(slice);
    return status;
}

int writer_end_apart(Writer *writer, uint8_t *at, PyObject *pieces)
{
    PyObject *apart = writer->apart, *whole = writer_end(writer, at);
    Py_ssize_t before = PyList_GET_SIZE(pieces), start = 0;
    int status = whole == NULL ? -1 : 0;
    if (status == 0 && apart == NULL)
        status = PyList_Append(pieces, whole);
    else if (status == 0) {
        for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(apart); i += 2) {
            Py_ssize_t place = PyLong_AsSsize_t(PyList_GET_ITEM(apart, i));
            status = append_slice(pieces, whole, start, place);
            if (status == 0)
                status = PyList_Append(pieces, PyList_GET_ITEM(apart, i + 1));
            start = place;
        }
        if (status == 0)
            status = append_slice(pieces, whole, start, PyBytes_GET_SIZE(whole));
    }
    if (status < 0 && PyList_GET_SIZE(pieces) > before) {
        PyObject *type, *error, *trace;
        PyErr_Fetch(&type, &error, &trace);
        PyList_SetSlice(pieces, before, PyList_GET_SIZE(pieces), NULL);
        PyErr_Restore(type, error, trace);
    }
    Py_XDECREF(apart);
    Py_XDECREF(whole);
    return status;
}

PyObject *writer_end(Writer *writer, uint8_t *at)
{
    if (at == NULL) {
        Py_CLEAR(writer->bytes);
        return NULL;
    }
    Py_ssize_t size = at - writer->base;
    if (writer->bytes == NULL)
        return PyBytes_FromStringAndSize((const char *)writer->base, size);
    if (size != writer->end - writer->base)
        _PyBytes_Resize(&writer->bytes, size); /* NULL when it fails */
    return writer->bytes;
}

PyObject *writer_size(Writer *writer, uint8_t *at)
{
    Py_ssize_t size = at != NULL ? at - writer->base : -1;
    Py_CLEAR(writer->bytes);
    return size >= 0 ? PyLong_FromSsize_t(size) : NULL;
}

int is_default(const Field *field, PyObject *value)
{
    Likeness found = likeness(value, field->missing, field->kind);
    return found == UNSURE ? -1 : found == EQUALS;
}

bool union_is_right(const Plan *plan, PyObject *record)
{
    int found = 0;
    for (const Field *field = plan->fields; field < plan->fields + plan->count; field++) {
        PyObject *value = *slot_of(record, field->offset);
        found += value != NULL && value != Py_None;
    }
    if (found == 0 && plan->keeps_unknown) {
        PyObject *unknown = *slot_of(record, plan->unknown);
        return unknown != NULL && PyBytes_CheckExact(unknown) && PyBytes_GET_SIZE(unknown) > 0;
    }
    return found == 1;
}
