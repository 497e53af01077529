"""No optional field has a default."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule
from kitexgen.schema.declarations import Requirement


def check(program: Program) -> Iterator[Finding]:
    for field in program.fields():
        if field.requirement is Requirement.OPTIONAL and field.default is not None:
            yield Finding(
                at=field.name_span,
                message=f"`{field.name}` is optional and has a default",
                hint="drop one of the two: a peer cannot tell the default from a field that was not set",
            )


RULE = Rule(
    code="KX0825",
    name="FIELD_NO_OPTIONAL_DEFAULT",
    categories=BASIC,
    rationale="Go then has a plain value and no way to say that the field was not set (kitex#1292).",
    check=check,
    languages=("thrift",),
)
