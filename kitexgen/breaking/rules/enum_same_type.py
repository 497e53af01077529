"""An open enum stays open, and a closed one closed."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Enum


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Enum):
        if old.is_closed != new.is_closed:
            now, was = ("closed", "open") if new.is_closed else ("open", "closed")
            yield Finding(
                message=f"the enum `{new.id.name}` was {was} and is {now}",
                at=Label(new.name_span, f"now {now}"),
                was=Label(old.name_span, f"was {was}"),
            )


RULE = Rule(
    code="KX0949",
    name="ENUM_SAME_TYPE",
    level=Level.SOURCE,
    why="a number without a name is kept in an open enum, and put aside as unknown by a closed one",
    check=check,
    languages=("proto",),
)
