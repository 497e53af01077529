"""A typedef keeps its type."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.types import difference
from kitexgen.breaking.wording import type_text
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Alias


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Alias):
        if difference(comparison, old.type, new.type) is not None:
            yield Finding(
                message=f"the typedef `{new.id.name}` was {type_text(old.type)} and is {type_text(new.type)}",
                at=Label(new.name_span, f"now {type_text(new.type)}"),
                was=Label(old.name_span, f"was {type_text(old.type)}"),
            )


RULE = Rule(
    code="KX0919",
    name="TYPEDEF_SAME_TYPE",
    level=Level.SOURCE,
    why="code that uses the name breaks; what it does to fields is told there",
    check=check,
    languages=("thrift",),
)
