"""Defaults without end: a default that builds a record whose own defaults build it again."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.checks.lookup import find
from kitexgen.idl.finding import error
from kitexgen.schema.declarations import Field, Record
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Schema
from kitexgen.schema.order import components, is_cycle
from kitexgen.schema.values import RecordValue, Value
from kitexgen.schema.walk import inner_values, records

_Slot = tuple[DeclId, str]


def check_default_values(schema: Schema) -> Iterator[Diagnostic]:
    """A field with a default is a node; it leads to the fields whose defaults are used where its own is built."""
    slots = {
        (record.id, field.name): (field, field.default)
        for record in records(schema)
        for field in record.fields
        if field.default is not None
    }

    def used(slot: _Slot) -> Iterator[_Slot]:
        return _defaults_used(schema, slots[slot][1])

    for group in components(slots, used):
        if is_cycle(group, used):
            yield _endless(group[0], [slots[slot][0] for slot in group])


def _defaults_used(schema: Schema, value: Value) -> Iterator[_Slot]:
    for part in inner_values(value):
        if isinstance(part, RecordValue):
            record = find(schema, part.record)
            given = {name for name, _ in part.fields}
            if isinstance(record, Record):
                for field in record.fields:
                    if field.default is not None and field.name not in given:
                        yield (record.id, field.name)


def _endless(slot: _Slot, fields: list[Field]) -> Diagnostic:
    first, *others = fields
    return error(
        "KX0316",
        f"the default of `{slot[0].name}.{slot[1]}` builds itself for ever",
        first.name_span,
        also=tuple(Label(other.name_span, "whose default is part of the circle") for other in others),
        hint="leave the default out: a record in a field without default starts as not set",
    )
