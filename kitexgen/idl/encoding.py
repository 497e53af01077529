"""Bytes of a file to text: UTF-8, and what to say when they are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error, warning
from kitexgen.source.span import Span

# One replacement character stands for each byte that does not decode.
REPLACEMENT: Final = "\ufffd"
_WIDE_MARKS: Final = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """`bad` has the offset in `text` of each byte that does not decode, with the byte."""

    text: str
    bad: tuple[tuple[int, int], ...]


def decode(data: bytes) -> Decoded:
    """`data` as UTF-8, each bad byte replaced by U+FFFD. A byte order mark is kept: the lexer speaks of it."""
    try:
        return Decoded(data.decode("utf-8"), ())
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
    bad = tuple((at, ord(c) - 0xDC00) for at, c in enumerate(text) if "\udc80" <= c <= "\udcff")
    return Decoded("".join(REPLACEMENT if "\udc80" <= c <= "\udcff" else c for c in text), bad)


def other_encoding(data: bytes) -> str | None:
    """The encoding of a file that is plainly no UTF-8, by its first bytes."""
    return _WIDE_MARKS.get(data[:2])


def wrong_encoding(path: str, encoding: str) -> Diagnostic:
    return error(
        "KX0003", f"the file is {encoding}, not UTF-8", Span(path, 0, 0), hint="save it as UTF-8 and try again"
    )


def bad_byte(path: str, offset: int, byte: int, *, in_comment: bool) -> Diagnostic:
    """Both families read over any byte in a comment, so there it is a warning."""
    at = Span(path, offset, offset + 1)
    message = f"the byte 0x{byte:02X} is not UTF-8"
    if in_comment:
        return warning("KX0003", message, at, hint="save the file as UTF-8; until then U+FFFD stands in its place")
    return error("KX0003", message, at, hint="save the file as UTF-8")
