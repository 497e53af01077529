/* Repeated numbers of Protobuf that are arrays in Python. */
#include "packed.h"
#include "proto_read.h"
#include "proto_scalars.h"
#include "proto_write.h"

/* Numbers that come or go one by one, and are put together on the stack. */
#define RUN 256

/* The number that the 64 bits of a varint are, as it lies in an array. */
INLINE void varint_store(uint8_t *to, int kind, uint64_t bits)
{
    if (kind == P_SINT32 || kind == P_SINT64)
        bits = (uint64_t)unzigzag(kind == P_SINT32 ? (uint32_t)bits : bits);
    uint32_t half = (uint32_t)bits;
    if (kind == P_INT32 || kind == P_UINT32 || kind == P_SINT32)
        memcpy(to, &half, 4);
    else
        memcpy(to, &bits, 8);
}

INLINE uint64_t varint_of(const uint8_t *from, int kind, int width, bool swapped)
{
    int64_t number = number_load(from, width, swapped);
    return kind == P_SINT32 || kind == P_SINT64 ? zigzag(number)
           : kind == P_UINT32                   ? (uint32_t)number
                                                : (uint64_t)number;
}

/* Numbers of fixed size as they came. */
static int take_fixed(State *state, int kind, PyObject *array, const uint8_t *from, Py_ssize_t size)
{
#if PY_BIG_ENDIAN
    int number = array_kind(kind);
    PyObject *more = array_of(state, from, size / width_of(number), number, false);
    PyObject *whole = more == NULL ? NULL : PySequence_InPlaceConcat(array, more);
    Py_XDECREF(more);
    Py_XDECREF(whole); /* which is `array` */
    return whole == NULL ? -1 : 0;
#else
    (void)kind;
    return array_extend(state, array, from, size);
#endif
}

/* Varints up to `end`, RUN at most. */
INLINE const uint8_t *fill(const uint8_t *at, const uint8_t *end, int kind, int width, uint8_t *to, Py_ssize_t *count)
{
    for (*count = 0; *count < RUN && at < end; ++*count) {
        uint64_t bits;
        at = varint_read(at, end, &bits);
        if (UNLIKELY(at == NULL))
            return NULL;
        varint_store(to + *count * width, kind, bits);
    }
    return at;
}

static const uint8_t *fill_kind(const uint8_t *at, const uint8_t *end, int kind, uint8_t *to, Py_ssize_t *count)
{
    switch (kind) {
    case P_INT32: case P_UINT32: return fill(at, end, P_UINT32, 4, to, count);
    case P_SINT32: return fill(at, end, P_SINT32, 4, to, count);
    case P_SINT64: return fill(at, end, P_SINT64, 8, to, count);
    default: return fill(at, end, P_UINT64, 8, to, count);
    }
}

static const uint8_t *read_varints(State *state, int kind, const uint8_t *at, const uint8_t *end, PyObject *array)
{
    uint8_t numbers[RUN * 8];
    int width = width_of(array_kind(kind));
    while (at < end) {
        Py_ssize_t count;
        at = fill_kind(at, end, kind, numbers, &count);
        if (UNLIKELY(at == NULL) || UNLIKELY(array_extend(state, array, numbers, count * width) < 0))
            return NULL;
    }
    return at;
}

static const uint8_t *read_block(State *state, int kind, const uint8_t *at, const uint8_t *end, PyObject *array)
{
    Py_ssize_t size;
    at = length_read(at, end, &size);
    if (UNLIKELY(at == NULL))
        return NULL;
    if (is_varint(kind))
        return read_varints(state, kind, at, at + size, array);
    return size % fixed_size(kind) != 0 || take_fixed(state, kind, array, at, size) < 0 ? NULL : at + size;
}

static const uint8_t *read_one(const uint8_t *at, const uint8_t *end, int kind, int width, uint8_t *to)
{
    if (is_varint(kind)) {
        uint64_t bits;
        at = varint_read(at, end, &bits);
        if (LIKELY(at != NULL))
            varint_store(to, kind, bits);
        return at;
    }
    if (UNLIKELY(end - at < width))
        return NULL;
    memcpy(to, at, (size_t)width);
    return at + width;
}

/* The number behind the tag at `start`, and those that follow with the same one. */
static const uint8_t *read_run(State *state, int kind, const uint8_t *start, const uint8_t *at, const uint8_t *end,
                               PyObject *array)
{
    int width = width_of(array_kind(kind));
    Py_ssize_t tag_size = at - start, count;
    uint8_t numbers[RUN * 8];
    bool goes_on;
    do {
        count = 0;
        do {
            at = read_one(at, end, kind, width, numbers + count * width);
            if (UNLIKELY(at == NULL))
                return NULL;
            count++;
            goes_on = end - at > tag_size && memcmp(at, start, (size_t)tag_size) == 0;
            at += goes_on ? tag_size : 0;
        } while (goes_on && count < RUN);
        if (is_varint(kind) ? array_extend(state, array, numbers, count * width) < 0
                            : take_fixed(state, kind, array, numbers, count * width) < 0)
            return NULL;
    } while (goes_on);
    return at;
}

const uint8_t *read_array(ProtoReader *reader, const Field *field, const uint8_t *start, const uint8_t *at,
                          const uint8_t *end, uint32_t tag, PyObject **array)
{
    State *state = reader->state;
    const Type *element = field->type->element;
    if (*array == NULL)
        *array = PySequence_Repeat(field->missing, 1);
    if (UNLIKELY(*array == NULL) || UNLIKELY(!Py_IS_TYPE(*array, (PyTypeObject *)state->array_type)))
        return NULL;
    return (tag & 7) == element->code ? read_run(state, element->kind, start, at, end, *array)
                                      : read_block(state, element->kind, at, end, *array);
}

static uint8_t *write_fixed(Writer *writer, uint8_t *at, const Field *field, const Numbers *numbers)
{
    int width = field->type->element->size;
    Py_ssize_t size = numbers->count * width;
    at = size <= MAX_LENGTH ? room(writer, at, TAG_ROOM + NUMBER_ROOM + size) : NULL;
    if (UNLIKELY(at == NULL))
        return NULL;
    at = varint_write(tag_write(at, field), (uint64_t)size);
    numbers_put(at, numbers, width, false);
    return at + size;
}

static uint8_t *write_varints(Writer *writer, uint8_t *at, const Field *field, const Numbers *numbers)
{
    Type *type = field->type;
    int kind = type->element->kind, width = width_of(array_kind(kind));
    const uint8_t *from = numbers->buffer.buf;
    Length length;
    at = room(writer, at, TAG_ROOM + NUMBER_ROOM);
    if (UNLIKELY(at == NULL))
        return NULL;
    at = length_open(writer, tag_write(at, field), type, &length);
    for (Py_ssize_t index = 0; index < numbers->count;) {
        Py_ssize_t stop = Py_MIN(numbers->count, index + RUN);
        at = room(writer, at, VARINT_BYTES * (stop - index) + NUMBER_ROOM);
        if (UNLIKELY(at == NULL))
            return NULL;
        for (; index < stop; index++)
            at = varint_write(at, varint_of(from + index * width, kind, width, numbers->swapped));
    }
    return length_close(writer, at, type, &length);
}

static uint8_t *write_each(Writer *writer, uint8_t *at, const Field *field, const Numbers *numbers)
{
    int kind = field->type->element->kind, width = width_of(array_kind(kind));
    const uint8_t *from = numbers->buffer.buf;
    for (Py_ssize_t index = 0; index < numbers->count;) {
        Py_ssize_t stop = Py_MIN(numbers->count, index + RUN);
        at = room(writer, at, (TAG_ROOM + NUMBER_ROOM) * (stop - index));
        if (UNLIKELY(at == NULL))
            return NULL;
        for (; index < stop; index++, from += width) {
            at = tag_write(at, field);
            if (is_varint(kind)) {
                at = varint_write(at, varint_of(from, kind, width, numbers->swapped));
                continue;
            }
            uint64_t bits = (uint64_t)number_load(from, width, numbers->swapped);
            put_little64(at, bits); /* of 32 bits, the first four bytes are the number */
            at += width;
        }
    }
    return at;
}

uint8_t *write_array(Writer *writer, uint8_t *at, const Field *field, PyObject *value)
{
    int kind = field->type->element->kind;
    Numbers numbers;
    if (!numbers_open(value, array_kind(kind), &numbers))
        return NULL;
    if (numbers.count > 0)
        at = field->kind == P_ARRAY ? write_each(writer, at, field, &numbers)
             : is_varint(kind)      ? write_varints(writer, at, field, &numbers)
                                    : write_fixed(writer, at, field, &numbers);
    numbers_close(&numbers);
    return at;
}
