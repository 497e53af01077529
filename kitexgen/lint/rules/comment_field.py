"""Fields are documented."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.commented import commented
from kitexgen.lint.program import Program
from kitexgen.lint.rule import COMMENTS, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    return commented("field", ((each.doc, each.name, each.name_span) for each in program.fields()))


RULE = Rule(
    code="KX0852",
    name="COMMENT_FIELD",
    categories=COMMENTS,
    rationale="Units, bounds and meaning of a value are in no type.",
    check=check,
)
