"""Wire types, limits and scalar kinds of Protobuf.

Sources: protobuf.dev/programming-guides/encoding; limits and verdicts as in upb (protobuf 7.36).
"""

from __future__ import annotations

from typing import Final

VARINT: Final = 0
FIXED64: Final = 1
LENGTH: Final = 2
GROUP: Final = 3
END_GROUP: Final = 4
FIXED32: Final = 5

# Bytes of what has a fixed size.
FIXED_SIZE: Final = {FIXED64: 8, FIXED32: 4}

# Wire type of each scalar, by its word in a schema.
WIRE_TYPES: Final = {
    "bool": VARINT,
    "int32": VARINT,
    "int64": VARINT,
    "uint32": VARINT,
    "uint64": VARINT,
    "sint32": VARINT,
    "sint64": VARINT,
    "fixed32": FIXED32,
    "sfixed32": FIXED32,
    "float": FIXED32,
    "fixed64": FIXED64,
    "sfixed64": FIXED64,
    "double": FIXED64,
    "string": LENGTH,
    "unchecked_string": LENGTH,
    "bytes": LENGTH,
}

# `struct` formats of the kinds of fixed size.
FORMATS: Final = {
    "fixed32": "<I",
    "sfixed32": "<i",
    "float": "<f",
    "fixed64": "<Q",
    "sfixed64": "<q",
    "double": "<d",
}

# Type codes of `array.array` for the numbers.
ARRAYS: Final = {
    "int32": "i",
    "int64": "q",
    "uint32": "I",
    "uint64": "Q",
    "sint32": "i",
    "sint64": "q",
    **{kind: spelled[1] for kind, spelled in FORMATS.items()},
}

# Smallest and largest value of the integers.
RANGES: Final = {
    "int32": (-(1 << 31), (1 << 31) - 1),
    "sint32": (-(1 << 31), (1 << 31) - 1),
    "sfixed32": (-(1 << 31), (1 << 31) - 1),
    "uint32": (0, (1 << 32) - 1),
    "fixed32": (0, (1 << 32) - 1),
    "int64": (-(1 << 63), (1 << 63) - 1),
    "sint64": (-(1 << 63), (1 << 63) - 1),
    "sfixed64": (-(1 << 63), (1 << 63) - 1),
    "uint64": (0, (1 << 64) - 1),
    "fixed64": (0, (1 << 64) - 1),
}

# Messages, groups and map entries within each other that are read; unknown groups count. upb's limit too.
READ_DEPTH: Final = 100

# Messages within each other that are written. upb has no limit; ours stops a message that contains itself.
WRITE_DEPTH: Final = 10_000

# Bytes of a message and of all that has a length.
MOST_BYTES: Final = (1 << 31) - 1


def tag(number: int, wire_type: int) -> bytes:
    """The varint in front of a field."""
    return varint(number << 3 | wire_type)


def varint(number: int) -> bytes:
    """Encode a number, low seven bits first; a negative one as its 64 bits."""
    number &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
