"""Arguments that a method gained."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.pairing import Comparison, MethodPair
from kitexgen.schema.declarations import Field, Record
from kitexgen.schema.types import Ref


def added_records(comparison: Comparison, pair: MethodPair) -> Iterator[Field]:
    """New arguments that are records: one that does not come is missed, where a plain one reads as zero."""
    ids = {field.id for field in pair.old.arguments}
    names = {field.name for field in pair.old.arguments}
    for field in pair.new.arguments:
        type = comparison.new.resolve(field.type)
        is_record = isinstance(type, Ref) and isinstance(comparison.new.find(type.target), Record)
        if is_record and field.id not in ids and field.name not in names:
            yield field
