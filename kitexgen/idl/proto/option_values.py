"""Options as read, to the values of the schema: names instead of numbers, text instead of bytes, maps as maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kitexgen.idl.proto.descriptors import Element, FieldDescriptor, FieldType
from kitexgen.idl.proto.interpreted import OptionMessage, OptionValue, SetField, option_name
from kitexgen.idl.proto.options.interpret import Interpretation
from kitexgen.schema.annotations import Option, Options
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, Value

# Where the options of Protobuf itself are declared, which a run need not have read.
_DESCRIPTOR: Final = ModuleId("google/protobuf/descriptor.proto")
_PACKAGE: Final = "google.protobuf."


class OptionValues:
    """`ids` are the declarations of the run by full name."""

    def __init__(self, interpretation: Interpretation, ids: Mapping[str, DeclId]) -> None:
        self._options = interpretation.options
        self._types = interpretation.types
        self._ids = ids

    def of(self, element: Element) -> Options:
        """The options of `element` in the order of first setting."""
        if not element.options:
            return ()
        return tuple(Option(option_name(each.field), self._set(each), each.span) for each in self._options.of(element))

    def _set(self, each: SetField) -> Value:
        if not each.field.is_repeated:
            return self._value(each.field, each.value)
        values = [self._value(each.field, value) for value in each.values]
        type = self._types.message_of(each.field) if each.field.type is FieldType.MESSAGE else None
        if type is not None and type.is_map_entry:
            entries = [dict(value.fields) for value in values if isinstance(value, RecordValue)]
            # A key or a value that is left out is zero, which the schema has no need to spell out.
            known = [(entry["key"], entry["value"]) for entry in entries if len(entry) == 2]
            return MapValue(tuple({_hashable(key): (key, value) for key, value in known}.values()))
        return ListValue(tuple(values))

    def _value(self, field: FieldDescriptor, value: OptionValue) -> Value:
        if isinstance(value, OptionMessage):
            fields = tuple((option_name(each.field), self._set(each)) for each in value)
            return RecordValue(self._id(value.type), fields)
        if field.type is FieldType.ENUM and isinstance(value, int):
            enum = self._types.enum_of(field)
            names = () if enum is None else (name for name, number in enum.values.items() if number == value)
            return EnumValue(self._id(field.type_name), value, next(iter(names), None))
        if isinstance(value, bytes) and field.type is FieldType.STRING:
            return value.decode("utf-8", "surrogateescape")
        return value

    def _id(self, full_name: str) -> DeclId:
        return self._ids.get(full_name) or DeclId(_DESCRIPTOR, full_name.removeprefix(_PACKAGE))


def _hashable(key: Value) -> tuple[str, object]:
    """`key` and its type: True and 1 are two keys."""
    return type(key).__name__, key
