"""A field keeps its id."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import Fate, record_changes
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for _, record, change in record_changes(comparison):
        old, new = change.old, change.new
        if change.fate is Fate.RENUMBERED and new is not None:
            yield Finding(
                message=f"`{record.id.name}.{old.name}` changed its id from {old.id} to {new.id}",
                at=Label(new.id_span or new.name_span, f"now {new.id}"),
                was=Label(old.id_span or old.name_span, f"was {old.id}"),
            )


RULE = Rule(
    code="KX0904",
    name="FIELD_SAME_ID",
    level=Level.WIRE,
    why="a field is its id on the wire: a peer with the old IDL finds nothing under the old one",
    check=check,
)
