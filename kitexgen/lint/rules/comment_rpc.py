"""Methods are documented."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.commented import commented
from kitexgen.lint.program import Program
from kitexgen.lint.rule import COMMENTS, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    return commented("method", ((each.doc, each.name, each.name_span) for _, each in program.methods()))


RULE = Rule(
    code="KX0854",
    name="COMMENT_RPC",
    categories=COMMENTS,
    rationale="The comment is what a caller's editor shows.",
    check=check,
)
