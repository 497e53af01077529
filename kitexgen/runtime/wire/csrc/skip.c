/* The walk goes at most SKIP_DEPTH deep: a struct, list, set or map costs one, the outermost included. */
#include "skip.h"
#include "varint.h"
#include "wire.h"

static int binary_size(int code)
{
    switch (code) {
    case W_BOOL: case W_I8: return 1;
    case W_I16: return 2;
    case W_I32: return 4;
    case W_I64: case W_DOUBLE: return 8;
    case W_UUID: return 16;
    default: return 0;
    }
}

static const uint8_t *binary_value(const uint8_t *at, const uint8_t *end, int code, int depth);

static const uint8_t *binary_struct(const uint8_t *at, const uint8_t *end, int depth)
{
    while (at < end) {
        int code = *at;
        if (code == W_STOP)
            return at + 1;
        if (end - at < 3)
            return NULL;
        at = binary_value(at + 3, end, code, depth);
        if (at == NULL)
            return NULL;
    }
    return NULL;
}

/* `count` rounds of one or two values; `second` is 0 for one. */
static const uint8_t *binary_rounds(const uint8_t *at, const uint8_t *end, uint32_t count, int first, int second,
                                    int depth)
{
    if (count > MAX_LENGTH)
        return NULL;
    int size = binary_size(first), more = second ? binary_size(second) : 0;
    if (size && (more || !second)) {
        uint64_t whole = (uint64_t)count * (uint64_t)(size + more);
        return whole <= (uint64_t)(end - at) ? at + whole : NULL;
    }
    for (; count > 0 && at != NULL; count--) {
        at = binary_value(at, end, first, depth);
        if (second && at != NULL)
            at = binary_value(at, end, second, depth);
    }
    return at;
}

static const uint8_t *binary_value(const uint8_t *at, const uint8_t *end, int code, int depth)
{
    int size = binary_size(code);
    if (size)
        return end - at >= size ? at + size : NULL;
    if (code == W_STRING) {
        if (end - at < 4)
            return NULL;
        uint32_t length = get32(at);
        return length <= MAX_LENGTH && (int64_t)length <= end - at - 4 ? at + 4 + length : NULL;
    }
    if (++depth > SKIP_DEPTH)
        return NULL;
    switch (code) {
    case W_STRUCT:
        return binary_struct(at, end, depth);
    case W_LIST: case W_SET:
        return end - at >= 5 ? binary_rounds(at + 5, end, get32(at + 1), at[0], 0, depth) : NULL;
    case W_MAP:
        if (end - at < 6)
            return NULL;
        /* The codes of an empty map may be anything, even 0, which stands for no second value here. */
        if (get32(at + 2) != 0 && at[1] == 0)
            return NULL;
        return binary_rounds(at + 6, end, get32(at + 2), at[0], at[1], depth);
    default:
        return NULL;
    }
}

const uint8_t *skip_binary(const uint8_t *at, const uint8_t *end, int code)
{
    return binary_value(at, end, code, 0);
}

bool are_fields(const uint8_t *at, Py_ssize_t size)
{
    const uint8_t *end = at + size;
    while (at != NULL && at < end) {
        if (*at == W_STOP || end - at < 3)
            return false;
        at = binary_value(at + 3, end, *at, 0);
    }
    return at != NULL;
}

static int compact_size(int compact)
{
    switch (compact) {
    case C_TRUE: case C_FALSE: case C_I8: return 1;
    case C_DOUBLE: return 8;
    case C_UUID: return 16;
    default: return 0;
    }
}

static const uint8_t *compact_value(const uint8_t *at, const uint8_t *end, int compact, int depth);

static const uint8_t *compact_struct(const uint8_t *at, const uint8_t *end, int depth)
{
    while (at != NULL && at < end) {
        uint8_t byte = *at++;
        uint64_t id;
        if (byte == W_STOP)
            return at;
        if (byte < 0x10)
            at = varint_get(at, end, &id);
        int compact = byte & 0x0F;
        if (at != NULL && compact != C_TRUE && compact != C_FALSE)
            at = compact_value(at, end, compact, depth);
    }
    return NULL;
}

static const uint8_t *compact_rounds(const uint8_t *at, const uint8_t *end, uint64_t count, int first, int second,
                                     int depth)
{
    if ((count & 0xFFFFFFFF) > MAX_LENGTH)
        return NULL;
    count &= 0xFFFFFFFF;
    int size = compact_size(first), more = second < 0 ? 0 : compact_size(second);
    if (size && (more || second < 0)) {
        uint64_t whole = count * (uint64_t)(size + more);
        return whole <= (uint64_t)(end - at) ? at + whole : NULL;
    }
    for (; count > 0 && at != NULL; count--) {
        at = compact_value(at, end, first, depth);
        if (second >= 0 && at != NULL)
            at = compact_value(at, end, second, depth);
    }
    return at;
}

static const uint8_t *compact_value(const uint8_t *at, const uint8_t *end, int compact, int depth)
{
    int size = compact_size(compact);
    uint64_t number;
    if (size)
        return end - at >= size ? at + size : NULL;
    if (compact >= C_I16 && compact <= C_I64)
        return varint_get(at, end, &number);
    if (compact == C_STRING) {
        at = varint_get(at, end, &number);
        number &= 0xFFFFFFFF;
        return at != NULL && number <= MAX_LENGTH && (int64_t)number <= end - at ? at + number : NULL;
    }
    if (++depth > SKIP_DEPTH)
        return NULL;
    switch (compact) {
    case C_STRUCT:
        return compact_struct(at, end, depth);
    case C_LIST: case C_SET: {
        if (at >= end)
            return NULL;
        uint8_t byte = *at++;
        number = byte >> 4;
        if (number == 0x0F)
            at = varint_get(at, end, &number);
        return at != NULL ? compact_rounds(at, end, number, byte & 0x0F, -1, depth) : NULL;
    }
    case C_MAP: {
        at = varint_get(at, end, &number);
        if (at == NULL || (number & 0xFFFFFFFF) == 0)
            return at;
        if (at >= end)
            return NULL;
        uint8_t byte = *at++;
        return compact_rounds(at, end, number, byte >> 4, byte & 0x0F, depth);
    }
    default:
        return NULL;
    }
}

const uint8_t *skip_compact(const uint8_t *at, const uint8_t *end, int compact)
{
    return compact_value(at, end, compact, 0);
}
