"""Columns: the parts of neighbouring lines below each other, when that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from kitexgen.fmt.document import Document, Suffix, Text, concat, flat_text


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a list. `cells` are its parts in columns, without the blanks between; an empty one may be there only
    for the sake of its column. `end` comes right behind the last.
    """

    cells: tuple[Document, ...]
    end: tuple[Document, ...] = field(default=())

    def with_end(self, separator: str, comments: Sequence[Document]) -> Row:
        return replace(self, end=(*self.end, Text(separator), *comments))

    @property
    def plain(self) -> Document:
        """With one blank between parts."""
        return concat([_joined(self.cells), *self.end])


_EMPTY = Text("")


def _joined(cells: Iterable[Document]) -> Document:
    parts: list[Document | str] = []
    for cell in cells:
        if cell != _EMPTY:
            parts += (" ", cell) if parts else (cell,)
    return concat(parts)


def aligned(rows: Sequence[tuple[bool, Document | Row]], *, align: bool) -> Iterator[tuple[bool, Document]]:
    """`rows` as they are printed. Only neighbours are put in columns: a blank line, a comment or a row that takes more
    than a line begins anew.
    """
    if not align:
        yield from ((is_spaced, row.plain if isinstance(row, Row) else row) for is_spaced, row in rows)
        return
    numbers = iter(range(len(rows)))
    last = 0

    def run_of(entry: tuple[bool, Document | Row]) -> int:
        nonlocal last
        is_spaced, row = entry
        number = next(numbers)
        if is_spaced or not isinstance(row, Row) or _flat(row) is None:
            last = number
        return last

    for _, run in groupby(rows, run_of):
        entries = list(run)
        table = [_flat(row) if isinstance(row, Row) else None for _, row in entries]
        made = _table([row for row in table if row is not None])
        for (is_spaced, row), flat in zip(entries, table, strict=True):
            yield is_spaced, next(made) if flat is not None else row.plain if isinstance(row, Row) else row


_Flat = tuple[list[str], str]
"""The cells of a row, the last with its separator, and the comments at the end of its line."""


def _flat(row: Row) -> _Flat | None:
    cells: list[str] = []
    ends: list[str] = []
    for cell in row.cells:
        flat = flat_text(cell)
        if flat is None:
            return None
        cells.append(flat[0])
        ends.append(flat[1])
    tail = flat_text(concat(row.end))
    if tail is None:
        return None
    if sum(map(bool, (*ends, tail[1]))) > 1:
        return None
    used = max((at for at, cell in enumerate(cells) if cell), default=0)
    del cells[used + 1 :]
    cells[used] += tail[0]
    return cells, "".join(ends) + tail[1]


def _table(rows: list[_Flat]) -> Iterator[Document]:
    columns = max((len(cells) for cells, _ in rows), default=0)
    widths = [max((len(cells[at]) for cells, _ in rows if at < len(cells) - 1), default=0) for at in range(columns)]
    texts = [_padded(cells, widths) for cells, _ in rows]
    longest = max((len(text) for text, (_, end) in zip(texts, rows, strict=True) if end), default=0)
    for text, (_, end) in zip(texts, rows, strict=True):
        yield concat([text, Suffix(" " * (longest - len(text)) + end)] if end else [text])


def _padded(cells: list[str], widths: list[int]) -> str:
    *head, tail = cells
    # A column that nobody in the run uses takes no room.
    return "".join(f"{cell:<{widths[at]}} " for at, cell in enumerate(head) if widths[at]) + tail
