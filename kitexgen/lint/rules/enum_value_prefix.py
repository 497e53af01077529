"""Members of an enum begin with its name."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import to_upper_snake
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import STANDARD, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for enum, member in program.members():
        prefix = f"{to_upper_snake(own_name(enum))}_"
        if not member.name.startswith(prefix):
            yield Finding(
                at=member.name_span,
                message=f"`{member.name}` does not begin with `{prefix}`",
                hint=f"call it `{prefix}{member.name}`",
            )


RULE = Rule(
    code="KX0865",
    name="ENUM_VALUE_PREFIX",
    categories=STANDARD,
    rationale="In Protobuf members stand beside their enum, so two enums with an UNKNOWN clash.",
    check=check,
    languages=("proto",),
)
