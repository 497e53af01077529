"""Enums are documented."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.commented import commented
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import COMMENTS, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    return commented("enum", ((each.doc, own_name(each), each.name_span) for each in program.enums()))


RULE = Rule(
    code="KX0850",
    name="COMMENT_ENUM",
    categories=COMMENTS,
    rationale="The comment becomes the docstring of the class.",
    check=check,
)
