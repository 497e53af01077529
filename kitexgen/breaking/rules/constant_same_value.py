"""A constant keeps its type and value."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.types import difference
from kitexgen.breaking.wording import type_text, value_text
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Const


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Const):
        was, now = value_text(old.value), value_text(new.value)
        if difference(comparison, old.type, new.type) is not None:
            was, now = type_text(old.type), type_text(new.type)
        if was != now:
            yield Finding(
                message=f"the constant `{new.id.name}` changed from {was} to {now}",
                at=Label(new.name_span, f"now {now}"),
                was=Label(old.name_span, f"was {was}"),
            )


RULE = Rule(
    code="KX0921",
    name="CONSTANT_SAME_VALUE",
    level=Level.SOURCE,
    why="peers with the old IDL have the old value compiled in, and go by it",
    check=check,
    languages=("thrift",),
)
