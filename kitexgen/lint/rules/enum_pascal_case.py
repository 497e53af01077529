"""Enums are written in PascalCase."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import is_pascal, to_pascal
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import BASIC, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for enum in program.enums():
        name = own_name(enum)
        if not is_pascal(name):
            yield Finding(
                at=enum.name_span,
                message=f"the enum `{name}` is not in PascalCase",
                hint=f"call it `{to_pascal(name)}`",
            )


RULE = Rule(
    code="KX0810",
    name="ENUM_PASCAL_CASE",
    categories=BASIC,
    rationale="An enum becomes a class in Python and a type in Go, whose names are written so.",
    check=check,
)
