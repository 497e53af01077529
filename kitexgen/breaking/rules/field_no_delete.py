"""No field is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import Fate, record_changes
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.reserved import keeps_name, keeps_number
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Field, Record, RecordKind, Requirement


def check(comparison: Comparison) -> Iterator[Finding]:
    for _, record, change in record_changes(comparison):
        old = change.old
        if change.fate is Fate.GONE and old.requirement is not Requirement.REQUIRED and not _is_told(record, old):
            yield Finding(
                message=f"the field `{record.id.name}.{old.name}` is gone",
                at=Label(record.name_span, "has it no more"),
                was=Label(old.name_span, f"had the id {old.id}"),
            )


def _is_told(record: Record, old: Field) -> bool:
    """Whether a laxer rule speaks of it: in Protobuf its number and name should be reserved."""
    is_kept = keeps_number(record.reserved, old.id) and keeps_name(record.reserved, old.name)
    return record.kind is RecordKind.MESSAGE and not is_kept


RULE = Rule(
    code="KX0910",
    name="FIELD_NO_DELETE",
    level=Level.SOURCE,
    why="peers skip what they do not know, but code that uses the field breaks; never use its id again",
    check=check,
)
