"""Services are documented."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.commented import commented
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import COMMENTS, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    return commented("service", ((each.doc, own_name(each), each.name_span) for each in program.services()))


RULE = Rule(
    code="KX0855",
    name="COMMENT_SERVICE",
    categories=COMMENTS,
    rationale="It is the first thing that people read of an API.",
    check=check,
)
