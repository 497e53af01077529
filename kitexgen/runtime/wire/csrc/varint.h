/* Numbers of Thrift compact: LEB128 varints and zigzag. */
#ifndef KX_VARINT_H
#define KX_VARINT_H

#include "compat.h"

/* A 64-bit number takes ten groups of seven bits at most. */
#define VARINT_BYTES 10

static inline uint8_t *varint_put(uint8_t *at, uint64_t number)
{
    while (number >= 0x80) {
        *at++ = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    *at++ = (uint8_t)number;
    return at;
}

/* The place behind the number, NULL when it does not end before `end`, or has an eleventh byte. */
static inline const uint8_t *varint_get(const uint8_t *at, const uint8_t *end, uint64_t *number)
{
    if (LIKELY(at < end) && LIKELY(*at < 0x80)) {
        *number = *at;
        return at + 1;
    }
    uint64_t found = 0;
    for (int group = 0; group < VARINT_BYTES && at < end; group++) {
        uint8_t byte = *at++;
        found |= (uint64_t)(byte & 0x7F) << (7 * group); /* of the tenth group one bit is left */
        if (byte < 0x80) {
            *number = found;
            return at;
        }
    }
    return NULL;
}

static inline uint64_t zigzag(int64_t number) { return (uint64_t)number << 1 ^ (0 - ((uint64_t)number >> 63)); }
static inline int64_t unzigzag(uint64_t number) { return (int64_t)(number >> 1 ^ (0 - (number & 1))); }

#endif
