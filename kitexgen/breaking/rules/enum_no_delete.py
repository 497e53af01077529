"""No enum is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.deleted import deleted
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.schema.declarations import Enum


def check(comparison: Comparison) -> Iterator[Finding]:
    for enum in comparison.gone(Enum):
        yield from deleted(comparison, "enum", enum)


RULE = Rule(
    code="KX0917",
    name="ENUM_NO_DELETE",
    level=Level.SOURCE,
    why="code that uses it breaks; where a field or method used it, that is told there",
    check=check,
)
