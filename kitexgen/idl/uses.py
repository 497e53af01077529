"""Uses: where names are written, and what each of them names. Noted while names are resolved, for who asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kitexgen.source.span import Span


@dataclass(frozen=True, slots=True)
class Use:
    """`span` is one part of a name, without the parts before it and without quotes.

    `target` is where the name of what it means is declared; an include, and a prefix that an include gives, mean the
    file, at its very beginning (`whole_file`).
    """

    span: Span
    target: Span


def whole_file(path: str) -> Span:
    """What stands for the file that spans call `path`, as a target."""
    return Span(path, 0, 0)


class Uses:
    """The uses of a run. Of two meanings of one part the first that was noted counts."""

    def __init__(self) -> None:
        self._by_path: dict[str, dict[Span, Span]] = {}

    def note(self, span: Span, target: Span) -> None:
        self._by_path.setdefault(span.path, {}).setdefault(span, target)

    def of(self, path: str) -> tuple[Use, ...]:
        """The uses in the file at `path`, in the order of the text."""
        return tuple(Use(span, target) for span, target in sorted(self._by_path.get(path, {}).items()))

    def to(self, target: Span) -> Iterator[Span]:
        """Every place that names `target`, file by file, in the order of the text."""
        for found in self._by_path.values():
            yield from sorted(span for span, named in found.items() if named == target)
