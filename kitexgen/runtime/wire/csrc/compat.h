/* What differs between compilers, machines and builds of CPython, said once. */
#ifndef KX_COMPAT_H
#define KX_COMPAT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) || defined(__clang__)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define NOINLINE __attribute__((noinline))
#define INLINE static inline __attribute__((always_inline))
#define PREFETCH(place) __builtin_prefetch(place)
#define SWAP16(x) __builtin_bswap16(x)
#define SWAP32(x) __builtin_bswap32(x)
#define SWAP64(x) __builtin_bswap64(x)
#else
#include <stdlib.h>
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#define NOINLINE __declspec(noinline)
#define INLINE static __forceinline
#define PREFETCH(place) ((void)(place))
#define SWAP16(x) _byteswap_ushort(x)
#define SWAP32(x) _byteswap_ulong(x)
#define SWAP64(x) _byteswap_uint64(x)
#endif

#if PY_BIG_ENDIAN
#define BIG16(x) (x)
#define BIG32(x) (x)
#define BIG64(x) (x)
#define LITTLE64(x) SWAP64(x)
#else
#define BIG16(x) SWAP16(x)
#define BIG32(x) SWAP32(x)
#define BIG64(x) SWAP64(x)
#define LITTLE64(x) (x)
#endif

/* Objects that other threads may change while we walk over them are locked on builds without a GIL. A lock may be let
 * go while an inner one is waited for, so what is used after a nested walk is held by a reference of our own.
 */
#ifdef Py_GIL_DISABLED
#define LOCKED(object) Py_BEGIN_CRITICAL_SECTION(object);
#define UNLOCKED() Py_END_CRITICAL_SECTION();
#else
#define LOCKED(object) {
#define UNLOCKED() }
#endif

/* Numbers at any address. The compiler makes one instruction of each. */
static inline void put16(uint8_t *at, uint16_t number) { number = BIG16(number); memcpy(at, &number, 2); }
static inline void put32(uint8_t *at, uint32_t number) { number = BIG32(number); memcpy(at, &number, 4); }
static inline void put64(uint8_t *at, uint64_t number) { number = BIG64(number); memcpy(at, &number, 8); }
static inline uint16_t get16(const uint8_t *at) { uint16_t number; memcpy(&number, at, 2); return BIG16(number); }
static inline uint32_t get32(const uint8_t *at) { uint32_t number; memcpy(&number, at, 4); return BIG32(number); }
static inline uint64_t get64(const uint8_t *at) { uint64_t number; memcpy(&number, at, 8); return BIG64(number); }

#endif
