"""The way of a file's tokens into the parser, in which recovery can go back, leave words out and make some up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kitexgen.idl.lalr import Terminal
from kitexgen.idl.tokens import Token

# Levels of brackets in each other. What comes after walks trees by recursion; protoc stops at 32 messages.
MAX_NESTING: Final = 128
# A terminal no rule takes: a bracket that would nest too deep.
TOO_DEEP: Final = "too deep"
_DEEPER: Final = {"(": 1, "[": 1, "{": 1, "<": 1, ")": -1, "]": -1, "}": -1, ">": -1}


@dataclass(slots=True)
class Way:
    """Where to go on behind a mistake, and what to close before."""

    index: int
    closers: tuple[str, ...] = ()


class Terminals:
    """Feeds the tokens of a file to the parser. `is_cut` is that of the lexer: the file's end is no news."""

    def __init__(self, text: str, tokens: Sequence[Token], *, is_cut: bool) -> None:
        self.text = text
        self.tokens = tokens
        self.is_cut = is_cut
        self._next = 0
        self._depth = 0
        self._made_up: list[Terminal] = []

    def next(self) -> Terminal | None:
        if self._made_up:
            made_up = self._made_up.pop(0)
            self._depth += _DEEPER.get(made_up.type, 0)
            return made_up
        index = self._next
        if index >= len(self.tokens):
            return None
        token = self.tokens[index]
        kind = token.kind
        if kind in _DEEPER:
            self._depth += _DEEPER[kind]
            if self._depth > MAX_NESTING:
                kind = TOO_DEEP
        self._next = index + 1
        return Terminal(kind, token, index)

    def go_to(self, index: int, *made_up: str, depth: int) -> None:
        """Feed tokens of the kinds `made_up`, then those of the file from `index` on, `depth` brackets deep."""
        self._next = index
        self._depth = depth
        self._made_up = [self.make_up(kind, index) for kind in made_up]

    def make_up(self, kind: str, index: int) -> Terminal:
        at = self.tokens[index].start if index < len(self.tokens) else len(self.text)
        return Terminal(kind, Token(kind, "", at, at), index)

    def kind(self, index: int) -> str:
        """The kind of the token at `index`, "" outside the file."""
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else ""

    def text_of(self, index: int) -> str:
        """The word at `index`, "" outside the file."""
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def is_first_on_line(self, index: int) -> bool:
        if not 0 < index < len(self.tokens):
            return index == 0
        return "\n" in self.text[self.tokens[index - 1].end : self.tokens[index].start]
