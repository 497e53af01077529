"""built_fields: what a constructor has to be told to make the value that the IDL has of a record."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.schema.declarations import Field, Record, Requirement
from kitexgen.schema.values import RecordValue, Value


def built_fields(record: Record, value: RecordValue) -> Iterator[tuple[Field, Value]]:
    """The fields that `value` has, and the required ones it leaves to defaults, which the constructor asks for."""
    given = dict(value.fields)
    for field in record.fields:
        left_out = field.default if field.requirement is Requirement.REQUIRED else None
        found = given.get(field.name, left_out)
        if found is not None:
            yield field, found
