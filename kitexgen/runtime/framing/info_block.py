"""The key-value blocks of TTHeader and mesh header: big-endian u16 numbers, strings with a u16 length in front."""

from __future__ import annotations


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


def read_string_infos(info: bytes, at: int, into: dict[str, str]) -> int:
    """Add the block at `at` (a count, then keys and values) to `into`, later keys winning; return where it ends."""
    count, at = read_u16(info, at, "str kv info size")
    for _ in range(count):
        key, at = read_string(info, at, "str kv info")
        into[key], at = read_string(info, at, "str kv info")
    return at


def read_int_infos(info: bytes, at: int, into: dict[int, str]) -> int:
    """As `read_string_infos`, for keys that are numbers. Every TTHeader has some: here nothing is called a pair."""
    count, at = read_u16(info, at, "int kv info size")
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
