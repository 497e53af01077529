"""Members of enums are written in UPPER_SNAKE_CASE."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import is_upper_snake, to_upper_snake
from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for _, member in program.members():
        if not is_upper_snake(member.name):
            yield Finding(
                at=member.name_span,
                message=f"the member `{member.name}` is not in UPPER_SNAKE_CASE",
                hint=f"call it `{to_upper_snake(member.name)}`",
            )


RULE = Rule(
    code="KX0811",
    name="ENUM_VALUE_UPPER_SNAKE_CASE",
    categories=BASIC,
    rationale="A member is a constant, and constants are written so in every language that is generated.",
    check=check,
)
