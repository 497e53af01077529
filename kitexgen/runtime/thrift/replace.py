"""replace: a changed copy of a record."""

from __future__ import annotations

from typing import Any, TypeVar

from kitexgen.runtime.model.struct import Struct

R = TypeVar("R", bound=Struct)


def replace(record: R, /, **changes: Any) -> R:
    """Return a new record like `record`, with the attributes in `changes` set anew; unknown fields it kept go along.

    Containers that are not changed are shared with `record`. Of a union, setting one field unsets the other. Raises
    TypeError for an attribute the record has not, UnionError for a union of several.
    """
    if not isinstance(record, Struct):
        raise TypeError(f"replace() takes a record, got {type(record).__name__}")
    return record.__replace__(**changes)
