"""No oneof is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Record


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Record):
        names = {oneof.name for oneof in new.oneofs}
        for oneof in old.oneofs:
            if oneof.name not in names:
                yield Finding(
                    message=f"the oneof `{new.id.name}.{oneof.name}` is gone",
                    at=Label(new.name_span, "has it no more"),
                    was=Label(oneof.name_span, "was declared here"),
                )


RULE = Rule(
    code="KX0950",
    name="ONEOF_NO_DELETE",
    level=Level.SOURCE,
    why="code that asks which of its fields is set breaks; what became of the fields is told at each",
    check=check,
    languages=("proto",),
)
