"""The first member of an enum is zero."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import BASIC, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for enum in program.enums():
        if enum.members and enum.members[0].number != 0:
            first = enum.members[0]
            yield Finding(
                at=first.name_span,
                message=f"the first member of `{own_name(enum)}` is {first.number}, not 0",
                hint="a field that was never set reads as 0: let a first member say what that means",
            )


RULE = Rule(
    code="KX0812",
    name="ENUM_FIRST_VALUE_ZERO",
    categories=BASIC,
    rationale="An enum that was not set is 0 for every peer; without a member for it that is no value at all.",
    check=check,
)
