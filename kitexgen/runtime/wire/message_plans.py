"""Plans of message classes for the compiled codec: what `_native.add_message` takes."""

from __future__ import annotations

from typing import Any, Final

from kitexgen.runtime.wire.protobuf_table import (
    EnumTable,
    FieldTable,
    MapTable,
    MessageRef,
    ScalarTable,
    TypeTable,
    message_table,
)
from kitexgen.runtime.wire.table import home_of

_MOST_ONEOFS: Final = 64


def message_plan(cls: Any) -> tuple[tuple[tuple[Any, ...], ...], bool]:
    """The rows of the fields of a message class, in the order of writing, and whether it can be read without Python.

    A row: (number, attribute, type, when it is left out, where its value comes from when it is absent, that value, its
    oneof, counted from 1). Raises TypeError when `cls` is no message class, ValueError for one with too many oneofs.
    """
    table = message_table(cls)
    oneofs = {name: place for place, name in enumerate(table.oneofs, 1)}
    if len(oneofs) > _MOST_ONEOFS:
        raise ValueError(f"{table.name} has {len(oneofs)} oneofs")
    # What is in a MessageSet stands there in another form; a class derived by hand may make its instances otherwise.
    reads = not table.is_message_set and home_of(cls) is cls
    return tuple([_row(field, oneofs) for field in table.fields]), reads


def _row(field: FieldTable, oneofs: dict[str, int]) -> tuple[Any, ...]:
    presence = "always" if field.is_required or field.is_repeated else "unless default"
    absence = "dict" if field.zero is dict else "list" if field.zero is list else "shared"
    missing = field.zero if absence == "shared" else None
    if field.array_code:
        absence, missing = "array", field.zero()  # to be copied
    if field.is_explicit and not field.is_required:
        presence = "unless none"
    oneof = oneofs[field.oneof] if field.oneof else 0
    return field.number, field.attribute, _spelled(field), presence, absence, missing, oneof


def _spelled(field: FieldTable) -> tuple[Any, ...]:
    if field.is_repeated and not isinstance(field.type, MapTable):
        word = "array" if field.array_code else "list"
        return f"packed_{word}" if field.is_packed else word, _spelled_type(field.type)
    return _spelled_type(field.type)


def _spelled_type(type_: TypeTable) -> tuple[Any, ...]:
    match type_:
        case ScalarTable(kind):
            return (kind,)
        case EnumTable(cls, is_closed):
            members = {int(member): member for member in cls.__members__.values()}
            return "closed_enum" if is_closed else "enum", cls, members
        case MessageRef(cls, is_delimited):
            return "group" if is_delimited else "message", cls
        case MapTable(entry):
            key, value = entry.fields
            return "map", _spelled_type(key.type), _spelled_type(value.type)
