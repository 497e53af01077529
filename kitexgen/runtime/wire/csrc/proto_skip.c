/* The walk is that of `kitexgen/runtime/wire/protobuf_skip.py`: groups that are open stand in an array. */
#include "proto_skip.h"
#include "proto.h"
#include "proto_varint.h"

const uint8_t *skip_proto(const uint8_t *at, const uint8_t *end, uint32_t tag, int depth)
{
    uint32_t open[READ_DEPTH];
    uint64_t number;
    Py_ssize_t size;
    int count = 0;
    depth = Py_MIN(depth, READ_DEPTH);
    for (;;) {
        switch (tag & 7) {
        case V_VARINT:
            at = varint_read(at, end, &number);
            break;
        case V_FIXED64:
            at = end - at >= 8 ? at + 8 : NULL;
            break;
        case V_FIXED32:
            at = end - at >= 4 ? at + 4 : NULL;
            break;
        case V_LENGTH:
            at = length_read(at, end, &size);
            at = at == NULL ? NULL : at + size;
            break;
        case V_GROUP:
            if (count >= depth)
                return NULL;
            open[count++] = tag >> 3;
            break;
        case V_END_GROUP:
            if (count == 0 || open[--count] != tag >> 3)
                return NULL;
            break;
        default:
            return NULL;
        }
        if (at == NULL || count == 0)
            return at;
        at = short_varint_read(at, end, &tag); /* a field 0 is fine here, as upb has it */
        if (at == NULL)
            return NULL;
    }
}

bool are_proto_fields(const uint8_t *at, Py_ssize_t size)
{
    const uint8_t *end = at + size;
    uint32_t tag;
    while (at < end) {
        at = short_varint_read(at, end, &tag);
        if (at == NULL || tag >> 3 == 0 || (at = skip_proto(at, end, tag, READ_DEPTH)) == NULL)
            return false;
    }
    return true;
}
