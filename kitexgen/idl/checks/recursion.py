"""Records of which no value can exist, because each needs another of its kind first."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.checks.lookup import record
from kitexgen.idl.finding import error
from kitexgen.schema.declarations import Field, Record, RecordKind, Requirement
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Schema
from kitexgen.schema.order import components, is_cycle
from kitexgen.schema.walk import records


def check_recursion(schema: Schema) -> Iterator[Diagnostic]:
    needed = {one.id: _needed(schema, one) for one in records(schema)}

    def needs(id: DeclId) -> Iterator[DeclId]:
        return (target for target in needed[id] if target in needed)

    for group in components(needed, needs):
        if is_cycle(group, needs):
            yield _impossible(group, [needed[id] for id in group])


def _needed(schema: Schema, one: Record) -> dict[DeclId, Field]:
    """The records without which `one` cannot be, each with the field that says so. A union can always choose."""
    found: dict[DeclId, Field] = {}
    if one.kind is RecordKind.UNION:
        return found
    for field in one.fields:
        if field.requirement is Requirement.REQUIRED:
            target = record(schema, field.type)
            if isinstance(target, Record):
                found.setdefault(target.id, field)
    return found


def _impossible(group: tuple[DeclId, ...], needed: list[dict[DeclId, Field]]) -> Diagnostic:
    inner = [next(field for target, field in fields.items() if target in group) for fields in needed]
    names = [f"`{id.name}`" for id in group]
    if len(group) == 1:
        message = f"no {names[0]} can ever be made: it requires another {names[0]}"
    else:
        message = f"none of {', '.join(names)} can ever be made: each requires the next"
    return error(
        "KX0321",
        message,
        inner[0].name_span,
        "this field must hold one",
        also=tuple(Label(field.name_span, "and this one") for field in inner[1:]),
        hint="make one of the fields `optional`",
    )
