"""No field is required."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule
from kitexgen.schema.declarations import Requirement


def check(program: Program) -> Iterator[Finding]:
    for field in program.fields():
        if field.requirement is Requirement.REQUIRED:
            yield Finding(
                at=field.name_span,
                message=f"`{field.name}` is required, for ever",
                hint="leave the word out, and check for what must be there in the handler",
            )


RULE = Rule(
    code="KX0816",
    name="FIELD_NOT_REQUIRED",
    categories=BASIC,
    rationale="A required field can never be taken away: every peer that still asks for it refuses the message.",
    check=check,
)
