"""The name of a deleted field is reserved."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import Fate, record_changes
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.reserved import keeps_name, keeps_number
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for _, record, change in record_changes(comparison):
        old, reserved = change.old, record.reserved
        if change.fate is Fate.GONE and keeps_number(reserved, old.id) and not keeps_name(reserved, old.name):
            yield Finding(
                message=f"the field `{record.id.name}.{old.name}` is gone and its name is not reserved",
                at=Label(record.name_span, f'`reserved "{old.name}";` is missing'),
                was=Label(old.name_span),
            )


RULE = Rule(
    code="KX0941",
    name="FIELD_NO_DELETE_UNLESS_NAME_RESERVED",
    level=Level.JSON,
    why="another field may take the name, and JSON of peers with the old IDL would be read into it",
    check=check,
    languages=("proto",),
)
