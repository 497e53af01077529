"""Typedefs are written in PascalCase."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import is_pascal, to_pascal
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import STANDARD, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for alias in program.aliases():
        name = own_name(alias)
        if not is_pascal(name):
            yield Finding(
                at=alias.name_span,
                message=f"the typedef `{name}` is not in PascalCase",
                hint=f"call it `{to_pascal(name)}`",
            )


RULE = Rule(
    code="KX0837",
    name="TYPEDEF_PASCAL_CASE",
    categories=STANDARD,
    rationale="It becomes the name of a type in Python and Go.",
    check=check,
    languages=("thrift",),
)
