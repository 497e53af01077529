"""The name of a service ends in Service."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program, own_name
from kitexgen.lint.rule import STANDARD, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for service in program.services():
        name = own_name(service)
        if not name.endswith("Service"):
            yield Finding(
                at=service.name_span,
                message=f"the name of the service `{name}` does not end in `Service`",
                hint=f"call it `{name}Service`",
            )


RULE = Rule(
    code="KX0833",
    name="SERVICE_SUFFIX",
    categories=STANDARD,
    rationale="A service and a record of one name clash in every package that has both.",
    check=check,
)
