"""No service is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.services import Service
from kitexgen.source.span import Span


def check(comparison: Comparison) -> Iterator[Finding]:
    for service in comparison.gone(Service):
        module = comparison.module_now(service.id.module)
        yield Finding(
            message=f"the service `{service.id.name}` is gone",
            at=None if module is None else Label(Span(module.id.path, 0, 0), "no longer in this file"),
            was=Label(service.name_span, "was declared here"),
        )


RULE = Rule(
    code="KX0922",
    name="SERVICE_NO_DELETE",
    level=Level.WIRE,
    why="clients with the old IDL call it still, and are answered that there is no such method",
    check=check,
)
