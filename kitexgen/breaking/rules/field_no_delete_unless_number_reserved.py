"""The number of a deleted field is reserved."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import Fate, record_changes
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.reserved import keeps_number
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for _, record, change in record_changes(comparison):
        old = change.old
        if change.fate is Fate.GONE and not keeps_number(record.reserved, old.id):
            yield Finding(
                message=f"the field `{record.id.name}.{old.name}` is gone and its number {old.id} is not reserved",
                at=Label(record.name_span, f"`reserved {old.id};` is missing"),
                was=Label(old.name_span, f"had the number {old.id}"),
            )


RULE = Rule(
    code="KX0940",
    name="FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
    level=Level.WIRE,
    why="another field may take the number, and peers with the old IDL would read the old one in it",
    check=check,
    languages=("proto",),
)
