"""The excerpt of one file under a diagnostic: its lines, and under them the marks and what is said about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from kitexgen.diagnostics.diagnostic import Label
from kitexgen.diagnostics.render.cells import Cells, cells, visible
from kitexgen.source.file import SourceFile

# Characters of source shown of one line. With gutter and label it fits the 120 columns most people have.
_WINDOW = 100
# What is kept to the left of the first mark when a line is cut.
_LEAD = 20
_CUT = "…"


class Part(Enum):
    """What a piece of the picture is; the painter gives each its colour."""

    PLAIN = "plain"
    PRIMARY = "primary"
    SECONDARY = "secondary"


@dataclass(frozen=True, slots=True)
class Row:
    """One printed line: `number` stands in the gutter (None for a line of marks), the pieces follow the `|`.

    `is_gap` is a row that stands for lines left out.
    """

    number: int | None
    pieces: tuple[tuple[Part, str], ...]
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    """Characters `[start, end)` of one line; `text` is printed beside or under it."""

    start: int
    end: int
    text: str
    is_primary: bool

    @property
    def part(self) -> Part:
        return Part.PRIMARY if self.is_primary else Part.SECONDARY


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A mark as drawn: columns `[start, end)` of the window."""

    start: int
    end: int
    mark: _Mark


def excerpt(file: SourceFile, labels: Sequence[tuple[Label, bool]]) -> list[Row]:
    """Rows for all `labels` of one file; the flag beside a label tells the primary one.

    A single line between two marked ones is shown, more are left out.
    """
    by_line: dict[int, list[_Mark]] = {}
    for label, is_primary in labels:
        for number, mark in _marks(file, label, is_primary):
            by_line.setdefault(number, []).append(mark)
    rows: list[Row] = []
    last: int | None = None
    for number in sorted(by_line):
        if last is not None and number - last == 2:
            rows += _source_rows(number - 1, file.line(number - 1), [])
        elif last is not None and number - last > 2:
            rows.append(Row(None, (), is_gap=True))
        rows += _source_rows(number, file.line(number), by_line[number])
        last = number
    return rows


def _marks(file: SourceFile, label: Label, is_primary: bool) -> Iterator[tuple[int, _Mark]]:
    """One mark for a span within a line; for a longer one the rest of its first line and the start of its last."""
    length = len(file.text)
    start = min(label.span.start, length)
    end = min(max(label.span.end, start), length)
    first = file.position(start)
    last = file.position(end)
    if last.line > first.line and last.column == 1:
        # The span ends with a line break: what shows is the line before it.
        last = file.position(end - 1)
    if first.line == last.line:
        yield first.line, _Mark(first.column - 1, last.column - 1, label.text, is_primary)
        return
    yield first.line, _Mark(first.column - 1, len(file.line(first.line)), "", is_primary)
    final = file.line(last.line)
    indent = len(final) - len(final.lstrip())
    yield last.line, _Mark(min(indent, last.column - 1), last.column - 1, label.text, is_primary)


def _source_rows(number: int, line: str, marks: list[_Mark]) -> Iterator[Row]:
    """The line and its marks; a line too long to show them at once is shown once a window.

    Only what is shown is looked at: a broken file may be one line of a megabyte with a thousand errors in it.
    """
    for group in _windows(sorted(marks, key=lambda mark: (mark.start, mark.end))) or [[]]:
        begin = _window_start(line, group)
        shown = cells(line[begin : begin + _WINDOW])
        head = _CUT if begin else ""
        tail = _CUT if len(line) > begin + _WINDOW else ""
        yield Row(number, ((Part.PLAIN, f"{head}{shown.text.rstrip()}{tail}"),))
        yield from _mark_rows([_stroke(shown, mark, begin, len(head)) for mark in group])


def _windows(marks: list[_Mark]) -> list[list[_Mark]]:
    """Marks, by their start, in groups that fit into one window each."""
    groups: list[list[_Mark]] = []
    for mark in marks:
        if groups and mark.end - groups[-1][0].start <= _WINDOW - _LEAD:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return groups


def _window_start(line: str, group: list[_Mark]) -> int:
    """First character to show: 0 unless the line is too long and its marks lie too far right."""
    if len(line) <= _WINDOW or not group or group[-1].end <= _WINDOW:
        return 0
    return max(0, group[0].start - _LEAD)


def _stroke(shown: Cells, mark: _Mark, begin: int, offset: int) -> _Stroke:
    """Where `mark` is drawn when the characters from `begin` on are shown, `offset` columns to the right."""
    last = len(shown.columns) - 1
    start = shown.columns[min(mark.start - begin, last)] + offset
    end = shown.columns[min(mark.end - begin, last)] + offset
    # An empty span, as at the end of the file, still gets its mark.
    return _Stroke(start, max(end, start + 1), mark)


def _mark_rows(strokes: list[_Stroke]) -> Iterator[Row]:
    """The row of marks with the last label beside it, then the labels that did not fit, each under its mark."""
    if not strokes:
        return
    hanging = [stroke for stroke in strokes if stroke.mark.text]
    beside = None
    if hanging and hanging[-1].end == max(stroke.end for stroke in strokes):
        beside = hanging.pop()
    pieces = _mark_line(strokes)
    if beside is not None:
        pieces.append((beside.mark.part, f" {visible(beside.mark.text)}"))
    yield Row(None, tuple(pieces))
    while hanging:
        lowest = hanging.pop()
        yield Row(None, tuple(_hanging_line(hanging, lowest)))


def _mark_line(strokes: list[_Stroke]) -> list[tuple[Part, str]]:
    """`-` under the secondary spans, `^` under the primary one, which lies on top."""
    signs: list[Part] = [Part.PLAIN] * max(stroke.end for stroke in strokes)
    for stroke in sorted(strokes, key=lambda stroke: stroke.mark.is_primary):
        signs[stroke.start : stroke.end] = [stroke.mark.part] * (stroke.end - stroke.start)
    shapes = {Part.PLAIN: " ", Part.SECONDARY: "-", Part.PRIMARY: "^"}
    pieces: list[tuple[Part, str]] = []
    for part in signs:
        if pieces and pieces[-1][0] is part:
            pieces[-1] = (part, pieces[-1][1] + shapes[part])
        else:
            pieces.append((part, shapes[part]))
    return pieces


def _hanging_line(waiting: list[_Stroke], lowest: _Stroke) -> Iterator[tuple[Part, str]]:
    """A `|` under each mark still waiting, and the label of the rightmost one."""
    at = 0
    for stroke in waiting:
        if at <= stroke.start < lowest.start:
            yield Part.PLAIN, " " * (stroke.start - at)
            yield stroke.mark.part, "|"
            at = stroke.start + 1
    yield Part.PLAIN, " " * (lowest.start - at)
    yield lowest.mark.part, visible(lowest.mark.text)
