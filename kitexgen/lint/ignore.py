"""`// lint:ignore RULE reason` comments: what they name, and what they cover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass

from kitexgen.idl.tokens import Comment
from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span

_IGNORE = re.compile(r"(?://+|\#+|/\*+)[ \t]*lint:ignore(?P<file>-file)?\b[ \t]*(?P<rest>[^\r\n]*)")
_NAMES = re.compile(r"[A-Z][A-Z0-9_]*(?:,[ \t]*[A-Z][A-Z0-9_]*)*(?![a-z])")


@dataclass(frozen=True, slots=True)
class Ignore:
    """`names` are rules or categories, empty when the comment names none. `covers` is the part of the file in which
    they are silent, `span` the comment itself.
    """

    names: tuple[str, ...]
    reason: str
    covers: Span
    span: Span


def ignores_of(source: SourceFile, comments: Iterable[Comment], tree: object) -> tuple[Ignore, ...]:
    """The ignores of a file.

    Behind something on a line one covers that line; on a line of its own, the declaration, field, member or method
    that begins after it, whole; `lint:ignore-file`, wherever it stands, the file.
    """
    ends: dict[int, int] | None = None
    found: list[Ignore] = []
    for comment in comments:
        match = _IGNORE.match(comment.text)
        if match is None:
            continue
        span = Span(source.path, comment.start, comment.end)
        if match["file"]:
            covers = Span(source.path, 0, len(source.text) + 1)
        elif _shares_line(source.text, comment):
            covers = _line(source, comment)
        else:
            ends = _ends(tree) if ends is None else ends
            covers = _next_node(source, comment, ends)
        names = _NAMES.match(match["rest"])
        reason = match["rest"][names.end() if names else 0 :].removesuffix("*/").strip(" \t:-")
        listed = tuple(name.strip() for name in names[0].split(",")) if names else ()
        found.append(Ignore(listed, reason, covers, span))
    return tuple(found)


def _shares_line(text: str, comment: Comment) -> bool:
    return bool(text[text.rfind("\n", 0, comment.start) + 1 : comment.start].strip())


def _line(source: SourceFile, comment: Comment) -> Span:
    start = source.text.rfind("\n", 0, comment.start) + 1
    end = source.text.find("\n", comment.start)
    return Span(source.path, start, len(source.text) + 1 if end < 0 else end)


def _next_node(source: SourceFile, comment: Comment, ends: dict[int, int]) -> Span:
    """From the comment to the end of the widest node that begins next."""
    start = min((start for start in ends if start >= comment.end), default=None)
    return Span(source.path, comment.start, comment.end if start is None else ends[start])


def _ends(tree: object) -> dict[int, int]:
    """Where the widest node that begins at an offset ends; the file itself is none of them."""
    found: dict[int, int] = {}
    for node in _nodes(tree):
        span = getattr(node, "span", None)
        if node is not tree and isinstance(span, Span):
            found[span.start] = max(found.get(span.start, 0), span.end)
    return found


def _nodes(tree: object) -> Iterator[object]:
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending += node
        elif is_dataclass(node) and not isinstance(node, Span):
            yield node
            pending += (getattr(node, part.name) for part in fields(node))
