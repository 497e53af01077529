/* Text that is not ASCII. */
#include "strings.h"

PyObject *text_of_any(const uint8_t *from, Py_ssize_t size)
{
    return PyUnicode_DecodeUTF8((const char *)from, size, "surrogateescape");
}

/* Surrogates U+DC80 to U+DCFF stand for the bytes 0x80 to 0xFF. */
static inline bool is_surrogate(Py_UCS4 character) { return character >= 0xD800 && character <= 0xDFFF; }
static inline bool is_escape(Py_UCS4 character) { return character >= 0xDC80 && character <= 0xDCFF; }

Py_ssize_t utf8_size(PyObject *text, bool escapes)
{
#if PY_VERSION_HEX < 0x030C0000
    if (PyUnicode_READY(text) < 0)
        return -1;
#endif
    Py_ssize_t length = PyUnicode_GET_LENGTH(text), size = 0;
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    if (length > MAX_LENGTH)
        return -1;
    if (kind == PyUnicode_1BYTE_KIND) {
        for (Py_ssize_t at = 0; at < length; at++)
            size += 1 + (((const Py_UCS1 *)data)[at] >> 7);
        return size > MAX_LENGTH ? -1 : size;
    }
    for (Py_ssize_t at = 0; at < length; at++) {
        Py_UCS4 character = PyUnicode_READ(kind, data, at);
        if (UNLIKELY(is_surrogate(character))) {
            if (!escapes || !is_escape(character))
                return -1;
            size += 1;
        }
        else
            size += 1 + (character >= 0x80) + (character >= 0x800) + (character >= 0x10000);
    }
    return size > MAX_LENGTH ? -1 : size;
}

uint8_t *utf8_put(uint8_t *at, PyObject *text)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    for (Py_ssize_t index = 0; index < length; index++) {
        Py_UCS4 character = PyUnicode_READ(kind, data, index);
        if (character < 0x80)
            *at++ = (uint8_t)character;
        else if (character < 0x800) {
            *at++ = (uint8_t)(0xC0 | character >> 6);
            *at++ = (uint8_t)(0x80 | (character & 0x3F));
        }
        else if (UNLIKELY(is_escape(character)))
            *at++ = (uint8_t)(character & 0xFF);
        else {
            if (character < 0x10000)
                *at++ = (uint8_t)(0xE0 | character >> 12);
            else {
                *at++ = (uint8_t)(0xF0 | character >> 18);
                *at++ = (uint8_t)(0x80 | (character >> 12 & 0x3F));
            }
            *at++ = (uint8_t)(0x80 | (character >> 6 & 0x3F));
            *at++ = (uint8_t)(0x80 | (character & 0x3F));
        }
    }
    return at;
}

NOINLINE uint8_t *write_any_text(Writer *writer, uint8_t *at, PyObject *value, Py_ssize_t slack)
{
    Py_ssize_t size = PyUnicode_CheckExact(value) ? utf8_size(value, true) : -1;
    if (size < 0)
        return NULL;
    at = room(writer, at, 4 + size + slack);
    if (at == NULL)
        return NULL;
    put32(at, (uint32_t)size);
    return utf8_put(at + 4, value);
}
