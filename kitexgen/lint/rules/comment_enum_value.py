"""Members of enums are documented."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.commented import commented
from kitexgen.lint.program import Program
from kitexgen.lint.rule import COMMENTS, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    return commented("member", ((each.doc, each.name, each.name_span) for _, each in program.members()))


RULE = Rule(
    code="KX0851",
    name="COMMENT_ENUM_VALUE",
    categories=COMMENTS,
    rationale="What a member stands for is seldom clear from its name alone.",
    check=check,
)
