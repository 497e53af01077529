"""Struct, ListValue and Value, and the dicts, lists and scalars that they stand for: JSON, with floats for numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from kitexgen.runtime.contract.wellknown.struct import ListValue, NullValue, Struct, Value
from kitexgen.runtime.protobuf import which

Plain: TypeAlias = "bool | float | str | dict[str, Plain] | list[Plain] | None"
"""What a Value is in Python."""

PlainInput: TypeAlias = "bool | int | float | str | Mapping[str, PlainInput] | Sequence[PlainInput] | None"
"""What can be made a Value. An int becomes a float, as in JavaScript: beyond 2**53 that is not exact."""


def to_dict(struct: Struct) -> dict[str, Plain]:
    return {key: to_plain(value) for key, value in struct.fields.items()}


def from_dict(values: Mapping[str, PlainInput]) -> Struct:
    """Raises TypeError for what JSON has not."""
    fields: dict[str, Value] = {}
    for key, value in values.items():
        if not isinstance(key, str):
            raise TypeError(f"a Struct has strings for keys, not {key!r}")
        fields[key] = from_plain(value)
    return Struct(fields=fields)


def to_list(values: ListValue) -> list[Plain]:
    return [to_plain(value) for value in values.values]


def from_list(values: Sequence[PlainInput]) -> ListValue:
    """Raises TypeError for what JSON has not."""
    return ListValue(values=[from_plain(value) for value in values])


def to_plain(value: Value) -> Plain:
    """Raises ValueError for a Value of which nothing is set: that stands for nothing, not even null."""
    match which(value, "kind"):
        case "null_value":
            return None
        case "struct_value":
            assert value.struct_value is not None
            return to_dict(value.struct_value)
        case "list_value":
            assert value.list_value is not None
            return to_list(value.list_value)
        case "number_value":
            return value.number_value
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case _:
            raise ValueError("a Value of which nothing is set")


def from_plain(value: PlainInput) -> Value:
    """Raises TypeError for what JSON has not."""
    match value:
        case None:
            return Value(null_value=NullValue.NULL_VALUE)
        case bool():
            return Value(bool_value=value)
        case int() | float():
            return Value(number_value=float(value))
        case str():
            return Value(string_value=value)
        case Mapping():
            return Value(struct_value=from_dict(value))
        case bytes() | bytearray() | memoryview():
            raise TypeError(f"a Value holds text, not bytes like {value!r}")
        case Sequence():
            return Value(list_value=from_list(value))
    raise TypeError(f"{value!r} is nothing that JSON has")
