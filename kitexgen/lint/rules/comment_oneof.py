"""Oneofs are documented."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.commented import commented
from kitexgen.lint.program import Program
from kitexgen.lint.rule import COMMENTS, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    oneofs = (oneof for record in program.records() for oneof in record.oneofs)
    return commented("oneof", ((each.doc, each.name, each.name_span) for each in oneofs))


RULE = Rule(
    code="KX0868",
    name="COMMENT_ONEOF",
    categories=COMMENTS,
    rationale="What it means that none of its fields is set is in no type.",
    check=check,
    languages=("proto",),
)
