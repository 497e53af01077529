"""What generated Protobuf readers are made of; `protobuf_puts` has the writers' part.

Readers are optimistic: any exception, whatever its class, sends the whole message through the careful codec, which
gives the exact error. So nothing here explains itself. A reader takes the message, a place in it, and mostly the end of
the part it reads: no place is checked against that end before a message is done. Places only grow, so one that ran past
it does not meet it again.
"""

from __future__ import annotations

from struct import Struct, error
from typing import Any, Final

from kitexgen.runtime.wire import protobuf_types as t
from kitexgen.runtime.wire.protobuf_numbers import read_tag, read_varint
from kitexgen.runtime.wire.protobuf_skip import skip_value

BOOL: Final = (False, True)
ZIGZAG: Final = tuple((byte >> 1) ^ -(byte & 1) for byte in range(128))

FIXED32: Final = Struct("<I").unpack_from
FIXED64: Final = Struct("<Q").unpack_from
SFIXED32: Final = Struct("<i").unpack_from
SFIXED64: Final = Struct("<q").unpack_from
FLOAT: Final = Struct("<f").unpack_from
DOUBLE: Final = Struct("<d").unpack_from

# What the second to the ninth byte of a varint add to it; indexing costs half of masking and shifting.
_B1, _B2, _B3, _B4, _B5, _B6, _B7, _B8 = ([(byte & 127) << 7 * place for byte in range(256)] for place in range(1, 9))
# The fifth byte of 32 bits with a sign, and of 32 bits without: what there is no room for is dropped.
_S4: Final = [(((byte & 15) ^ 8) - 8) << 28 for byte in range(256)]
_U4: Final = [(byte & 15) << 28 for byte in range(256)]
# A negative int32 is written as 64 bits: this is how it ends.
_NEGATIVE: Final = b"\xff\xff\xff\xff\x01"
_THREE: Final = Struct("<3B5s").unpack_from
_EIGHT: Final = Struct("<8B").unpack_from
# The ninth byte of a negative number: the tenth, which is always 1, is the sign.
_N8: Final = [((byte & 127) << 56) - (1 << 63) for byte in range(256)]


def read_int32(data: bytes, at: int) -> tuple[int, int]:
    a = data[at]
    if a < 128:
        return a, at + 1
    b = data[at + 1]
    if b < 128:
        return a - 128 + _B1[b], at + 2
    try:
        c, d, e, rest = _THREE(data, at + 2)
    except error:
        number, at = read_int64(data, at)
        return ((number & 0xFFFFFFFF) ^ 0x80000000) - 0x80000000, at
    if c < 128:
        return a - 128 + _B1[b] + _B2[c], at + 3
    if d < 128:
        return a - 128 + _B1[b] + _B2[c] + _B3[d], at + 4
    if e < 128:
        return a - 128 + _B1[b] + _B2[c] + _B3[d] + _S4[e], at + 5
    if rest == _NEGATIVE:
        return a - 128 + _B1[b] + _B2[c] + _B3[d] + _S4[e], at + 10
    raise ValueError(at)


def read_uint32(data: bytes, at: int) -> tuple[int, int]:
    a = data[at]
    if a < 128:
        return a, at + 1
    b = data[at + 1]
    if b < 128:
        return a - 128 + _B1[b], at + 2
    c = data[at + 2]
    if c < 128:
        return a - 128 + _B1[b] + _B2[c], at + 3
    d = data[at + 3]
    if d < 128:
        return a - 128 + _B1[b] + _B2[c] + _B3[d], at + 4
    e = data[at + 4]
    if e < 128:
        return a - 128 + _B1[b] + _B2[c] + _B3[d] + _U4[e], at + 5
    raise ValueError(at)


def read_int64(data: bytes, at: int) -> tuple[int, int]:
    a = data[at]
    if a < 128:
        return a, at + 1
    b = data[at + 1]
    if b < 128:
        return a - 128 + _B1[b], at + 2
    try:
        c, d, e, f, g, h, i, j = _EIGHT(data, at + 2)
    except error:
        return _read_at_end(data, at)
    if h > 127 and e > 127:
        number = a - 128 + _B1[b] + _B2[c] + _B3[d] + _B4[e] + _B5[f] + _B6[g] + _B7[h]
        if f > 127 and g > 127 and d > 127 and c > 127:
            if i < 128:
                return number + _B8[i], at + 9
            if j == 1:
                return number + _N8[i], at + 10
            raise ValueError(at)
    if c < 128:
        return a - 128 + _B1[b] + _B2[c], at + 3
    number = a - 128 + _B1[b] + _B2[c] + _B3[d]
    if d < 128:
        return number, at + 4
    if e < 128:
        return number + _B4[e], at + 5
    if f < 128:
        return number + _B4[e] + _B5[f], at + 6
    if g < 128:
        return number + _B4[e] + _B5[f] + _B6[g], at + 7
    return number + _B4[e] + _B5[f] + _B6[g] + _B7[h], at + 8


def _read_at_end(data: bytes, at: int) -> tuple[int, int]:
    """A number near the end of all data."""
    bits, at = read_varint(data, at, len(data))
    return (bits ^ 1 << 63) - (1 << 63), at


def read_uint64(data: bytes, at: int) -> tuple[int, int]:
    number, at = read_int64(data, at)
    return number & 0xFFFFFFFFFFFFFFFF, at


def read_sint32(data: bytes, at: int) -> tuple[int, int]:
    number, at = read_uint32(data, at)
    return number >> 1 ^ -(number & 1), at


def read_sint64(data: bytes, at: int) -> tuple[int, int]:
    number, at = read_uint64(data, at)
    return number >> 1 ^ -(number & 1), at


def read_bool(data: bytes, at: int) -> tuple[bool, int]:
    return BOOL[data[at]], at + 1


def read_size(data: bytes, at: int) -> tuple[int, int]:
    """A length of two bytes or more; what is announced past 2 GiB is not there."""
    size, start = read_uint32(data, at)
    if size > t.MOST_BYTES:
        raise ValueError(size)
    return size, start


def skip_unknown(data: bytes, at: int, end: int, depth: int, known: frozenset[int]) -> int:
    """Return where a field ends that the message does not know.

    One that it does know came in another form than expected, which is for the careful reader.
    """
    number, wire_type, start = read_tag(data, at, end)
    if number in known:
        raise ValueError(number)
    return skip_value(data, start, end, (number, wire_type), depth)


def closed_members(cls: Any) -> dict[int, Any]:
    """The values of a closed enum by number; any other is for the careful reader."""
    return {int(member): member for member in cls}
