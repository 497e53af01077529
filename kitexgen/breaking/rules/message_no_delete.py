"""No record is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.deleted import deleted
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.schema.declarations import Record


def check(comparison: Comparison) -> Iterator[Finding]:
    for record in comparison.gone(Record):
        yield from deleted(comparison, record.kind.value, record)


RULE = Rule(
    code="KX0916",
    name="MESSAGE_NO_DELETE",
    level=Level.SOURCE,
    why="code that uses it breaks; where a field or method used it, that is told there",
    check=check,
)
