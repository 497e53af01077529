"""Fields are written in lower_snake_case."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import is_lower_snake, to_lower_snake
from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for field in (*program.fields(), *program.parameters()):
        if not is_lower_snake(field.name):
            yield Finding(
                at=field.name_span,
                message=f"`{field.name}` is not in lower_snake_case",
                hint=f"call it `{to_lower_snake(field.name)}`; JSON and keyword arguments change with it",
            )


RULE = Rule(
    code="KX0815",
    name="FIELD_LOWER_SNAKE_CASE",
    categories=BASIC,
    rationale="A field becomes a Python attribute of the same spelling, and Go makes its own of it.",
    check=check,
)
