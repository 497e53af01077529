"""Places that findings point at, and that their fixes change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import TypeVar

from kitexgen.source.span import Span

Node = TypeVar("Node")


def nodes(tree: object, kind: type[Node]) -> Iterator[Node]:
    """The nodes of `kind` in a tree, in no promised order."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, kind):
            yield node
        if isinstance(node, tuple):
            pending += node
        elif is_dataclass(node) and not isinstance(node, Span):
            pending += (getattr(node, part.name) for part in fields(node))


def line_of(text: str, span: Span) -> tuple[int, int]:
    """`[start, end)` of the line of `span` with its line end, when nothing else stands there; else of `span`."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    end = len(text) if end < 0 else end + 1
    stands_alone = not text[start : span.start].strip() and not text[span.end : end].strip(" \t\r\n;")
    return (start, end) if stands_alone else (span.start, span.end)
