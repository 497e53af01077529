"""No two fields of a record are one in Go."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Label
from kitexgen.idl.thrift.go_names import go_name
from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule
from kitexgen.schema.declarations import Field


def check(program: Program) -> Iterator[Finding]:
    for record in program.records():
        first: dict[str, Field] = {}
        for field in record.fields:
            known = first.setdefault(go_name(field.name), field)
            if known is not field:
                yield Finding(
                    at=field.name_span,
                    message=f"`{field.name}` and `{known.name}` are both `{go_name(field.name)}` in Go",
                    also=(Label(known.name_span, "comes first"),),
                    hint="let them differ in more than case and underscores",
                )


RULE = Rule(
    code="KX0839",
    name="NAME_UNIQUE_IN_GO",
    categories=BASIC,
    rationale="Kitex puts an underscore behind one of them, and which one depends on the order of the fields.",
    check=check,
    languages=("thrift",),
)
