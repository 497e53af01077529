"""What can be folded: bodies, lists over several lines, long comments, headers that stand together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from lsprotocol import types

from kitexgen.idl.tokens import Comment, Token
from kitexgen.lsp.lines import Lines
from kitexgen.lsp.words import words
from kitexgen.lsp.workspace import Workspace

_CLOSERS: Final = {"{": "}", "(": ")", "[": "]"}
_HEADERS: Final = frozenset({"include", "cpp_include", "namespace", "import"})


def folding_ranges(workspace: Workspace, path: str) -> list[types.FoldingRange] | None:
    text = workspace.text(path)
    if text is None:
        return None
    lines = workspace.lines(path, text)
    found = words(text, path)
    folds = [*_brackets(lines, found.tokens), *_comments(lines, found.comments), *_headers(lines, found.tokens)]
    return sorted(folds, key=lambda fold: (fold.start_line, -fold.end_line))


def _brackets(lines: Lines, tokens: Iterable[Token]) -> Iterator[types.FoldingRange]:
    open: list[Token] = []
    for token in tokens:
        if token.kind in _CLOSERS:
            open.append(token)
        elif open and token.kind == _CLOSERS[open[-1].kind]:
            start, end = lines.line_of(open.pop().start), lines.line_of(token.start)
            # The line of the closing bracket stays in sight.
            if end - 1 > start:
                yield types.FoldingRange(start, end - 1)


def _comments(lines: Lines, comments: Iterable[Comment]) -> Iterator[types.FoldingRange]:
    """Blocks, and lines of `//` without a line between them."""
    first = last = -1
    for comment in comments:
        start, end = lines.line_of(comment.start), lines.line_of(comment.end)
        is_alone = not lines.text[lines.line_start(start) : comment.start].strip()
        if is_alone and start == last + 1 and first >= 0:
            last = end
            continue
        if last > first >= 0:
            yield _kind(first, last, types.FoldingRangeKind.Comment)
        first, last = (start, end) if is_alone else (-1, -1)
    if last > first >= 0:
        yield _kind(first, last, types.FoldingRangeKind.Comment)


def _headers(lines: Lines, tokens: Iterable[Token]) -> Iterator[types.FoldingRange]:
    """Includes, imports and namespaces that follow each other."""
    rows = [lines.line_of(token.start) for token in _leading(lines, tokens)]
    start = end = -1
    for row, following in pairwise([*rows, -1]):
        start = row if start < 0 else start
        end = row
        if following != row + 1:
            if end > start:
                yield _kind(start, end, types.FoldingRangeKind.Imports)
            start = -1


def _leading(lines: Lines, tokens: Iterable[Token]) -> Iterator[Token]:
    row = -1
    for token in tokens:
        here = lines.line_of(token.start)
        if here != row and token.text in _HEADERS:
            yield token
        row = here


def _kind(start: int, end: int, kind: types.FoldingRangeKind) -> types.FoldingRange:
    return types.FoldingRange(start, end, kind=kind)
