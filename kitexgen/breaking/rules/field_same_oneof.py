"""A field stays in its oneof, and one that is in none stays out."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, _ in kept(comparison):
        if old.oneof != new.oneof:
            yield Finding(
                message=f"`{record.id.name}.{new.name}` was in {_place(old.oneof)} and is in {_place(new.oneof)}",
                at=Label(new.name_span, f"now in {_place(new.oneof)}"),
                was=Label(old.name_span, f"was in {_place(old.oneof)}"),
            )


def _place(oneof: str | None) -> str:
    return f"the oneof {oneof}" if oneof is not None else "no oneof"


RULE = Rule(
    code="KX0947",
    name="FIELD_SAME_ONEOF",
    level=Level.WIRE,
    why="peers with the old IDL may set it beside another one, and of two in a oneof only the last is kept",
    check=check,
    languages=("proto",),
)
