"""The picture in the terminal: header, excerpt, marks, hint, and one line that counts at the end.

echo.thrift:3:3: error[KX0204]: field id 1 is used twice in `EchoRequest`
  2 |   1: required string message
    |   - `message` has it
  3 |   1: optional i32 count
    |   ^ `count` takes it again
    = hint: 2 is free; never reuse an id that has been on the wire
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.diagnostics.render.cells import visible
from kitexgen.diagnostics.render.counted import counted
from kitexgen.diagnostics.render.excerpt import Part, Row, excerpt
from kitexgen.diagnostics.render.places import region
from kitexgen.source.file import SourceFile

_RESET = "\033[0m"
_BOLD = "\033[1m"
_SEVERITY_COLOR = {Severity.ERROR: "\033[1;31m", Severity.WARNING: "\033[1;33m", Severity.NOTE: "\033[1;36m"}
_GUTTER_COLOR = "\033[34m"
_SECONDARY_COLOR = "\033[1;34m"
_HINT_COLOR = "\033[1;32m"


def render_text(diagnostics: Iterable[Diagnostic], files: Mapping[str, SourceFile], *, color: bool = False) -> str:
    """All diagnostics, a blank line between two; empty when there are none."""
    return "\n".join(_Picture(diagnostic, files, color).draw() for diagnostic in diagnostics)


def render_summary(diagnostics: Iterable[Diagnostic]) -> str:
    """How many of each severity, and how to learn more: `2 errors, 1 warning (kitexgen explain KX0204 says more)`.

    Empty when there is nothing to count.
    """
    found = list(diagnostics)
    counts = [(severity, sum(one.severity is severity for one in found)) for severity in Severity]
    told = ", ".join(counted(n, severity.value) for severity, n in counts if n)
    if not told:
        return ""
    worst = next(severity for severity, n in counts if n)
    code = next(one.code for one in found if one.severity is worst)
    return f"{told} (`kitexgen explain {code}` says more)\n"


class _Picture:
    """One diagnostic on its way to text."""

    def __init__(self, diagnostic: Diagnostic, files: Mapping[str, SourceFile], color: bool) -> None:
        self._diagnostic = diagnostic
        self._files = files
        self._color = color

    def draw(self) -> str:
        sections = [(path, excerpt(self._files[path], labels)) for path, labels in self._labels_by_file()]
        numbers = [row.number for _, rows in sections for row in rows if row.number is not None]
        width = len(str(max(numbers, default=0)))
        lines = [self._header()]
        for path, rows in sections:
            if self._diagnostic.at is None or path != self._diagnostic.at.span.path:
                lines.append(self._gutter(" " * width, f"--> {self._first_place(path)}"))
            lines += [self._row(row, width) for row in rows]
        lines += self._unread(width)
        if self._diagnostic.hint is not None:
            first, *rest = self._diagnostic.hint.split("\n")
            lines.append(
                self._gutter(" " * width, "=") + " " + self._paint(_HINT_COLOR, "hint:") + f" {visible(first)}"
            )
            lines += [f"{' ' * (width + 11)}{visible(line)}" for line in rest]
        return "\n".join(line.rstrip() for line in lines) + "\n"

    def _labels_by_file(self) -> list[tuple[str, Sequence[tuple[Label, bool]]]]:
        """The labels whose file can be shown, the primary one's file first."""
        grouped: dict[str, list[tuple[Label, bool]]] = {}
        if self._diagnostic.at is not None:
            grouped[self._diagnostic.at.span.path] = [(self._diagnostic.at, True)]
        for label in self._diagnostic.also:
            grouped.setdefault(label.span.path, []).append((label, False))
        return [(path, labels) for path, labels in grouped.items() if path in self._files]

    def _header(self) -> str:
        severity = self._diagnostic.severity
        tag = self._paint(_SEVERITY_COLOR[severity], f"{severity.value}[{self._diagnostic.code}]")
        message = self._paint(_BOLD, visible(self._diagnostic.message))
        at = self._diagnostic.at
        place = "" if at is None else f"{self._place(at)}: "
        return f"{place}{tag}: {message}"

    def _place(self, label: Label) -> str:
        place = region(label.span, self._files)
        path = visible(label.span.path)
        return path if place is None else f"{path}:{place.line}:{place.column}"

    def _first_place(self, path: str) -> str:
        return self._place(next(label for label in self._diagnostic.also if label.span.path == path))

    def _unread(self, width: int) -> list[str]:
        """Labels in files whose text is not known: named, without an excerpt."""
        labels = [label for label in self._diagnostic.also if label.span.path not in self._files]
        at = self._diagnostic.at
        lines = [self._gutter(" " * width, f"= {visible(at.text)}")] if at and at.text and not self._is_read(at) else []
        for label in labels:
            said = f": {visible(label.text)}" if label.text else ""
            lines.append(self._gutter(" " * width, f"--> {visible(label.span.path)}{said}"))
        return lines

    def _is_read(self, label: Label) -> bool:
        return label.span.path in self._files

    def _row(self, row: Row, width: int) -> str:
        if row.is_gap:
            return self._paint(_GUTTER_COLOR, "  ...")
        number = "" if row.number is None else str(row.number)
        text = "".join(self._paint(self._part_color(part), piece) for part, piece in row.pieces)
        return f"{self._gutter(number.rjust(width), '|')} {text}"

    def _part_color(self, part: Part) -> str:
        match part:
            case Part.PRIMARY:
                return _SEVERITY_COLOR[self._diagnostic.severity]
            case Part.SECONDARY:
                return _SECONDARY_COLOR
            case Part.PLAIN:
                return ""

    def _gutter(self, number: str, sign: str) -> str:
        return self._paint(_GUTTER_COLOR, f"  {number} {sign}")

    def _paint(self, color: str, text: str) -> str:
        if not self._color or not color or not text.strip():
            return text
        return f"{color}{text}{_RESET}"
