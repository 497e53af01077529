/* Whole arrays of numbers in the other byte order. */
#ifndef KX_BYTESWAP_H
#define KX_BYTESWAP_H

#include "compat.h"

/* Copy `count` numbers of `width` (1, 2, 4 or 8) bytes, each with its bytes reversed. `from` may be `to`. */
void copy_swapped(uint8_t *to, const uint8_t *from, Py_ssize_t count, int width);

#endif
