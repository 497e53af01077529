"""From records to what a JSON printer takes: dicts with text for keys, lists, str, int, float, bool."""

from __future__ import annotations

import json
from array import array
from base64 import b64encode
from collections.abc import Iterable
from math import isfinite
from typing import Any
from uuid import UUID

from kitexgen.runtime.errors import EncodeError, UnionError
from kitexgen.runtime.model.describe import (
    EnumType,
    FieldDescription,
    FieldType,
    ListType,
    MapType,
    PackedType,
    RecordType,
    ScalarName,
    ScalarType,
    SetType,
    describe_record,
)
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.model.union import Union, require_one
from kitexgen.runtime.wire.frozen_map import FrozenMap
from kitexgen.runtime.wire.place import shown

_BITS = {"i8": 8, "i16": 16, "i32": 32, "i64": 64}


def json_record(record: Struct) -> dict[str, Any]:
    """The fields of `record` by IDL name. Raises EncodeError with the path inside the record."""
    if isinstance(record, Union):
        try:
            require_one(record)
        except UnionError as error:
            raise EncodeError(str(error)) from error
    values: dict[str, Any] = {}
    for field in describe_record(type(record)).fields:
        value = getattr(record, field.attribute)
        if value is not None:
            values[field.name] = _step(field.type, value, field.name)
        elif not _may_be_none(field):
            raise EncodeError(f"expected {field.type}, got None", field.name)
    return values


def _may_be_none(field: FieldDescription) -> bool:
    return field.requirement == "optional" or (field.requirement == "default" and isinstance(field.type, RecordType))


def _step(type_: FieldType, value: Any, step: str) -> Any:
    try:
        return _value(type_, value)
    except EncodeError as error:
        error.within(step)
        raise


def _value(type_: FieldType, value: Any) -> Any:
    match type_:
        case ScalarType(name):
            return _scalar(name, value)
        case EnumType():
            return _whole("i32", value)
        case RecordType(cls):
            return json_record(_of(value, cls))
        case ListType(element):
            return _elements(element, _of(value, list, tuple))
        case PackedType(name):
            return _elements(ScalarType(name), _of(value, array))
        case SetType(element):
            return _elements(element, _of(value, set, frozenset))
        case MapType():
            return _entries(type_, _of(value, dict, FrozenMap))


def _elements(element: FieldType, values: Iterable[Any]) -> list[Any]:
    return [_step(element, item, f"[{index}]") for index, item in enumerate(values)]


def _entries(type_: MapType, entries: Any) -> dict[str, Any]:
    spelled: dict[str, Any] = {}
    for key, value in entries.items():
        step = f"[{shown(key)}]"
        spelled[_key(type_.key, key, step)] = _step(type_.value, value, step)
    return spelled


def _key(type_: FieldType, key: Any, step: str) -> str:
    """A key as text: JSON text of its value, unless that is a string already."""
    value = _step(type_, key, step)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _scalar(name: ScalarName, value: Any) -> Any:
    match name:
        case "bool":
            return _of(value, bool)
        case "i8" | "i16" | "i32" | "i64":
            return _whole(name, value)
        case "double":
            return _double(value)
        case "string":
            return _of(value, str)
        case "binary":
            return b64encode(_of(value, bytes, bytearray, memoryview)).decode("ascii")
        case "uuid":
            return str(_of(value, UUID))


def _of(value: Any, *classes: type) -> Any:
    if isinstance(value, classes):
        return value
    raise EncodeError(f"expected {classes[0].__name__}, got {type(value).__name__}")


def _whole(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise EncodeError(f"expected int, got {type(value).__name__}")
    limit = 1 << (_BITS[name] - 1)
    if not -limit <= value < limit:
        raise EncodeError(f"the number is out of range for {name}")
    return int(value)  # an enum prints as a number


def _double(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise EncodeError(f"expected float, got {type(value).__name__}")
    try:
        number = float(value)
    except OverflowError:
        raise EncodeError("the number is out of range for a double") from None
    if not isfinite(number):
        raise EncodeError(f"JSON has no {number}")
    return number
