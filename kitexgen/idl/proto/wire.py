"""The wire format of Protobuf, as much as writing descriptors takes. The compiler may not use the runtime's."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Final

VARINT: Final = 0
FIXED64: Final = 1
LENGTH_DELIMITED: Final = 2
START_GROUP: Final = 3
END_GROUP: Final = 4
FIXED32: Final = 5

fixed32: Final = Struct("<I").pack
fixed64: Final = Struct("<Q").pack
double: Final = Struct("<d").pack

_ONE_BYTE: Final = tuple(bytes((value,)) for value in range(128))
_64_BITS: Final = (1 << 64) - 1


def varint(value: int) -> bytes:
    """`value` in groups of seven bits, the lowest first; a negative one as its 64-bit two's complement."""
    if 0 <= value < 128:
        return _ONE_BYTE[value]
    value &= _64_BITS
    found = bytearray()
    while value >= 128:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def zigzag(value: int) -> int:
    """The sign in the lowest bit, so that small negative numbers are short."""
    return value << 1 if value >= 0 else (-value << 1) - 1


def tag(number: int, wire_type: int) -> bytes:
    return varint(number << 3 | wire_type)


def field_varint(number: int, value: int) -> bytes:
    return tag(number, VARINT) + varint(value)


def field_bytes(number: int, value: bytes) -> bytes:
    return tag(number, LENGTH_DELIMITED) + varint(len(value)) + value


def field_text(number: int, value: str) -> bytes:
    # A byte that is no UTF-8 was read as a lone surrogate.
    return field_bytes(number, value.encode("utf-8", "surrogateescape"))


def field_packed(number: int, values: Sequence[int]) -> bytes:
    """Varints that are not negative, one behind the other."""
    try:
        # Most are below 128, which are one byte each; that all are is the first thing to try.
        packed = bytes(values)
        if not packed.isascii():
            packed = b"".join(map(varint, values))
    except ValueError:
        packed = b"".join(map(varint, values))
    return field_bytes(number, packed)
