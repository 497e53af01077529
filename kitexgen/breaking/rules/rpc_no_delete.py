"""No method is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison, methods_of
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.services import Service


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Service):
        names = {method.name for method in methods_of(comparison.new, new)}
        own = {method.name for method in old.methods}
        for method in methods_of(comparison.old, old):
            # One that the base lost is told there; one lost with the base is not.
            if method.name not in names and (method.name in own or _has_other_base(comparison, old, new)):
                yield Finding(
                    message=f"the method `{new.id.name}.{method.name}` is gone",
                    at=Label(new.name_span, "has it no more"),
                    was=Label(method.name_span, "was declared here"),
                )


def _has_other_base(comparison: Comparison, old: Service, new: Service) -> bool:
    paired = comparison.now(old.base) if old.base is not None else None
    return (paired.id if paired is not None else None) != new.base


RULE = Rule(
    code="KX0923",
    name="RPC_NO_DELETE",
    level=Level.WIRE,
    why="clients with the old IDL call it still, and are answered that there is no such method",
    check=check,
)
