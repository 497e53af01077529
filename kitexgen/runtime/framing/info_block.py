"""The key-value blocks of TTHeader and mesh header: big-endian u16 numbers, strings with a u16 length in front.

Every call has some: nothing is called a pair here.
"""

from __future__ import annotations

import re

MAX_INFOS = 1024
"""Pairs, and blocks of them, that one header may hold. Kitex has no limit, and reading the 65,000 empty pairs that fit
into one header takes 50 ms, in which nobody else is served. What services tell each other is some dozens."""

_PADDING = re.compile(rb"\0*")


class BadInfoBlock(Exception):
    """A block that ends before its contents do, or is none. Never leaves `framing`: the header's own error says it."""


def read_u16(info: bytes, at: int, kind: str) -> tuple[int, int]:
    """The number at `at`, and where it ends. Raises BadInfoBlock, saying `kind`, when `info` ends first."""
    end = at + 2
    if end > len(info):
        raise BadInfoBlock(f"error reading {kind}: EOF")
    return info[at] << 8 | info[at + 1], end


def read_string(info: bytes, at: int, kind: str) -> tuple[str, int]:
    """The string at `at`, and where it ends; bytes that are no UTF-8 become surrogate escapes."""
    size, start = read_u16(info, at, kind)
    end = start + size
    if end > len(info):
        raise BadInfoBlock(f"error reading {kind}: EOF")
    return info[start:end].decode("utf-8", "surrogateescape"), end


def skip_padding(info: bytes, at: int) -> int:
    """Where the zeros at `at` end."""
    found = _PADDING.match(info, at)
    return found.end() if found else at


def read_count(info: bytes, at: int, kind: str) -> tuple[int, int]:
    """The number of pairs of the block at `at`, and where the first is. Raises BadInfoBlock, when they are too many."""
    count, at = read_u16(info, at, f"{kind} size")
    if count > MAX_INFOS:
        raise BadInfoBlock(f"{count} pairs in a {kind}, {MAX_INFOS} are allowed")
    return count, at


def read_string_infos(info: bytes, at: int, into: dict[str, str]) -> int:
    """Add the block at `at` (a count, then keys and values) to `into`, later keys winning; return where it ends."""
    count, at = read_count(info, at, "str kv info")
    limit = len(info)
    for _ in range(count):
        start = at + 2
        if start > limit:
            raise BadInfoBlock("error reading str kv info: EOF")
        middle = start + (info[at] << 8 | info[at + 1])
        at = middle + 2
        if at > limit:
            raise BadInfoBlock("error reading str kv info: EOF")
        end = at + (info[middle] << 8 | info[middle + 1])
        if end > limit:
            raise BadInfoBlock("error reading str kv info: EOF")
        key = info[start:middle].decode("utf-8", "surrogateescape")
        into[key] = info[at:end].decode("utf-8", "surrogateescape")
        at = end
    return at


def read_int_infos(info: bytes, at: int, into: dict[int, str]) -> int:
    """As `read_string_infos`, for keys that are numbers."""
    count, at = read_count(info, at, "int kv info")
    limit = len(info)
    for _ in range(count):
        start = at + 4
        if start > limit:
            raise BadInfoBlock("error reading int kv info: EOF")
        end = start + (info[at + 2] << 8 | info[at + 3])
        if end > limit:
            raise BadInfoBlock("error reading int kv info: EOF")
        into[info[at] << 8 | info[at + 1]] = info[start:end].decode("utf-8", "surrogateescape")
        at = end
    return at
