"""Structs, unions, exceptions and messages are documented."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.commented import commented
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import COMMENTS, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    return commented("record", ((each.doc, own_name(each), each.name_span) for each in program.records()))


RULE = Rule(
    code="KX0853",
    name="COMMENT_MESSAGE",
    categories=COMMENTS,
    rationale="The comment becomes the docstring of the class.",
    check=check,
)
