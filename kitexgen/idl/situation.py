"""Where the parser stands when a word does not fit: in which list, after which words, and what could follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from kitexgen.idl.lalr import Stack
from kitexgen.idl.tokens import Token
from kitexgen.source.span import Span

# The lists of a grammar in which it recovers, and what closes each; nothing closes that of the whole file.
Lists = Mapping[str, tuple[str, ...]]

CLOSERS: Final = {"(": ")", "[": "]", "{": "}", "<": ">"}


class Situation:
    """`index` is that of the token that does not fit, the number of `tokens` at the end of the file."""

    def __init__(  # noqa: PLR0917 - what a mistake is judged by, all from one caller
        self,
        path: str,
        text: str,
        tokens: Sequence[Token],
        index: int,
        stack: Stack,
        lists: Lists,
        *,
        is_too_deep: bool,
        is_definition: bool,
    ) -> None:
        self.path = path
        self.text = text
        self.tokens = tokens
        self.index = index
        self.stack = stack
        # The word is a bracket that would nest too deep; a header or definition surely begins with it.
        self.is_too_deep = is_too_deep
        self.is_definition = is_definition
        self._lists = lists
        symbols = stack.symbols
        at = _list_at_hand([kind for kind, _ in symbols], lists)
        self.list_name = symbols[at][0] if at >= 0 else next(name for name, closers in lists.items() if not closers)
        # What was read of the item at hand, as (symbol, value).
        self.partial: list[tuple[str, Any]] = symbols[at + 1 :]
        # The brackets that are open, outermost first.
        self.unclosed = _unclosed(symbols)
        self.depth_of_list = len(_unclosed(symbols[: at + 1]))
        # The token that opened the list.
        self.opener: Token | None = symbols[at - 1][1] if at > 0 else None

    @property
    def found(self) -> Token | None:
        return self.tokens[self.index] if self.index < len(self.tokens) else None

    def token(self, offset: int) -> Token | None:
        """The token `offset` places from the one that does not fit."""
        at = self.index + offset
        return self.tokens[at] if 0 <= at < len(self.tokens) else None

    def kind(self, offset: int) -> str:
        token = self.token(offset)
        return token.kind if token else ""

    def word(self, offset: int) -> str:
        token = self.token(offset)
        return token.text if token else ""

    def span(self, token: Token) -> Span:
        return Span(self.path, token.start, token.end)

    @cached_property
    def expected(self) -> frozenset[str]:
        return self.stack.expected()

    @property
    def top(self) -> str:
        """The last symbol read of the item at hand, "" before its first."""
        return self.partial[-1][0] if self.partial else ""

    @property
    def closers(self) -> tuple[str, ...]:
        return self._lists[self.list_name]

    def closers_before(self, kind: str) -> tuple[str, ...]:
        """What has to be closed so that a closing bracket of `kind` fits."""
        return () if self.closers == (kind,) else self.closers

    @property
    def open_brackets(self) -> list[str]:
        """The brackets the item at hand has opened and not closed."""
        return [token.kind for token in _unclosed(self.partial)]

    @property
    def is_whole(self) -> bool:
        """Whether the item at hand could end here: what may follow it says little, only what may continue it."""
        return (self.closers[0] if self.closers else "$end") in self.expected

    @property
    def is_at_start(self) -> bool:
        """Whether an item of the list at hand could begin here."""
        return not self.partial or self.is_whole

    @property
    def inner_opener(self) -> Token | None:
        """The innermost bracket that is open and stands in the file: of the item at hand, else of its list."""
        return next((token for token in reversed(self.unclosed) if token.text), None)

    def forgotten(self, kinds: Iterable[str]) -> str | None:
        """The first of `kinds` behind which the token that does not fit would fit."""
        token = self.found
        if token is None:
            return None
        return next((kind for kind in kinds if self.stack.accepts((kind, token.kind))), None)

    @cached_property
    def is_on_new_line(self) -> bool:
        """Whether the token that does not fit stands on a later line than the one before it."""
        before, found = self.token(-1), self.found
        end = found.start if found else len(self.text)
        return before is None or "\n" in self.text[before.end : end]


def _list_at_hand(kinds: list[str], lists: Lists) -> int:
    """Where in the stack the innermost list lies that is still open, -1 when there is none."""
    closed = 0
    for at in range(len(kinds) - 1, -1, -1):
        if kinds[at] in CLOSERS.values():
            closed += 1
        elif kinds[at] in CLOSERS:
            closed = max(0, closed - 1)
        elif kinds[at] in lists and closed == 0:
            return at
    return -1


def _unclosed(symbols: list[tuple[str, Any]]) -> list[Token]:
    found: list[Token] = []
    for kind, value in symbols:
        if kind in CLOSERS:
            found.append(value)
        elif found and kind == CLOSERS.get(found[-1].kind):
            found.pop()
    return found
