"""A method returns what it returned."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.types import difference
from kitexgen.breaking.wording import type_text
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for pair in comparison.methods():
        old, new = pair.old, pair.new
        if difference(comparison, old.result, new.result) is Level.WIRE:
            yield Finding(
                message=f"`{pair.service.id.name}.{new.name}` returned {type_text(old.result)} "
                f"and returns {type_text(new.result)}",
                at=Label(new.name_span, f"now {type_text(new.result)}"),
                was=Label(old.name_span, f"was {type_text(old.result)}"),
            )


RULE = Rule(
    code="KX0925",
    name="RPC_SAME_RESPONSE_TYPE",
    level=Level.WIRE,
    why="clients with the old IDL cannot read the answer",
    check=check,
)
