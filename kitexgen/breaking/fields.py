"""Fields before and after: which is which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum as _Enum

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison, fields_by_id
from kitexgen.breaking.rule import Finding
from kitexgen.breaking.types import difference
from kitexgen.breaking.wording import type_text
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Field, Record


class Fate(_Enum):
    """What happened to a field: it kept its id, another one took its id, it got another id, it is gone."""

    KEPT = "kept"
    REPLACED = "replaced"
    RENUMBERED = "renumbered"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`new` is the field of the same id; of a renumbered one that of the same name; None when it is gone.

    `difference` is how far the types are apart.
    """

    old: Field
    new: Field | None
    fate: Fate
    difference: Level | None = None


def changes(comparison: Comparison, old: tuple[Field, ...], new: tuple[Field, ...]) -> Iterator[FieldChange]:
    """What became of each field of `old`, in order."""
    by_id = fields_by_id(new)
    by_name = {field.name: field for field in new}
    old_ids = {field.id for field in old}
    for field in old:
        same_id, same_name = by_id.get(field.id), by_name.get(field.name)
        if same_id is not None and same_id is same_name:
            yield FieldChange(field, same_id, Fate.KEPT, difference(comparison, field.type, same_id.type))
        elif same_name is not None and same_name.id not in old_ids:
            # Under a new number: whoever took the old one, if anyone did, is news of its own.
            yield FieldChange(field, same_name, Fate.RENUMBERED)
        elif same_id is not None:
            apart = difference(comparison, field.type, same_id.type)
            renamed = apart is None and same_name is None
            yield FieldChange(field, same_id, Fate.KEPT if renamed else Fate.REPLACED, apart)
        else:
            yield FieldChange(field, same_name, Fate.RENUMBERED if same_name is not None else Fate.GONE)


def record_changes(comparison: Comparison) -> Iterator[tuple[Record, Record, FieldChange]]:
    """Of every record that is still there, what became of its fields."""
    for old, new in comparison.pairs(Record):
        for change in changes(comparison, old.fields, new.fields):
            yield old, new, change


def kept(comparison: Comparison) -> Iterator[tuple[Record, Field, Field, Level | None]]:
    """Fields of records that kept their ids: the new record, the old field, the new one, how far the types differ."""
    for _, record, change in record_changes(comparison):
        if change.fate is Fate.KEPT and change.new is not None:
            yield record, change.old, change.new, change.difference


def type_changed(record: Record, old: Field, new: Field) -> Finding:
    """What all three rules about the type of a field say."""
    was, now = type_text(old.type), type_text(new.type)
    return Finding(
        message=f"`{record.id.name}.{new.name}` changed its type from `{was}` to `{now}`",
        at=Label(new.name_span, f"now {now}"),
        was=Label(old.name_span, f"was {was}"),
    )
