"""Oneofs are written in lower_snake_case."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import is_lower_snake, to_lower_snake
from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for record in program.records():
        for oneof in record.oneofs:
            if not is_lower_snake(oneof.name):
                yield Finding(
                    at=oneof.name_span,
                    message=f"the oneof `{oneof.name}` is not in lower_snake_case",
                    hint=f"call it `{to_lower_snake(oneof.name)}`",
                )


RULE = Rule(
    code="KX0864",
    name="ONEOF_LOWER_SNAKE_CASE",
    categories=BASIC,
    rationale="A oneof stands beside the fields of its message, and is used like one.",
    check=check,
    languages=("proto",),
)
