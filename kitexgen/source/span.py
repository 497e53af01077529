"""Span: a stretch of one file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range `[start, end)` of character offsets in the file called `path`.

    `path` is the name the file was asked for by, as a user should read it; two spans of one file have equal paths.
    """

    path: str
    start: int
    end: int

    def join(self, other: Span) -> Span:
        """The smallest span that covers both. Both must lie in one file."""
        if self.path != other.path:
            raise ValueError(f"spans of two files cannot be joined: {self.path} and {other.path}")
        return Span(self.path, min(self.start, other.start), max(self.end, other.end))

    def contains(self, offset: int) -> bool:
        return self.start <= offset < self.end
