"""Field ids used twice, as they go over the wire."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.schema.declarations import Field, Record
from kitexgen.schema.module import Schema
from kitexgen.schema.walk import declarations


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
                hint=f"{_free(fields)} is free; never reuse an id that has been on the wire",
            )


def _free(fields: tuple[Field, ...]) -> int:
    """The number after the highest; after 32767 the lowest that is not taken."""
    taken = {field.id for field in fields}
    highest = max(taken | {0})
    return highest + 1 if highest < 0x7FFF else next(id for id in range(1, 0x8000) if id not in taken)
