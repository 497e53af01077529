/* Numbers between Python and Protobuf. Each copy of these functions knows its kind. */
#ifndef KX_PROTO_SCALARS_H
#define KX_PROTO_SCALARS_H

#include "proto.h"
#include "proto_varint.h"
#include "reader.h"
#include "scalars.h"

/* A number where NUMBER_ROOM bytes are free; NULL for what is left to the careful codec. */
INLINE uint8_t *write_number(uint8_t *at, int kind, PyObject *value)
{
    int64_t number;
    uint64_t bits;
    switch (kind) {
    case P_BOOL:
        if (LIKELY(value == Py_True))
            *at = 1;
        else if (LIKELY(value == Py_False))
            *at = 0;
        else
            return NULL;
        return at + 1;
    case P_INT32: case P_ENUM: case P_CLOSED_ENUM:
        return integer_of(value, K_I32, &number) ? varint_write(at, (uint64_t)number) : NULL;
    case P_INT64:
        return integer_of(value, K_I64, &number) ? varint_write(at, (uint64_t)number) : NULL;
    case P_UINT32:
        return integer_of(value, K_I64, &number) && (uint64_t)number >> 32 == 0 ? varint_write(at, (uint64_t)number)
                                                                                : NULL;
    case P_UINT64:
        return is_int(value) && unsigned_value(value, &bits) ? varint_write(at, bits) : NULL;
    case P_SINT32:
        return integer_of(value, K_I32, &number) ? varint_write(at, zigzag(number)) : NULL;
    case P_SINT64:
        return integer_of(value, K_I64, &number) ? varint_write(at, zigzag(number)) : NULL;
    case P_FIXED32:
        if (!integer_of(value, K_I64, &number) || (uint64_t)number >> 32 != 0)
            return NULL;
        put_little32(at, (uint32_t)number);
        return at + 4;
    case P_SFIXED32:
        if (!integer_of(value, K_I32, &number))
            return NULL;
        put_little32(at, (uint32_t)number);
        return at + 4;
    case P_FIXED64:
        if (!is_int(value) || !unsigned_value(value, &bits))
            return NULL;
        put_little64(at, bits);
        return at + 8;
    case P_SFIXED64:
        if (!integer_of(value, K_I64, &number))
            return NULL;
        put_little64(at, (uint64_t)number);
        return at + 8;
    case P_DOUBLE:
        if (!double_of(value, &bits))
            return NULL;
        put_little64(at, bits);
        return at + 8;
    default: {
        double wide;
        if (!double_of(value, &bits))
            return NULL;
        memcpy(&wide, &bits, 8);
        float narrow = (float)wide; /* past its range it is infinite */
        uint32_t half;
        memcpy(&half, &narrow, 4);
        put_little32(at, half);
        return at + 4;
    }
    }
}

/* The member of a closed enum; None when there is none of that number. */
static inline PyObject *closed_member_of(Type *type, int32_t number)
{
    if (LIKELY((uint32_t)number < (uint32_t)type->near_count) && LIKELY(type->near[number] != NULL))
        return Py_NewRef(type->near[number]);
    PyObject *key = int_new(number);
    if (key == NULL)
        return NULL;
    PyObject *member = PyDict_GetItemWithError(type->members, key);
    Py_DECREF(key);
    return member == NULL && PyErr_Occurred() ? NULL : Py_NewRef(member == NULL ? Py_None : member);
}

/* What the 64 bits of a varint are; None for a number that a closed enum does not know. */
INLINE PyObject *number_of_bits(uint64_t bits, int kind, Type *type)
{
    switch (kind) {
    case P_BOOL: return Py_NewRef(bits != 0 ? Py_True : Py_False);
    case P_INT32: return int_new((int32_t)(uint32_t)bits);
    case P_INT64: return int_new((int64_t)bits);
    case P_UINT32: return int_new((int64_t)(uint32_t)bits);
    case P_UINT64: return unsigned_new(bits);
    case P_SINT32: return int_new(unzigzag((uint32_t)bits));
    case P_SINT64: return int_new(unzigzag(bits));
    case P_ENUM: return enum_of(type, (int32_t)(uint32_t)bits);
    default: return closed_member_of(type, (int32_t)(uint32_t)bits);
    }
}

/* A number of fixed size, all of which is there. */
INLINE PyObject *number_at(const uint8_t *at, int kind)
{
    switch (kind) {
    case P_FIXED32: return int_new((int64_t)get_little32(at));
    case P_SFIXED32: return int_new((int32_t)get_little32(at));
    case P_FIXED64: return unsigned_new(get_little64(at));
    case P_SFIXED64: return int_new((int64_t)get_little64(at));
    case P_DOUBLE: {
        uint64_t bits = get_little64(at);
        double number;
        memcpy(&number, &bits, 8);
        return float_new(number);
    }
    default: {
        uint32_t bits = get_little32(at);
        float number;
        memcpy(&number, &bits, 4);
        return float_new((double)number);
    }
    }
}

static inline int fixed_size(int kind) { return kind <= P_FLOAT ? 4 : 8; }

/* A number at `*at`, which moves behind it. NULL when it is not all there before `end`. */
INLINE PyObject *read_number(const uint8_t **at, const uint8_t *end, int kind, Type *type)
{
    if (is_varint(kind)) {
        uint64_t bits;
        const uint8_t *stop = varint_read(*at, end, &bits);
        if (UNLIKELY(stop == NULL))
            return NULL;
        *at = stop;
        return number_of_bits(bits, kind, type);
    }
    const uint8_t *from = *at;
    if (UNLIKELY(end - from < fixed_size(kind)))
        return NULL;
    *at = from + fixed_size(kind);
    return number_at(from, kind);
}

#endif
