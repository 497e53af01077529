/* Varints and tags of Protobuf. Short ones are done in place; long ones eight bytes at a time, without a loop. */
#ifndef KX_PROTO_VARINT_H
#define KX_PROTO_VARINT_H

#include "varint.h"

#if PY_BIG_ENDIAN
#define LITTLE32(x) SWAP32(x)
#else
#define LITTLE32(x) (x)
#endif

static inline void put_little32(uint8_t *at, uint32_t bits) { bits = LITTLE32(bits); memcpy(at, &bits, 4); }
static inline void put_little64(uint8_t *at, uint64_t bits) { bits = LITTLE64(bits); memcpy(at, &bits, 8); }
static inline uint32_t get_little32(const uint8_t *at) { uint32_t bits; memcpy(&bits, at, 4); return LITTLE32(bits); }
static inline uint64_t get_little64(const uint8_t *at) { uint64_t bits; memcpy(&bits, at, 8); return LITTLE64(bits); }

#if defined(__GNUC__) || defined(__clang__)
/* Both for numbers other than 0. */
static inline int highest_bit(uint64_t number) { return 63 - __builtin_clzll(number); }
static inline int lowest_bit(uint64_t number) { return __builtin_ctzll(number); }
#else
static inline int highest_bit(uint64_t number)
{
    int bit = 0;
    while (number >>= 1)
        bit++;
    return bit;
}
static inline int lowest_bit(uint64_t number) { return highest_bit(number & (0 - number)); }
#endif

static inline int varint_width(uint64_t number) { return highest_bit(number | 1) / 7 + 1; }

/* Write a varint that has more than two bytes; stores up to 16. */
static inline uint8_t *long_varint_write(uint8_t *at, uint64_t number)
{
    const uint64_t more = 0x8080808080808080ULL;
    int width = varint_width(number);
    uint64_t word = number & 0x00FFFFFFFFFFFFFFULL; /* eight groups, each moved into its byte */
    word = (word & 0x00FFFFFFF0000000ULL) << 4 | (word & 0x000000000FFFFFFFULL);
    word = (word & 0x0FFFC0000FFFC000ULL) << 2 | (word & 0x00003FFF00003FFFULL);
    word = (word & 0x3F803F803F803F80ULL) << 1 | (word & 0x007F007F007F007FULL);
    if (LIKELY(width <= 8)) {
        put_little64(at, word | (more & ((1ULL << (8 * (width - 1))) - 1)));
        return at + width;
    }
    put_little64(at, word | more);
    at[8] = (uint8_t)((number >> 56 & 0x7F) | (width == 10 ? 0x80 : 0));
    at[9] = (uint8_t)(number >> 63);
    return at + width;
}

/* Write a varint where NUMBER_ROOM bytes are free. */
INLINE uint8_t *varint_write(uint8_t *at, uint64_t number)
{
    if (LIKELY(number < 0x80)) {
        *at = (uint8_t)number;
        return at + 1;
    }
    if (LIKELY(number < 0x4000)) {
        at[0] = (uint8_t)(number | 0x80);
        at[1] = (uint8_t)(number >> 7);
        return at + 2;
    }
    return long_varint_write(at, number);
}

/* A varint of more than two bytes; NULL when it does not end before `end`, or is longer than ten. */
static inline const uint8_t *long_varint_read(const uint8_t *at, const uint8_t *end, uint64_t *number)
{
    if (UNLIKELY(end - at < VARINT_BYTES))
        return varint_get(at, end, number);
    uint64_t word = get_little64(at), stops = ~word & 0x8080808080808080ULL;
    int width = 8;
    if (LIKELY(stops != 0)) {
        word &= stops ^ (stops - 1); /* what stands before the first stop, and it */
        width = (lowest_bit(stops) >> 3) + 1;
    }
    word &= 0x7F7F7F7F7F7F7F7FULL;
    word = (word & 0x7F007F007F007F00ULL) >> 1 | (word & 0x007F007F007F007FULL);
    word = (word & 0x3FFF00003FFF0000ULL) >> 2 | (word & 0x00003FFF00003FFFULL);
    word = (word & 0x0FFFFFFF00000000ULL) >> 4 | (word & 0x000000000FFFFFFFULL);
    if (stops == 0) {
        word |= (uint64_t)(at[8] & 0x7F) << 56;
        width = 9;
        if (at[8] >= 0x80) {
            if (UNLIKELY(at[9] >= 0x80))
                return NULL;
            word |= (uint64_t)at[9] << 63; /* the 64th bit; what comes after it is dropped */
            width = 10;
        }
    }
    *number = word;
    return at + width;
}

INLINE const uint8_t *varint_read(const uint8_t *at, const uint8_t *end, uint64_t *number)
{
    if (LIKELY(at < end) && LIKELY(*at < 0x80)) {
        *number = *at;
        return at + 1;
    }
    if (LIKELY(end - at >= 2) && at[1] < 0x80) {
        *number = (uint64_t)(at[0] & 0x7F) | (uint64_t)at[1] << 7;
        return at + 2;
    }
    return long_varint_read(at, end, number);
}

/* What a tag, or a length, may have at most: five bytes, 32 bits. */
static inline const uint8_t *short_varint_read(const uint8_t *at, const uint8_t *end, uint32_t *number)
{
    uint64_t found;
    if (LIKELY(at < end) && LIKELY(*at < 0x80)) {
        *number = *at;
        return at + 1;
    }
    if (LIKELY(end - at >= 2) && LIKELY(at[1] < 0x80)) {
        *number = (uint32_t)(at[0] & 0x7F) | (uint32_t)at[1] << 7;
        return at + 2;
    }
    const uint8_t *stop = varint_get(at, end, &found);
    if (stop == NULL || stop - at > 5 || found >> 32)
        return NULL;
    *number = (uint32_t)found;
    return stop;
}

/* The place behind a length, and what it counts; NULL when that is not all there before `end`. */
static inline const uint8_t *length_read(const uint8_t *at, const uint8_t *end, Py_ssize_t *size)
{
    uint32_t length;
    at = short_varint_read(at, end, &length);
    if (UNLIKELY(at == NULL) || UNLIKELY((int64_t)length > end - at))
        return NULL;
    *size = (Py_ssize_t)length;
    return at;
}

#endif
