"""Bytes of a file to text: UTF-8, and what to say when they are not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error, warning
from kitexgen.source.span import Span

# One replacement character stands for each byte that does not decode.
REPLACEMENT: Final = "\ufffd"
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_WIDE_MARKS: Final = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text` is for people, with U+FFFD for each byte that does not decode; `raw` keeps those as lone surrogates.

    Both are of one length. `bad` has the offset of each such byte, with the byte.
    """

    text: str
    raw: str
    bad: tuple[tuple[int, int], ...]


def decode(data: bytes) -> Decoded:
    """`data` as UTF-8, each bad byte replaced by U+FFFD. A byte order mark is kept: the lexer speaks of it."""
    try:
        text = data.decode("utf-8")
        return Decoded(text, text, ())
    except UnicodeDecodeError:
        raw = data.decode("utf-8", "surrogateescape")
    bad = tuple((at, ord(c) - 0xDC00) for at, c in enumerate(raw) if "\udc80" <= c <= "\udcff")
    return Decoded(readable(raw), raw, bad)


def readable(text: str) -> str:
    """A piece of `Decoded.raw` as people read it: with U+FFFD for what is not UTF-8."""
    return _ESCAPED.sub(REPLACEMENT, text)


def encode(text: str) -> bytes:
    """The bytes that `Decoded.raw`, or a piece of it, was decoded from."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # A text that was not decoded here may hold any surrogate.
        return text.encode("utf-8", "surrogatepass")


def other_encoding(data: bytes) -> str | None:
    """The encoding of a file that is plainly no UTF-8, by its first bytes."""
    return _WIDE_MARKS.get(data[:2])


def wrong_encoding(path: str, encoding: str) -> Diagnostic:
    return error(
        "KX0003", f"the file is {encoding}, not UTF-8", Span(path, 0, 0), hint="save it as UTF-8 and try again"
    )


class Place(Enum):
    """Where a byte that is not UTF-8 stands."""

    COMMENT = "comment"
    # In a literal of Protobuf, which may hold any byte.
    LITERAL = "literal"
    ELSEWHERE = "elsewhere"


def bad_byte(path: str, offset: int, byte: int, place: Place) -> Diagnostic:
    """What the compilers of the language read over, or keep, is a warning."""
    at = Span(path, offset, offset + 1)
    message = f"the byte 0x{byte:02X} is not UTF-8"
    if place is Place.LITERAL:
        return warning(
            "KX0003", message, at, hint=f"write `\\x{byte:02X}` where this byte is meant, or save the file as UTF-8"
        )
    if place is Place.COMMENT:
        return warning("KX0003", message, at, hint="save the file as UTF-8; until then U+FFFD stands in its place")
    return error("KX0003", message, at, hint="save the file as UTF-8")
