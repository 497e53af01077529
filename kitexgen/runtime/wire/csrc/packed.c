/* Buffers in, arrays out. */
#include "packed.h"
#include "byteswap.h"

/* Whether a format of the struct module is that of `kind`, and whether its bytes are the wrong way round here. */
static bool is_format(const char *format, int kind, bool *swapped)
{
    bool native = true, is_big = PY_BIG_ENDIAN;
    switch (*format) {
    case '@': format++; break;
    case '=': format++; native = false; break;
    case '<': format++; native = false; is_big = false; break;
    case '>': case '!': format++; native = false; is_big = true; break;
    }
    char letter = *format;
    if (letter == 0 || format[1] != 0)
        return false;
    bool is_wide = native && sizeof(long) == 8; /* 'l' and 'L' have the size of the platform, or 4 */
    if (letter == 'l')
        letter = is_wide ? 'q' : 'i';
    else if (letter == 'L')
        letter = is_wide ? 'Q' : 'I';
    *swapped = is_big != (bool)PY_BIG_ENDIAN && kind != K_I8;
    return letter == NUMBER_LETTERS[kind];
}

bool numbers_open(PyObject *value, int kind, Numbers *numbers)
{
    /* What has no buffer is not asked for one: the careful codec says what it is. */
    if (Py_TYPE(value)->tp_as_buffer == NULL || Py_TYPE(value)->tp_as_buffer->bf_getbuffer == NULL)
        return false;
    if (PyObject_GetBuffer(value, &numbers->buffer, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0)
        return false;
    Py_buffer *buffer = &numbers->buffer;
    int width = width_of(kind);
    if (buffer->ndim == 1 && buffer->format != NULL && buffer->itemsize == width
        && is_format(buffer->format, kind, &numbers->swapped)) {
        numbers->count = buffer->len / width;
        if (numbers->count <= MAX_LENGTH)
            return true;
    }
    PyBuffer_Release(buffer);
    return false;
}

void numbers_close(Numbers *numbers)
{
    PyBuffer_Release(&numbers->buffer);
}

void numbers_put(uint8_t *to, const Numbers *numbers, int width, bool is_big)
{
    if (((bool)PY_BIG_ENDIAN != numbers->swapped) == is_big)
        memcpy(to, numbers->buffer.buf, (size_t)(numbers->count * width));
    else
        copy_swapped(to, numbers->buffer.buf, numbers->count, width);
}

PyObject *array_blank(State *state, Py_ssize_t count, int kind, Py_buffer *buffer)
{
    /* An array grows to its size by being repeated: the only way to do so without a copy of other bytes. */
    static const char zero[8] = {0};
    PyObject *bytes = PyBytes_FromStringAndSize(zero, count == 0 ? 0 : width_of(kind));
    if (bytes == NULL)
        return NULL;
    PyObject *given[3] = {NULL, state->array_codes[kind], bytes};
    PyObject *one = PyObject_Vectorcall(state->array_type, given + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    Py_DECREF(bytes);
    if (one == NULL)
        return NULL;
    PyObject *made = one;
    if (count > 1) {
        made = PySequence_Repeat(one, count);
        Py_DECREF(one);
        if (made == NULL)
            return NULL;
    }
    if (PyObject_GetBuffer(made, buffer, PyBUF_WRITABLE) < 0) {
        Py_DECREF(made);
        return NULL;
    }
    if (buffer->len != count * width_of(kind)) {
        PyBuffer_Release(buffer);
        Py_DECREF(made);
        return NULL;
    }
    return made;
}

int array_extend(State *state, PyObject *array, const uint8_t *from, Py_ssize_t size)
{
    PyObject *bytes = PyMemoryView_FromMemory((char *)from, size, PyBUF_READ);
    PyObject *none = bytes == NULL ? NULL : PyObject_CallMethodOneArg(array, state->frombytes, bytes);
    Py_XDECREF(bytes);
    Py_XDECREF(none);
    return none == NULL ? -1 : 0;
}

PyObject *array_of(State *state, const uint8_t *from, Py_ssize_t count, int kind, bool is_big)
{
    Py_buffer buffer;
    PyObject *made = array_blank(state, count, kind, &buffer);
    if (made == NULL)
        return NULL;
    if (is_big == (bool)PY_BIG_ENDIAN)
        memcpy(buffer.buf, from, (size_t)(count * width_of(kind)));
    else
        copy_swapped(buffer.buf, from, count, width_of(kind));
    PyBuffer_Release(&buffer);
    return made;
}
