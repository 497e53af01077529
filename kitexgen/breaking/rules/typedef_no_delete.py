"""No typedef is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.deleted import deleted
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.schema.declarations import Alias


def check(comparison: Comparison) -> Iterator[Finding]:
    for alias in comparison.gone(Alias):
        yield from deleted(comparison, "typedef", alias)


RULE = Rule(
    code="KX0918",
    name="TYPEDEF_NO_DELETE",
    level=Level.SOURCE,
    why="code that uses the name breaks, and so does every IDL that includes this one",
    check=check,
    languages=("thrift",),
)
