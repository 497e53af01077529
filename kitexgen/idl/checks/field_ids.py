"""Field ids used twice, as they go over the wire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.schema.declarations import Field, Record
from kitexgen.schema.module import Schema
from kitexgen.schema.walk import declarations

# Kitex's IDLs keep the common part of requests and responses (`base.Base`) there, however few fields stand before it.
_BASE_ID: Final = 255


def check_field_ids(schema: Schema) -> Iterator[Diagnostic]:
    for declaration in declarations(schema):
        if isinstance(declaration, Record):
            yield from _repeats(declaration.fields, f"`{declaration.id.name}`")
    for service in schema.services():
        for method in service.methods:
            name = f"`{service.id.name}.{method.name}`"
            yield from _repeats(method.arguments, f"the arguments of {name}")
            yield from _repeats(method.throws, f"the throws of {name}")


def _repeats(fields: tuple[Field, ...], owner: str) -> Iterator[Diagnostic]:
    seen: dict[int, Field] = {}
    for field in fields:
        first = seen.setdefault(field.id, field)
        if first is not field:
            yield error(
                "KX0204",
                f"field id {field.id} is used twice in {owner}",
                field.id_span or field.name_span,
                f"`{field.name}` takes it again",
                also=(Label(first.id_span or first.name_span, f"`{first.name}` has it"),),
                hint=f"{free_id(each.id for each in fields)} is free; never reuse an id that has been on the wire",
            )


def free_id(ids: Iterable[int]) -> int:
    """The number after the highest of `ids`, `base.Base` aside; after 32767 the lowest that is not taken.

    A gap may be that of a field that was taken away, and must not be used again.
    """
    taken = set(ids)
    highest = max(taken - {_BASE_ID} | {0})
    return next(id for id in chain(range(highest + 1, 0x8000), range(1, 0x8000)) if id not in taken)
