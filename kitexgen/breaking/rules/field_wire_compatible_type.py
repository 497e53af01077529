"""A field keeps a type that is written alike."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept, type_changed
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, apart in kept(comparison):
        if apart is Level.WIRE:
            yield type_changed(record, old, new)


RULE = Rule(
    code="KX0901",
    name="FIELD_WIRE_COMPATIBLE_TYPE",
    level=Level.WIRE,
    why="a peer with the old IDL skips the field as one of a type that it does not expect, or reads nonsense",
    check=check,
)
