"""A field keeps a type that is alike in JSON."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept, type_changed
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, apart in kept(comparison):
        if apart is Level.JSON:
            yield type_changed(record, old, new)


RULE = Rule(
    code="KX0902",
    name="FIELD_JSON_COMPATIBLE_TYPE",
    level=Level.JSON,
    why="the bytes stay the same, but generic and HTTP clients, which speak JSON, send the old form",
    check=check,
)
