"""What generated Protobuf writers are made of: values to pieces of `bytes`, tags in front.

Writers are optimistic, as readers are: whatever does not fit raises anything at all, and the careful writer says what.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import repeat
from struct import Struct
from typing import Any, Final

from kitexgen.runtime.wire import protobuf_types as t
from kitexgen.runtime.wire.protobuf_numbers import read_tag
from kitexgen.runtime.wire.protobuf_skip import skip_value

_KEPT_LENGTHS: Final = 512
_LOW_56: Final = (1 << 56) - 1
_MARKS: Final = [sum(0x80 << 8 * place for place in range(count)) for count in range(9)]
# The ninth byte and, if the top bit is set, the tenth.
_ENDS: Final = [bytes((top,)) if top < 128 else bytes((top, 1)) for top in range(256)]
_LONG: Final = Struct("<Q").pack

PACK_FIXED32: Final = Struct("<I").pack
PACK_FIXED64: Final = Struct("<Q").pack
PACK_SFIXED32: Final = Struct("<i").pack
PACK_SFIXED64: Final = Struct("<q").pack
PACK_FLOAT: Final = Struct("<f").pack
PACK_DOUBLE: Final = Struct("<d").pack


class Lengths(dict[int, bytes]):
    """`lengths[n]`: a tag, then n as a varint. Made on first use; those below 512 are kept."""

    __slots__ = ("_tag",)

    def __init__(self, tag: bytes) -> None:
        super().__init__()
        self._tag = tag

    def __missing__(self, length: int) -> bytes:
        if length > t.MOST_BYTES:
            raise OverflowError(length)
        made = self._tag + t.varint(length)
        if length < _KEPT_LENGTHS:
            self[length] = made
        return made


@cache
def lengths(tag: bytes) -> Lengths:
    """Tag and length of what has one; all fields with this tag share the table."""
    return Lengths(tag)


@cache
def present_lengths(tag: bytes) -> Lengths:
    """The same for a field without presence: nothing for nothing."""
    found = Lengths(tag)
    found[0] = b""
    return found


@cache
def bools(tag: bytes) -> dict[Any, bytes]:
    """Tag and value of a bool."""
    return {False: tag + b"\0", True: tag + b"\1"}


@cache
def present_bools(tag: bytes) -> dict[Any, bytes]:
    """The same for a field without presence."""
    return {False: b"", True: tag + b"\1"}


@cache
def numbers(tag: bytes, kind: str) -> tuple[bytes, ...]:
    """Tag and varint of the small numbers of a kind, those below zero at the places that Python counts from the end.

    int32, int64 and enums from -128 to 127, uint32 and uint64 from 0 to 127, sint32 and sint64 from -64 to 63.
    """
    if kind.startswith("sint"):
        return tuple(tag + bytes((value << 1 if value >= 0 else -(value << 1) - 1,)) for value in _around(64))
    if kind.startswith("uint"):
        return tuple(tag + bytes((value,)) for value in range(128))
    return tuple(tag + t.varint(value) for value in _around(128))


@cache
def present_numbers(tag: bytes, kind: str) -> tuple[bytes, ...]:
    """The same for a field without presence: zero is nothing."""
    return (b"", *numbers(tag, kind)[1:])


def _around(bound: int) -> list[int]:
    return [*range(bound), *range(-bound, 0)]


def _varint(number: int) -> bytes:
    """Any 64 bits without a sign."""
    if number < 0x4000:
        return bytes((number,)) if number < 0x80 else bytes((number & 0x7F | 0x80, number >> 7))
    if number < 0x10000000:
        if number < 0x200000:
            return bytes((number & 0x7F | 0x80, number >> 7 & 0x7F | 0x80, number >> 14))
        return bytes((number & 0x7F | 0x80, number >> 7 & 0x7F | 0x80, number >> 14 & 0x7F | 0x80, number >> 21))
    # Groups of 28, 14 and 7 bits are moved apart, all at the same time.
    low = number & _LOW_56
    low = low & 0x0000000FFFFFFF | (low & 0xFFFFFFF0000000) << 4
    low = low & 0x00003FFF00003FFF | (low & 0x0FFFC0000FFFC000) << 2
    low = low & 0x007F007F007F007F | (low & 0x3F803F803F803F80) << 1
    if number > _LOW_56:
        return _LONG(low | 0x8080808080808080) + _ENDS[number >> 56]
    count = (number.bit_length() + 6) // 7
    return (low | _MARKS[count - 1]).to_bytes(count, "little")


def put_int32(tag: bytes, value: int) -> bytes:
    if type(value) is not int or not -0x80000000 <= value < 0x80000000:
        return _put_enum(tag, value)
    return tag + _varint(value & 0xFFFFFFFFFFFFFFFF)


def _put_enum(tag: bytes, value: int) -> bytes:
    """What is an int without being of that class: a member of an enum."""
    number = value.__index__()
    if not -0x80000000 <= number < 0x80000000:
        raise OverflowError(number)
    return tag + _varint(number & 0xFFFFFFFFFFFFFFFF)


def put_int64(tag: bytes, value: int) -> bytes:
    if type(value) is not int or not -0x8000000000000000 <= value < 0x8000000000000000:
        raise TypeError(value)
    return tag + _varint(value & 0xFFFFFFFFFFFFFFFF)


def put_uint32(tag: bytes, value: int) -> bytes:
    if type(value) is not int or not 0 <= value < 0x100000000:
        raise TypeError(value)
    return tag + _varint(value)


def put_uint64(tag: bytes, value: int) -> bytes:
    if type(value) is not int or not 0 <= value < 0x10000000000000000:
        raise TypeError(value)
    return tag + _varint(value)


def put_sint32(tag: bytes, value: int) -> bytes:
    if type(value) is not int or not -0x80000000 <= value < 0x80000000:
        raise TypeError(value)
    return tag + _varint(value << 1 if value >= 0 else -(value << 1) - 1)


def put_sint64(tag: bytes, value: int) -> bytes:
    if type(value) is not int or not -0x8000000000000000 <= value < 0x8000000000000000:
        raise TypeError(value)
    return tag + _varint(value << 1 if value >= 0 else -(value << 1) - 1)


def unless_zero(tag: bytes, raw: bytes) -> bytes:
    """A number of fixed size in a field without presence; -0.0 is not zero, what is too small for a float is."""
    return tag + raw if raw.strip(b"\0") else b""


_PUTS: Final[dict[str, Callable[[bytes, Any], bytes]]] = {
    "int32": put_int32,
    "int64": put_int64,
    "uint32": put_uint32,
    "uint64": put_uint64,
    "sint32": put_sint32,
    "sint64": put_sint64,
}
_FIXED: Final = {
    "fixed32": "I",
    "fixed64": "Q",
    "sfixed32": "i",
    "sfixed64": "q",
    "float": "f",
    "double": "d",
}


def put_packed(tag: bytes, kind: str, values: Any) -> tuple[bytes, ...]:
    """A list of numbers, bools or enums in one block."""
    if type(values) is not list:
        raise TypeError(values)
    if not values:
        return ()
    block = _block(kind, values)
    return lengths(tag)[len(block)], block


def _block(kind: str, values: list[Any]) -> bytes:
    if kind in _FIXED:
        return Struct(f"<{len(values)}{_FIXED[kind]}").pack(*values)
    if kind == "bool":
        return b"".join([bools(b"")[value] for value in values])
    if kind[0] != "s":
        try:
            block = bytes(values)
        except ValueError:
            pass  # not all of them are below 256
        else:
            if block.isascii():
                return block
    return b"".join(map(_PUTS[kind], repeat(b""), values))


def put_each(tag: bytes, kind: str, values: Any) -> list[bytes]:
    """A list of numbers, bools or enums, each with its tag."""
    if type(values) is not list:
        raise TypeError(values)
    if kind in _FIXED:
        pack = Struct(f"<{len(tag)}s{_FIXED[kind]}").pack
        return [pack(tag, value) for value in values]
    if kind == "bool":
        return [bools(tag)[value] for value in values]
    return [*map(_PUTS[kind], repeat(tag), values)]


def put_texts(tag: bytes, texts: Any) -> list[bytes]:
    """A list of strings."""
    if type(texts) is not list:
        raise TypeError(texts)
    heads = lengths(tag)
    pieces: list[bytes] = []
    for text in texts:
        raw = text.encode()
        pieces += (heads[len(raw)], raw)
    return pieces


def put_unchecked(tag: bytes, texts: Any) -> list[bytes]:
    """A list of strings that may hold bytes that are no UTF-8."""
    if type(texts) is not list:
        raise TypeError(texts)
    heads = lengths(tag)
    pieces: list[bytes] = []
    for text in texts:
        raw = text.encode("utf-8", "surrogateescape")
        pieces += (heads[len(raw)], raw)
    return pieces


def put_blobs(tag: bytes, blobs: Any) -> list[bytes]:
    """A list of bytes."""
    if type(blobs) is not list:
        raise TypeError(blobs)
    heads = lengths(tag)
    pieces: list[bytes] = []
    for blob in blobs:
        if type(blob) is not bytes:
            raise TypeError(blob)
        pieces += (heads[len(blob)], blob)
    return pieces


def put_unknown(fields: bytes) -> bytes:
    """Fields kept for writing back, when they are whole fields."""
    at, end = 0, len(fields)
    while at < end:
        number, wire_type, at = read_tag(fields, at, end)
        at = skip_value(fields, at, end, (number, wire_type), t.READ_DEPTH)
    return fields
