"""No constant is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.deleted import deleted
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.schema.declarations import Const


def check(comparison: Comparison) -> Iterator[Finding]:
    for constant in comparison.gone(Const):
        yield from deleted(comparison, "constant", constant)


RULE = Rule(
    code="KX0920",
    name="CONSTANT_NO_DELETE",
    level=Level.SOURCE,
    why="code that uses it breaks, and so does every IDL that includes this one",
    check=check,
    languages=("thrift",),
)
