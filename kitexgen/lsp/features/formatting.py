"""Formatting, of a whole file or of some lines, as `kitexgen fmt` does it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import accumulate

from lsprotocol import types

from kitexgen.fmt import format_text
from kitexgen.lsp.lines import Lines
from kitexgen.lsp.workspace import Workspace


def formatting(workspace: Workspace, path: str) -> list[types.TextEdit] | None:
    """The edits that lay the file out; None when it does not parse: then there is a diagnostic."""
    return _edits(workspace, path, None)


def range_formatting(workspace: Workspace, path: str, range: types.Range) -> list[types.TextEdit] | None:
    """Of the edits for the whole file those that touch the lines of `range`."""
    last = range.end.line - (range.end.character == 0 and range.end.line > range.start.line)
    return _edits(workspace, path, (range.start.line, last))


def _edits(workspace: Workspace, path: str, wanted: tuple[int, int] | None) -> list[types.TextEdit] | None:
    text = workspace.text(path)
    if text is None:
        return None
    formatted = format_text(text, path, workspace.project(path).format)
    if formatted.text is None:
        return None
    return list(_line_edits(workspace.lines(path, text), formatted.text, wanted))


def _line_edits(lines: Lines, after: str, wanted: tuple[int, int] | None) -> Iterator[types.TextEdit]:
    """Whole lines for whole lines, so that cursors and marks elsewhere stay where they are."""
    old, new = lines.text.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, old))]
    head = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        range = lines.range(starts[head + a], starts[head + b])
        last = range.end.line - (range.end.character == 0 and b > a)
        if wanted is None or (range.start.line <= wanted[1] and last >= wanted[0]):
            yield types.TextEdit(range, "".join(new[head + c : head + d]))
