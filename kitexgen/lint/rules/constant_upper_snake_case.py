"""Constants are written in UPPER_SNAKE_CASE."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import is_upper_snake, to_upper_snake
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import STANDARD, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for constant in program.constants():
        name = own_name(constant)
        if not is_upper_snake(name):
            yield Finding(
                at=constant.name_span,
                message=f"the constant `{name}` is not in UPPER_SNAKE_CASE",
                hint=f"call it `{to_upper_snake(name)}`",
            )


RULE = Rule(
    code="KX0836",
    name="CONSTANT_UPPER_SNAKE_CASE",
    categories=STANDARD,
    rationale="It becomes a constant of a Python module, which are written so.",
    check=check,
    languages=("thrift",),
)
