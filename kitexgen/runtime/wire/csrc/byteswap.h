/* Whole arrays of big-endian numbers. */
#ifndef KX_BYTESWAP_H
#define KX_BYTESWAP_H

#include "compat.h"

/* Copy `count` numbers of `width` (1, 2, 4 or 8) bytes, each with its bytes reversed. `from` may be `to`. */
void copy_swapped(uint8_t *to, const uint8_t *from, Py_ssize_t count, int width);

/* Between the order of the wire and that of the machine. */
static inline void copy_big(uint8_t *to, const uint8_t *from, Py_ssize_t count, int width)
{
#if PY_BIG_ENDIAN
    memmove(to, from, (size_t)(count * width));
#else
    copy_swapped(to, from, count, width);
#endif
}

#endif
