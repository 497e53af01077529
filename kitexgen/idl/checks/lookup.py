"""Following types in a schema that may have holes, because other mistakes were found in the same run."""

from __future__ import annotations

from kitexgen.schema.declarations import Enum, Record
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Declaration, Schema
from kitexgen.schema.types import Ref, Type


def find(schema: Schema, id: DeclId) -> Declaration | None:
    try:
        return schema.find(id)
    except KeyError:
        return None


def resolved(schema: Schema, type: Type) -> Type | None:
    """`type` with aliases followed at its outermost level, or None where that leads nowhere."""
    try:
        return schema.resolve(type)
    except KeyError:
        return None


def record(schema: Schema, type: Type | None) -> Record | Enum | None:
    """The record or enum that `type` is, or None."""
    end = resolved(schema, type) if type is not None else None
    found = find(schema, end.target) if isinstance(end, Ref) else None
    return found if isinstance(found, Record | Enum) else None
