"""Fields stand in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Label
from kitexgen.lint.program import Program
from kitexgen.lint.rule import STANDARD, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for record in program.records():
        for before, field in zip(record.fields, record.fields[1:], strict=False):
            if field.id < before.id and not field.is_implicit:
                yield Finding(
                    at=field.id_span or field.name_span,
                    message=f"{field.id} comes after {before.id}",
                    also=(Label(before.id_span or before.name_span, f"`{before.name}`"),),
                    hint="put new fields last, with the next free id",
                )


RULE = Rule(
    code="KX0824",
    name="FIELD_ID_ORDER",
    categories=STANDARD,
    rationale="In a list out of order a reader cannot see which id is free, and uses one again.",
    check=check,
    languages=("thrift",),
)
