"""Repeated scalars, whole lists at a time: the part of generated Protobuf readers that is the same for all messages."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from typing import Any, Final

from kitexgen.runtime.wire import protobuf_primitives as p
from kitexgen.runtime.wire import protobuf_types as t

# Fewer strings are not worth a look at whether they have one length.
_WORTH: Final = 8
# So many are looked at together: a look that finds nothing must not cost more than the strings that it was for.
_MOST: Final = 256

_READERS: Final[dict[str, Callable[[bytes, int], tuple[Any, int]]]] = {
    "bool": p.read_bool,
    "int32": p.read_int32,
    "int64": p.read_int64,
    "uint32": p.read_uint32,
    "uint64": p.read_uint64,
    "sint32": p.read_sint32,
    "sint64": p.read_sint64,
}


def packed_reader(kind: str) -> Callable[[bytes], list[Any]]:
    """Return the reader of a block of packed `kind`s, which must fill it."""
    if kind in t.FORMATS:
        read_array = array_reader(kind)
        return lambda block: read_array(block).tolist()
    read = _READERS[kind]
    is_same = kind in ("int32", "int64", "uint32", "uint64")

    def read_block(block: bytes) -> list[Any]:
        if is_same and block.isascii():
            return [*block]  # each number is one byte
        values: list[Any] = []
        append = values.append
        at, end = 0, len(block)
        while at < end:
            value, at = read(block, at)
            append(value)
        return values

    return read_block


def array_reader(kind: str) -> Callable[[bytes], array[Any]]:
    """The same for a list that is an `array.array`."""
    letter = t.ARRAYS[kind]
    if kind not in t.FORMATS:
        read = packed_reader(kind)
        return lambda block: array(letter, read(block))

    def read_block(block: bytes) -> array[Any]:
        values = array(letter)
        values.frombytes(block)
        if sys.byteorder == "big":
            values.byteswap()
        return values

    return read_block


def read_texts(data: bytes, at: int, end: int, tag: bytes, texts: list[str]) -> int:
    """Read strings as long as `tag` comes again, and return where they end."""
    width = len(tag)
    while (size := data[at + width]) < 128 and (stop := _read_uniform(data, at, end, texts, head=width + 1, size=size)):
        at = stop
        if not data.startswith(tag, at) or at >= end:
            return at
    if width > 1:
        blobs: list[bytes] = []
        at = read_blobs(data, at, end, tag, blobs)
        texts += [blob.decode() for blob in blobs]
        return at
    (first,) = tag
    append = texts.append
    while at < end and data[at] == first:
        size = data[at + 1]
        start = at + 2
        if size > 127:
            size, start = p.read_size(data, at + 1)
        at = start + size
        append(data[start:at].decode())
    return at


def _read_uniform(data: bytes, at: int, end: int, texts: list[str], *, head: int, size: int) -> int:
    """Read all strings at once when they are ASCII and have one length; return where they end, 0 when they do not.

    1,000 take a seventh of the time: every tag with its length is a separator, and one more of the kind inside of a
    string shows in the number of pieces.
    """
    step = head + size
    count = min((end - at) // step, _MOST)
    if count < _WORTH or data[at + step : at + step + head] != data[at : at + head]:
        return 0
    stop = at + count * step
    for place in range(head):
        if data[at + place : stop : step] != data[at + place : at + place + 1] * count:
            return 0
    region = data[at:stop]
    if not region.isascii():
        return 0
    found = region.decode().split(region[:head].decode())
    if len(found) != count + 1:
        return 0
    texts += found[1:]
    return stop


def read_blobs(data: bytes, at: int, end: int, tag: bytes, blobs: list[bytes]) -> int:
    """Read bytes as long as `tag` comes again, and return where they end."""
    width = len(tag)
    while data.startswith(tag, at) and at < end:
        at += width
        size = data[at]
        at += 1
        if size > 127:
            size, at = p.read_size(data, at - 1)
        blobs.append(data[at : at + size])
        at += size
    return at


def read_unchecked(data: bytes, at: int, end: int, tag: bytes, texts: list[str]) -> int:
    """Read strings that need not be UTF-8 as long as `tag` comes again, and return where they end."""
    blobs: list[bytes] = []
    at = read_blobs(data, at, end, tag, blobs)
    texts += [blob.decode("utf-8", "surrogateescape") for blob in blobs]
    return at
