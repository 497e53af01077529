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

/* Type codes of `array.array` by kind. */
#define NUMBER_LETTERS "?bhiqdIQf"

/* Look into `value` for numbers of `kind`. False, and perhaps an exception, when it has none of that very type. */
bool numbers_open(PyObject *value, int kind, Numbers *numbers);
void numbers_close(Numbers *numbers);

/* Copy them to `to`, each with its first byte first (`is_big`) or last. */
void numbers_put(uint8_t *to, const Numbers *numbers, int width, bool is_big);

/* A new `array.array` of `count` numbers of `kind`, taken from the bytes at `from`, each with its first byte first
 * (`is_big`), as in Thrift binary, or last, as in compact and Protobuf.
 */
PyObject *array_of(State *state, const uint8_t *from, Py_ssize_t count, int kind, bool is_big);

/* Put `size` bytes, which are numbers as the machine has them, at the end of an array. Half of the time of `array_of`
 * and a concatenation, or of `array_blank` and a copy. -1 with an exception.
 */
int array_extend(State *state, PyObject *array, const uint8_t *from, Py_ssize_t size);

/* The same without numbers in it yet; `*to` is where they go. Close `buffer` when they are there. */
PyObject *array_blank(State *state, Py_ssize_t count, int kind, Py_buffer *buffer);

static inline int width_of(int kind)
{
    return kind == K_I8                                            ? 1
           : kind == K_I16                                         ? 2
           : kind == K_I32 || kind == N_U32 || kind == N_FLOAT ? 4
                                                                   : 8;
}

/* One of those that have more than one byte, as it lies in a buffer. */
static inline int64_t number_load(const uint8_t *from, int width, bool swapped)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (width) {
    case 2:
        memcpy(&two, from, 2);
        return (int16_t)(swapped ? SWAP16(two) : two);
    case 4:
        memcpy(&four, from, 4);
        return (int32_t)(swapped ? SWAP32(four) : four);
    default:
        memcpy(&eight, from, 8);
        return (int64_t)(swapped ? SWAP64(eight) : eight);
    }
}

#endif
