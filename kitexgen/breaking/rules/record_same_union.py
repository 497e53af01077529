"""A struct does not become a union, nor a union a struct."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Record, RecordKind


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Record):
        if old.kind is not new.kind and RecordKind.UNION in {old.kind, new.kind}:
            yield Finding(
                message=f"`{new.id.name}` was a {old.kind.value} and is a {new.kind.value}",
                at=Label(new.name_span, f"now a {new.kind.value}"),
                was=Label(old.name_span, f"was a {old.kind.value}"),
            )


RULE = Rule(
    code="KX0911",
    name="RECORD_SAME_UNION",
    level=Level.WIRE,
    why="a union holds exactly one field: one side writes none or several, and the other refuses that",
    check=check,
    languages=("thrift",),
)
