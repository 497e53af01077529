"""From the bytes of one .proto file to its tree, bytes that are not UTF-8 among them.

protoc reads over any byte in a comment and keeps any byte of a literal; nowhere else is one a token.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.diagnostics.report import Report
from kitexgen.idl.encoding import Decoded, Place, bad_byte, decode, other_encoding, wrong_encoding
from kitexgen.idl.proto.lexer import lex
from kitexgen.idl.proto.tree import FileNode
from kitexgen.source.file import SourceFile

Parse = Callable[[str, str], tuple[FileNode, tuple[Diagnostic, ...]]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was read: `source` for people, and `text`, which was parsed.

    They differ in bytes that are not UTF-8: U+FFFD in the one, lone surrogates in the other, so that they come out as
    they went in.
    """

    source: SourceFile
    text: str
    tree: FileNode


def read_text(shown: str, data: bytes, parse: Parse, report: Report) -> Reading:
    """Decode and parse `data`, the file that spans call `shown`. What is wrong with it goes to `report`."""
    encoding = other_encoding(data)
    if encoding is not None:
        report.add(wrong_encoding(shown, encoding))
        return Reading(SourceFile(shown, ""), "", parse("", shown)[0])
    decoded = decode(data)
    tree, found = parse(decoded.raw, shown)
    report.extend(_with_bad_bytes(shown, decoded, found) if decoded.bad else found)
    return Reading(SourceFile(shown, decoded.text), decoded.raw, tree)


def _with_bad_bytes(shown: str, decoded: Decoded, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """`found` and what is to be said of bytes that are not UTF-8, once where the lexer complained of them too."""
    lexed = lex(decoded.raw, shown)
    literals = [(token.start, token.end) for token in lexed.tokens if token.kind == "STRING"]
    comments = sorted(lexed.gap_after.items())
    complaints = sorted((each.at.span.start, each.at.span.end) for each in lexed.diagnostics if each.at is not None)
    bad = dict(decoded.bad)
    for offset, byte in bad.items():
        place = Place.ELSEWHERE
        if _is_in(literals, offset):
            place = Place.LITERAL
        elif _is_in(comments, offset) and not _is_in(complaints, offset):
            place = Place.COMMENT
        yield bad_byte(shown, offset, byte, place)
    yield from (each for each in found if each.at is None or each.at.span.start not in bad)


def _is_in(stretches: Sequence[tuple[int, int]], offset: int) -> bool:
    """Whether one of the stretches, which stand in order, holds `offset`."""
    at = bisect_right(stretches, offset, key=itemgetter(0)) - 1
    return at >= 0 and offset < stretches[at][1]
