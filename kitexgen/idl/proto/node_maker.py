"""What every maker of nodes has: places, names, and what is to be said about the file."""

from __future__ import annotations

from typing import Any

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.mistakes import in_order
from kitexgen.idl.proto import syntax_errors
from kitexgen.idl.proto import tree as t
from kitexgen.idl.proto.comments import CommentsOf
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.keywords import SCALARS
from kitexgen.idl.proto.lexer import Lexed
from kitexgen.idl.tokens import Token
from kitexgen.source.span import Span


class Items(list[Any]):
    """A list being read. `is_broken` tells that something in it did not parse.

    `is_separable` tells of the entries of an aggregate that a `,` or `;` may come next.
    """

    is_broken = False
    is_separable = False


class NodeMaker:
    """Keeps the findings of one file, and whether a part of the node at hand had to be made up."""

    def __init__(self, text: str, path: str, lexed: Lexed) -> None:
        self._path = path
        self._text = text
        self._lexed = lexed
        self._comments = CommentsOf(text, lexed)
        self._found: list[Diagnostic] = list(lexed.diagnostics)
        self._edition = Edition.PROTO2
        self._scalars = SCALARS
        self._has_gap = False

    def report(self, diagnostic: Diagnostic) -> None:
        self._found.append(diagnostic)

    def findings(self) -> tuple[Diagnostic, ...]:
        return in_order(self._found, dialect=syntax_errors.DIALECT, too_many="KX0614")

    def _span(self, start: int, end: int) -> Span:
        return Span(self._path, start, end)

    def _at(self, token: Token) -> Span:
        return Span(self._path, token.start, token.end)

    def _name(self, token: Token) -> t.Name:
        if not token.text:
            self._has_gap = True
        return t.Name(text=token.text, span=Span(self._path, token.start, token.end))

    def _drops(self) -> bool:
        """Whether a part of the node at hand was made up; asking settles it."""
        has_gap, self._has_gap = self._has_gap, False
        return has_gap

    def drop(self) -> None:
        """The statement at hand was given up, and with it what was made up for it."""
        self._has_gap = False
