/* Text and bytes: str to UTF-8 and back, with surrogates standing for bytes that are no UTF-8 (surrogateescape). */
#ifndef KX_STRINGS_H
#define KX_STRINGS_H

#include "layout.h"
#include "writer.h"

/* Copy without a call of the library where that would cost more than the copy. */
static inline void copy_short(uint8_t *to, const uint8_t *from, Py_ssize_t size)
{
    if (size >= 8 && size <= 64) {
        uint64_t word;
        for (Py_ssize_t at = 0; at + 8 <= size; at += 8) {
            memcpy(&word, from + at, 8);
            memcpy(to + at, &word, 8);
        }
        memcpy(&word, from + size - 8, 8); /* the last bytes, some of them once more */
        memcpy(to + size - 8, &word, 8);
    }
    else
        memcpy(to, from, (size_t)size);
}

/* The same, and whether all of it was ASCII. */
INLINE bool copy_ascii(uint8_t *to, const uint8_t *from, Py_ssize_t size)
{
    uint64_t seen = 0, word, next;
    Py_ssize_t at = 0;
    if (size < 8) {
        for (; at < size; at++) {
            seen |= from[at];
            to[at] = from[at];
        }
        return seen < 0x80;
    }
    for (; at + 16 <= size; at += 16) {
        memcpy(&word, from + at, 8);
        memcpy(&next, from + at + 8, 8);
        seen |= word | next;
        memcpy(to + at, &word, 8);
        memcpy(to + at + 8, &next, 8);
    }
    if (at + 8 <= size) {
        memcpy(&word, from + at, 8);
        seen |= word;
        memcpy(to + at, &word, 8);
    }
    memcpy(&word, from + size - 8, 8);
    memcpy(to + size - 8, &word, 8);
    return ((seen | word) & 0x8080808080808080ULL) == 0;
}

/* What is not ASCII, or shorter than two characters: the interpreter keeps those. */
PyObject *text_of_any(const uint8_t *from, Py_ssize_t size);

INLINE PyObject *text_new(const uint8_t *from, Py_ssize_t size)
{
    if (LIKELY(size >= 2)) {
        PyObject *made = ascii_new(size);
        if (UNLIKELY(made == NULL))
            return NULL;
        if (LIKELY(copy_ascii(ascii_text(made), from, size)))
            return made;
        ascii_drop(made);
    }
    return text_of_any(from, size);
}

/* Bytes of a str in UTF-8. -1 when it has more than a length can say, or a surrogate that stands for no byte, which
 * none does without `escapes`.
 */
Py_ssize_t utf8_size(PyObject *text, bool escapes);

/* Write these bytes. */
uint8_t *utf8_put(uint8_t *at, PyObject *text);

/* An ASCII string of which we know the characters. */
static inline bool is_plain_text(PyObject *value)
{
    return LIKELY(PyUnicode_CheckExact(value)) && LIKELY(PyUnicode_IS_COMPACT_ASCII(value));
}

/* Length and bytes of a str in binary, with `slack` more bytes of room behind. */
uint8_t *write_any_text(Writer *writer, uint8_t *at, PyObject *value, Py_ssize_t slack);

static inline uint8_t *write_text(Writer *writer, uint8_t *at, PyObject *value, Py_ssize_t slack)
{
    if (!is_plain_text(value))
        return write_any_text(writer, at, value, slack);
    Py_ssize_t size = PyUnicode_GET_LENGTH(value);
    if (UNLIKELY(writer->end - at < 4 + size + slack)) {
        if (size > MAX_LENGTH)
            return NULL;
        at = writer_grow(writer, at, 4 + size + slack);
        if (at == NULL)
            return NULL;
    }
    put32(at, (uint32_t)size);
    copy_short(at + 4, ascii_text(value), size);
    return at + 4 + size;
}

/* The bytes of an exact bytes or bytearray; false for anything else, and for more than a length can say. */
static inline bool bytes_of(PyObject *value, const uint8_t **from, Py_ssize_t *size)
{
    if (LIKELY(PyBytes_CheckExact(value))) {
        *from = (const uint8_t *)PyBytes_AS_STRING(value);
        *size = PyBytes_GET_SIZE(value);
    }
    else if (PyByteArray_CheckExact(value)) {
        *from = (const uint8_t *)PyByteArray_AS_STRING(value);
        *size = PyByteArray_GET_SIZE(value);
    }
    else
        return false;
    return *size <= MAX_LENGTH;
}

#endif
