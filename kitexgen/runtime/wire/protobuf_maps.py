"""Maps from strings to numbers or strings, whole maps at a time: the part of generated codecs for the commonest maps.

Whatever is not short and ASCII goes one entry at a time. Per entry of 1,000, random int64: written in 0.66 us by a
loop, 0.23 us in columns; read in 0.68 us by a function for each entry, 0.37 us in columns.
"""

from __future__ import annotations

from functools import cache
from itertools import repeat
from typing import Any, Final

from kitexgen.runtime.wire.protobuf_columns import LANE, MOST, Lanes, read_column, write_column
from kitexgen.runtime.wire.protobuf_puts import PUTS, lengths

# Fewer entries are not worth the columns.
_WORTH: Final = 16
# Entries are below 128 bytes: two heads of two bytes, the longest number and its tag, and a key.
_LONGEST_KEY: Final = 127 - 2 - 1 - LANE
# Tag and number of an entry, then tag and length of the next, and those of its key.
_WIDTH: Final = 1 + LANE + 4
_BETWEEN: Final = Lanes(_WIDTH)

# Bytes of the longest entry whose length has one byte.
_SHORT: Final = 127

_KEY: Final = 0x0A
_NUMBER: Final = 0x10
_TEXT: Final = 0x12


def put_numbers_by_text(tag: bytes, kind: str, entries: Any) -> list[bytes]:
    """A map from strings to varints that are no bools; `tag` has one byte."""
    if type(entries) is not dict:
        raise TypeError(entries)
    if len(entries) >= _WORTH and (block := _put_columns(tag, kind, entries)):
        return [block]
    heads, keys, put = lengths(tag), lengths(b"\x0a"), PUTS[kind]
    pieces: list[bytes] = []
    for key, value in entries.items():
        raw = key.encode()
        entry = b"".join((keys[len(raw)], raw, put(b"\x10", value)))
        pieces += (heads[len(entry)], entry)
    return pieces


def _put_columns(tag: bytes, kind: str, entries: dict[str, int]) -> bytes:
    """All entries at once when keys are short and ASCII; nothing for others.

    Zeros are padding here, so there must be none among what is written.
    """
    keys, numbers = [*entries], [*entries.values()]
    text, sizes = "".join(keys), [*map(len, keys)]
    if not text.isascii() or "\0" in text or 0 in numbers or 0 in sizes or max(sizes) > _LONGEST_KEY:
        return b""
    pieces: list[bytes] = [b""] * (2 * len(keys))
    pieces[::2] = map(str.encode, keys)
    first = b""
    for start in range(0, len(keys), MOST):
        numbers_here = numbers[start : start + MOST]
        count = len(numbers_here)
        block, counts = write_column(kind, numbers_here, _WIDTH, 1)
        block[::_WIDTH] = bytes((_NUMBER,)) * count
        head = _heads(tag, bytes(sizes[start : start + count]), counts)
        # Each lane ends with the head of the next entry; the first lane of a chunk gives the last of the one before.
        if start:
            pieces[2 * start - 1] += head[:4]
        else:
            first = bytes(head[:4])
        for place in range(4):
            block[1 + LANE + place : -_WIDTH : _WIDTH] = head[4 + place :: 4]
        pieces[2 * start + 1 : 2 * (start + count) : 2] = _BETWEEN[count].unpack(block)
    return b"".join((first, *pieces)).translate(None, b"\0")


def _heads(tag: bytes, sizes: bytes, counts: bytes) -> bytearray:
    """Tag and length of each entry, tag and length of its key."""
    count = len(sizes)
    # Entries are shorter than 128 bytes, so no sum spills into the next one.
    whole = int.from_bytes(sizes, "little") + int.from_bytes(counts, "little") + int.from_bytes(b"\3" * count, "little")
    heads = bytearray(4 * count)
    heads[::4] = tag * count
    heads[1::4] = whole.to_bytes(count, "little")
    heads[2::4] = bytes((_KEY,)) * count
    heads[3::4] = sizes
    return heads


def put_texts_by_text(tag: bytes, entries: Any) -> list[bytes]:
    """A map from strings to strings; `tag` has one byte."""
    if type(entries) is not dict:
        raise TypeError(entries)
    if block := _put_ascii(tag, entries):
        return [block]
    heads, keys, values = lengths(tag), lengths(b"\x0a"), lengths(b"\x12")
    pieces: list[bytes] = []
    for key, value in entries.items():
        raw_key, raw_value = key.encode(), value.encode()
        entry = b"".join((keys[len(raw_key)], raw_key, values[len(raw_value)], raw_value))
        pieces += (heads[len(entry)], entry)
    return pieces


def _put_ascii(tag: bytes, entries: dict[str, str]) -> bytes:
    """All entries as one text, when they are short and ASCII, as tags and lengths are then too; nothing for others."""
    if {*map(type, entries), *map(type, entries.values())} != {str}:
        return b""
    heads = _entry_heads(tag)
    try:
        text = "".join(
            [
                f"{heads[(size := len(key)) + (more := len(value))]}{_KEYS[size]}{key}{_VALUES[more]}{value}"
                for key, value in entries.items()
            ]
        )
    except IndexError:
        return b""
    return text.encode() if text.isascii() else b""


@cache
def _entry_heads(tag: bytes) -> list[str]:
    """Tag and length of an entry, by the length of its key and value together."""
    return [(tag + bytes((size,))).decode() for size in range(4, 128)]


_KEYS: Final = [chr(_KEY) + chr(size) for size in range(128)]
_VALUES: Final = [chr(_TEXT) + chr(size) for size in range(128)]


def read_numbers_by_text(data: bytes, at: int, end: int, kind: str, entries: dict[str, int]) -> int:
    """Read the entry at `at` and all that follow with the same tag; return where they end, or where others begin.

    Only what everyone writes is read here: a string, then a number, in less than 128 bytes.
    """
    tag = data[at]
    while at < end and data[at] == tag:
        keys: list[str] = []
        spelled: list[bytes] = []
        stop = _split(data, at, end, keys, spelled)
        if not keys:
            return at
        try:
            entries.update(zip(keys, read_column(kind, _NUMBER, spelled), strict=True))
        except (ValueError, OverflowError):
            return at
        at = stop
    return at


def _split(data: bytes, at: int, end: int, keys: list[str], values: list[bytes]) -> int:
    """Take up to `MOST` entries apart, into keys and all that comes behind each key; return where they end."""
    tag = data[at]
    for _ in repeat(None, MOST):
        if at >= end or data[at] != tag or (size := data[at + 1]) > _SHORT or data[at + 2] != _KEY:
            break
        stop = at + 2 + size
        middle = at + 4 + data[at + 3]
        if middle >= stop:
            break
        keys.append(data[at + 4 : middle].decode())
        values.append(data[middle:stop])
        at = stop
    return at


def read_texts_by_text(data: bytes, at: int, end: int, entries: dict[str, str]) -> int:
    """The same for strings by strings."""
    tag = data[at]
    while at < end and data[at] == tag and (size := data[at + 1]) <= _SHORT and data[at + 2] == _KEY:
        stop = at + 2 + size
        middle = at + 4 + data[at + 3]
        value = middle + 2
        if value > stop or data[middle] != _TEXT or data[middle + 1] != stop - value:
            break
        entries[data[at + 4 : middle].decode()] = data[value:stop].decode()
        at = stop
    return at
