"""A method keeps its idempotency level."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.annotations import option
from kitexgen.schema.services import Method
from kitexgen.schema.values import EnumValue


def check(comparison: Comparison) -> Iterator[Finding]:
    for pair in comparison.methods():
        was, now = (_level(method) for method in (pair.old, pair.new))
        if was != now:
            yield Finding(
                message=f"`{pair.service.id.name}.{pair.new.name}` was {was} and is {now}",
                at=Label(pair.new.name_span, f"now {now}"),
                was=Label(pair.old.name_span, f"was {was}"),
            )


def _level(method: Method) -> str:
    value = option(method.options, "idempotency_level")
    return value.name or str(value.number) if isinstance(value, EnumValue) else "IDEMPOTENCY_UNKNOWN"


RULE = Rule(
    code="KX0953",
    name="RPC_SAME_IDEMPOTENCY_LEVEL",
    level=Level.WIRE,
    why="clients with the old IDL retry it, or send it by GET, where that is no longer safe",
    check=check,
    languages=("proto",),
)
