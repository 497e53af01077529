"""What generated Protobuf writers are made of: values to pieces of `bytes`, tags in front.

Writers are optimistic, as readers are: whatever does not fit raises anything at all, and the careful writer says what.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import repeat
from operator import itemgetter
from struct import Struct
from typing import Any, Final

from kitexgen.runtime.wire import protobuf_types as t
from kitexgen.runtime.wire.protobuf_numbers import read_tag
from kitexgen.runtime.wire.protobuf_skip import skip_value

_KEPT_LENGTHS: Final = 512
# Fewer strings are not worth a look at whether they are short.
_WORTH: Final = 8
_LOW_56: Final = (1 << 56) - 1
_MARKS: Final = [sum(0x80 << 8 * place for place in range(count)) for count in range(9)]
# The ninth byte and, if the top bit is set, the tenth.
_ENDS: Final = [bytes((top,)) if top < 128 else bytes((top, 1)) for top in range(256)]
_SIGNED_ENDS: Final = {top: _ENDS[top & 0xFF] for top in range(-128, 128)}
_COUNTS: Final = [(bits + 6) // 7 for bits in range(57)]
_LONG: Final = Struct("<Q").pack
# The fifth byte of an int32, by its top four bits; a negative number has 64 bits. Others are out of range.
_POSITIVE_ENDS: Final = {top: top for top in range(8)}
_NEGATIVE_ENDS: Final = {top: bytes((top & 0x7F | 0x80,)) + b"\xff\xff\xff\xff\x01" for top in range(-8, 0)}
_FIVE: Final = Struct("<IB").pack
_TEN: Final = Struct("<I6s").pack

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
        if number < 0x80:
            return number.to_bytes(1, "little")
        return (number & 0x7F | (number & 0x3F80) << 1 | 0x80).to_bytes(2, "little")
    if number < 0x10000000:
        number = number & 0x3FFF | (number & 0xFFFC000) << 2
        number = number & 0x7F007F | (number & 0x3F803F80) << 1
        return (
            (number | 0x8080).to_bytes(3, "little") if number < 0x800000 else (number | 0x808080).to_bytes(4, "little")
        )
    # Groups of 28, 14 and 7 bits are moved apart, all at the same time.
    low = number & 0x0000000FFFFFFF | (number & 0xFFFFFFF0000000) << 4
    low = low & 0x00003FFF00003FFF | (low & 0x0FFFC0000FFFC000) << 2
    low = low & 0x007F007F007F007F | (low & 0x3F803F803F803F80) << 1
    if number > _LOW_56:
        return _LONG(low | 0x8080808080808080) + _ENDS[number >> 56]
    count = (number.bit_length() + 6) // 7
    return (low | _MARKS[count - 1]).to_bytes(count, "little")


# The writers of int32 and int64 ask for no type and no range: `&` takes no float, and the tables of ends have no entry
# for what is too large.


def put_int32(tag: bytes, value: int) -> bytes:
    if 0 <= value < 0x4000:
        if value < 0x80:
            return tag + value.to_bytes(1, "little")
        return tag + (value & 0x7F | (value & 0x3F80) << 1 | 0x80).to_bytes(2, "little")
    low = value & 0x3FFF | (value & 0xFFFC000) << 2
    low = low & 0x7F007F | (low & 0x3F803F80) << 1
    if value < 0:
        return tag + _TEN(low | 0x80808080, _NEGATIVE_ENDS[value >> 28])
    if value >= 0x10000000:
        return tag + _FIVE(low | 0x80808080, _POSITIVE_ENDS[value >> 28])
    return tag + ((low | 0x8080).to_bytes(3, "little") if low < 0x800000 else (low | 0x808080).to_bytes(4, "little"))


def put_int64(tag: bytes, value: int) -> bytes:
    if 0 <= value < 0x10000000:
        return put_int32(tag, value)
    low = value & 0x0000000FFFFFFF | (value & 0xFFFFFFF0000000) << 4
    low = low & 0x00003FFF00003FFF | (low & 0x0FFFC0000FFFC000) << 2
    low = low & 0x007F007F007F007F | (low & 0x3F803F803F803F80) << 1
    if 0 <= value <= _LOW_56:
        count = _COUNTS[value.bit_length()]
        return tag + (low | _MARKS[count - 1]).to_bytes(count, "little")
    return tag + _LONG(low | 0x8080808080808080) + _SIGNED_ENDS[value >> 56]


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
    if len(texts) >= _WORTH and tag.isascii() and (joined := _joined(tag, texts)):
        return [joined]
    heads = lengths(tag)
    pieces: list[bytes] = []
    for text in texts:
        raw = text.encode()
        pieces += (heads[len(raw)], raw)
    return pieces


@cache
def _text_heads(tag: bytes) -> list[str]:
    """Tag and length of strings below 128 characters, as text."""
    return [(tag + bytes((length,))).decode() for length in range(128)]


def _joined(tag: bytes, texts: list[str]) -> bytes:
    """Strings that are short and ASCII, encoded all at once, which takes a third of the time; nothing for others."""
    sizes = [*map(len, texts)]
    if max(sizes) > 127:
        return b""
    heads = _text_heads(tag)
    if sizes.count(sizes[0]) == len(sizes):
        head = heads[sizes[0]]
        joined = head + head.join(texts)
    else:
        pieces = [""] * (2 * len(sizes))
        pieces[::2] = itemgetter(*sizes)(heads)
        pieces[1::2] = texts
        joined = "".join(pieces)
    return joined.encode() if joined.isascii() else b""


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
