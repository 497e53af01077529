/* Past a value that is not wanted. */
#ifndef KX_SKIP_H
#define KX_SKIP_H

#include "compat.h"

/* Where the value of the type `code` at `at` ends; NULL when it does not end before `end`, or is no value. */
const uint8_t *skip_binary(const uint8_t *at, const uint8_t *end, int code);
const uint8_t *skip_compact(const uint8_t *at, const uint8_t *end, int compact);

/* Whether `size` bytes are whole fields of binary, as unknown ones are kept. */
bool are_fields(const uint8_t *at, Py_ssize_t size);

#endif
