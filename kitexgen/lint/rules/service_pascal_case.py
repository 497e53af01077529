"""Services are written in PascalCase."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.casing import is_pascal, to_pascal
from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import BASIC, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for service in program.services():
        name = own_name(service)
        if not is_pascal(name):
            yield Finding(
                at=service.name_span,
                message=f"the service `{name}` is not in PascalCase",
                hint=f"call it `{to_pascal(name)}`",
            )


RULE = Rule(
    code="KX0819",
    name="SERVICE_PASCAL_CASE",
    categories=BASIC,
    rationale="A service becomes a class, and part of the path of a gRPC call.",
    check=check,
)
