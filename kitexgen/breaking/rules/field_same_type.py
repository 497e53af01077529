"""A field keeps its type."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept, type_changed
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, apart in kept(comparison):
        if apart is Level.SOURCE:
            yield type_changed(record, old, new)


RULE = Rule(
    code="KX0903",
    name="FIELD_SAME_TYPE",
    level=Level.SOURCE,
    why="peers notice nothing, but code that uses the field is written for the old type",
    check=check,
)
