/* Lists that are arrays in Python: from any buffer of the right numbers, to `array.array`, without an object each. */
#ifndef KX_PACKED_H
#define KX_PACKED_H

#include "writer.h"

/* The numbers of a buffer. `swapped`: they are not in the byte order of the machine. */
typedef struct {
    Py_buffer buffer;
    Py_ssize_t count;
    bool swapped;
} Numbers;

/* Look into `value` for numbers of `kind`. False, and perhaps an exception, when it has none of that very type. */
bool numbers_open(PyObject *value, int kind, Numbers *numbers);
void numbers_close(Numbers *numbers);

/* A new `array.array` of `count` numbers of `kind`, taken from the bytes at `from` in the order of binary (`is_big`)
 * or compact, where doubles are little-endian.
 */
PyObject *array_of(State *state, const uint8_t *from, Py_ssize_t count, int kind, bool is_big);

/* The same without numbers in it yet; `*to` is where they go. Close `buffer` when they are there. */
PyObject *array_blank(State *state, Py_ssize_t count, int kind, Py_buffer *buffer);

static inline int width_of(int kind)
{
    return kind == K_I8 ? 1 : kind == K_I16 ? 2 : kind == K_I32 ? 4 : 8;
}

#endif
