/* The loops are plain, so that the compiler makes vector instructions of them; where it can, once for every kind of
 * processor, and the loader takes the one that fits. NEON is part of every 64-bit ARM and needs no choice.
 */
#include "byteswap.h"

#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && (defined(__GNUC__) || defined(__clang__)) \
    && !defined(KX_ONE_TARGET)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

#define SWAP_LOOP(name, type, swap)                                                \
    FOR_EACH_PROCESSOR static void name(uint8_t *to, const uint8_t *from, Py_ssize_t count) \
    {                                                                              \
        for (Py_ssize_t at = 0; at < count; at++) {                                \
            type number;                                                           \
            memcpy(&number, from + at * (Py_ssize_t)sizeof(type), sizeof(type));   \
            number = swap(number);                                                 \
            memcpy(to + at * (Py_ssize_t)sizeof(type), &number, sizeof(type));     \
        }                                                                          \
    }

SWAP_LOOP(swap_16, uint16_t, SWAP16)
SWAP_LOOP(swap_32, uint32_t, SWAP32)
SWAP_LOOP(swap_64, uint64_t, SWAP64)

void copy_swapped(uint8_t *to, const uint8_t *from, Py_ssize_t count, int width)
{
    switch (width) {
    case 2: swap_16(to, from, count); break;
    case 4: swap_32(to, from, count); break;
    case 8: swap_64(to, from, count); break;
    default:
        if (to != from)
            memcpy(to, from, (size_t)count);
    }
}
