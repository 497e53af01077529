"""Ids of fields are positive."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for field in (*program.fields(), *program.parameters()):
        if field.id <= 0 and not field.is_implicit:
            yield Finding(
                at=field.id_span or field.name_span,
                message=f"`{field.name}` has the id {field.id}",
                hint="use ids from 1 to 32767; an id that is on the wire already has to stay",
            )


RULE = Rule(
    code="KX0823",
    name="FIELD_POSITIVE_ID",
    categories=BASIC,
    rationale="Apache's compiler keeps ids below 1 for fields without one; thriftgo and Kitex treat 0 as the result.",
    check=check,
    languages=("thrift",),
)
