"""Maps: keys that can be keys, enums that begin with 0 as values, and no field that borrows a map's entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import FieldDescriptor, FieldType
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.tree import FieldNode, MapTypeNode

_NO_KEYS: Final = {
    FieldType.FLOAT: "a float",
    FieldType.DOUBLE: "a double",
    FieldType.BYTES: "bytes",
    FieldType.MESSAGE: "a message",
    FieldType.ENUM: "an enum",
}


def check_maps(linked: Linked) -> Iterator[Diagnostic]:
    for message in linked.messages:
        if message.is_map_entry:
            key, value = message.fields
            yield from _key(key)
            yield from _value(value, linked)
    if linked.map_entries:
        for field in linked.fields:
            if field.type_name in linked.map_entries and not _is_written_as_map(field):
                yield error(
                    "KX0748",
                    f"`{field.type_name}` belongs to a map, so no other field has that type",
                    field.name_span,
                    hint="declare a message of your own",
                )


def _is_written_as_map(field: FieldDescriptor) -> bool:
    return isinstance(field.node, FieldNode) and isinstance(field.node.type, MapTypeNode)


def _key(key: FieldDescriptor) -> Iterator[Diagnostic]:
    if key.type in _NO_KEYS:
        yield error(
            "KX0732",
            f"the key of a map cannot be {_NO_KEYS[key.type]}",
            key.name_span,
            hint="keys are integers, bools and strings",
        )


def _value(value: FieldDescriptor, linked: Linked) -> Iterator[Diagnostic]:
    enum = linked.pool.enum(value.type_name) if value.type is FieldType.ENUM else None
    if enum is not None and enum.values and enum.values[0].number != 0:
        yield error(
            "KX0732",
            f"the first value of `{enum.full_name}` is not 0, so it cannot be the value of a map",
            value.name_span,
            also=(Label(enum.values[0].node.number.span, f"`{enum.values[0].name}` is its first"),),
        )
