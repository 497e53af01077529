"""The lists of the grammar: what closes each, what stands in it, and how to call it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final

from kitexgen.idl.tokens import Token

LISTS: Final[dict[str, tuple[str, ...]]] = {
    "message_items": ("}",),
    "oneof_items": ("}",),
    "extend_items": ("}",),
    "enum_items": ("}",),
    "service_items": ("}",),
    "method_items": ("}",),
    "file": (),
}
FIELD_LISTS: Final = frozenset({"message_items", "oneof_items", "extend_items"})
# What people call the thing whose list it is.
OWNERS: Final = {
    "message_items": "a message",
    "oneof_items": "a oneof",
    "extend_items": "an `extend`",
    "enum_items": "an enum",
    "service_items": "a service",
    "method_items": "a method",
    "file": "a file",
}
# The words that open a statement of each, apart from those of fields.
STATEMENTS_OF: Final[dict[str, frozenset[str]]] = {
    "message_items": frozenset({"message", "enum", "oneof", "extend", "extensions", "reserved", "option"}),
    "oneof_items": frozenset({"option"}),
    "extend_items": frozenset(),
    "enum_items": frozenset({"option", "reserved"}),
    "service_items": frozenset({"rpc", "option"}),
    "method_items": frozenset({"option"}),
    "file": frozenset({"syntax", "edition", "import", "package", "option", "message", "enum", "extend", "service"}),
}


def statement_start(symbols: Sequence[tuple[str, Any]], tokens: Sequence[Token]) -> int | None:
    """The index of the first token of the statement at hand, None when none was begun.

    `symbols` are the parser's stack.
    """
    at = max((at for at, (kind, _) in enumerate(symbols) if kind in LISTS), default=-1)
    if at + 1 >= len(symbols):
        return None
    start = _start_of(symbols[at + 1][1])
    if start is None:
        return None
    return bisect_left(tokens, start, key=lambda token: token.start)


def _start_of(value: Any) -> int | None:
    if isinstance(value, Token):
        return value.start
    if isinstance(value, list | tuple):
        return _start_of(value[0]) if value else None
    span = getattr(value, "span", None)
    return span.start if span is not None else None
