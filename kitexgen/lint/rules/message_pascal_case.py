"""Structs, unions, exceptions and messages are written in PascalCase."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import is_pascal, to_pascal
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import BASIC, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for record in program.records():
        name = own_name(record)
        if not is_pascal(name):
            yield Finding(
                at=record.name_span,
                message=f"the {record.kind.value} `{name}` is not in PascalCase",
                hint=f"call it `{to_pascal(name)}`",
            )


RULE = Rule(
    code="KX0818",
    name="MESSAGE_PASCAL_CASE",
    categories=BASIC,
    rationale="A record becomes a class in Python and a type in Go, whose names are written so.",
    check=check,
)
