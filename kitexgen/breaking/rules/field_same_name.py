"""A field keeps its name."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, _ in kept(comparison):
        if old.name != new.name:
            yield Finding(
                message=f"`{record.id.name}.{old.name}` was renamed to `{new.name}`",
                at=Label(new.name_span),
                was=Label(old.name_span),
            )


RULE = Rule(
    code="KX0909",
    name="FIELD_SAME_NAME",
    level=Level.JSON,
    why="JSON goes by names: generic and HTTP clients send the old one; code that uses the field breaks too",
    check=check,
)
