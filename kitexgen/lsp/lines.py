"""Lines: offsets of a text to the positions of an editor, and back."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

from lsprotocol.types import Position, PositionEncodingKind, Range

# What the protocol takes for the end of a line; Python's splitlines() knows more.
_LINE_END: Final = re.compile(r"\r\n|\n|\r")

_UNITS: Final[dict[str, Callable[[str], int]]] = {
    PositionEncodingKind.Utf8.value: lambda text: len(text.encode("utf-8", "surrogatepass")),
    PositionEncodingKind.Utf16.value: lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    PositionEncodingKind.Utf32.value: len,
}


class Lines:
    """The lines of one text, counted from 0, their columns in the units of `encoding`."""

    def __init__(self, text: str, encoding: str = PositionEncodingKind.Utf16.value) -> None:
        self.text = text
        self._units = _UNITS[encoding]
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        # Then all units are characters, and nothing need be encoded.
        self._is_plain = text.isascii()

    def offset(self, position: Position) -> int:
        """The offset of `position`; what lies behind the end of a line, or of the text, is taken for that end."""
        if position.line >= len(self._starts):
            return len(self.text)
        start, end = self._starts[position.line], self._end(position.line)
        if self._is_plain:
            return min(start + position.character, end)
        at = start
        units = position.character
        while at < end and units > 0:
            units -= self._units(self.text[at])
            at += 1
        return at

    def position(self, offset: int) -> Position:
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        if self._is_plain:
            return Position(line, offset - start)
        return Position(line, self._units(self.text[start:offset]))

    def range(self, start: int, end: int) -> Range:
        return Range(self.position(start), self.position(end))

    def span(self, range: Range) -> tuple[int, int]:
        """The offsets `[start, end)` of `range`."""
        return self.offset(range.start), self.offset(range.end)

    def line_of(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1

    def line_start(self, line: int) -> int:
        return self._starts[min(line, len(self._starts) - 1)]

    def _end(self, line: int) -> int:
        """Where `line` ends, its line end left out."""
        if line + 1 == len(self._starts):
            return len(self.text)
        end = self._starts[line + 1] - 1
        return end - 1 if end > 0 and self.text[end] == "\n" and self.text[end - 1] == "\r" else end
