"""to_dict and from_dict: records as plain dicts with the IDL's names for keys."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

from kitexgen.runtime.errors import EncodeError
from kitexgen.runtime.model.describe import FieldType, ScalarName
from kitexgen.runtime.model.enum import Enum
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.thrift.build import Notation, build_record, double, expected, whole_number
from kitexgen.runtime.wire.frozen_map import FrozenMap

R = TypeVar("R", bound=Struct)

_PYTHON_TYPES: Final[dict[ScalarName, str]] = {
    "bool": "bool",
    "i8": "int",
    "i16": "int",
    "i32": "int",
    "i64": "int",
    "double": "float",
    "string": "str",
    "binary": "bytes",
    "uuid": "UUID",
}


def to_dict(record: Struct, *, keep_none: bool = False) -> dict[str, Any]:
    """Return `record` as a dict: keys are IDL names, records within it dicts too, fields that are None left out.

    Lists (tuples and packed arrays too) become new lists, maps new dicts. Scalars, enums, bytes and UUIDs stay what
    they are; so does what stands in a set or as a key of a map, because a dict could not stand there: such records are
    frozen and hashable. With `keep_none` fields that are None are there as None. Unknown fields that a record kept are
    left out.

    Raises TypeError for what is no record, EncodeError for records nested too deeply for this thread's stack.
    """
    if not isinstance(record, Struct):
        raise TypeError(f"to_dict() takes a record, got {type(record).__name__}")
    try:
        return _plain_record(record, keep_none)
    except RecursionError:
        raise EncodeError("nested too deeply for a dict", record.__schema__[1]) from None


def _plain_record(record: Struct, keep_none: bool) -> dict[str, Any]:
    values = ((field[2], getattr(record, field[1])) for field in record.__schema__[3])
    return {name: _plain(value, keep_none) for name, value in values if value is not None or keep_none}


def _plain(value: Any, keep_none: bool) -> Any:
    if isinstance(value, Struct):
        return _plain_record(value, keep_none)
    if isinstance(value, list | tuple | array):
        return [_plain(item, keep_none) for item in value]
    if isinstance(value, dict | FrozenMap):
        return {key: _plain(item, keep_none) for key, item in value.items()}
    return value


def from_dict(cls: type[R], data: Mapping[str, Any], *, refuse_unknown: bool = False) -> R:
    """Build a `cls` of what `to_dict` gives; `from_dict(type(r), to_dict(r)) == r`.

    A key that is absent, or None, leaves its field at the default. Records may stand in `data` as they are, sets as
    lists, enums as numbers, doubles as whole numbers. A key that is no field of the IDL is ignored unless
    `refuse_unknown`.

    Raises DecodeError, which names the path, for a value of another type or out of range, a required field that is
    absent, a union with other than one field; TypeError when `cls` is no record class.
    """
    return build_record(cls, data, _PlainNotation(), refuse_unknown)


class _PlainNotation(Notation):
    """Python's own types, strictly."""

    def record(self, cls: type[Struct], value: object) -> Struct | Mapping[Any, Any]:
        if isinstance(value, cls | Mapping):
            return value
        raise expected("a dict", value)

    def scalar(self, name: ScalarName, value: Any) -> Any:
        match name:
            case "bool" if isinstance(value, bool):
                return value
            case "i8" | "i16" | "i32" | "i64" if isinstance(value, int) and not isinstance(value, bool):
                return whole_number(name, value)
            case "double" if isinstance(value, int | float) and not isinstance(value, bool):
                return double(value)
            case "string" if isinstance(value, str):
                return value
            case "binary" if isinstance(value, bytes | bytearray | memoryview):
                return bytes(value)
            case "uuid" if isinstance(value, UUID):
                return value
        raise expected(_PYTHON_TYPES[name], value)

    def enum(self, cls: type[Enum], value: object) -> Enum:
        if isinstance(value, int) and not isinstance(value, bool):
            return cls(whole_number("i32", value))
        raise expected(f"{cls.__name__} or int", value)

    def elements(self, value: object) -> Iterable[Any]:
        if isinstance(value, list | tuple | array | set | frozenset):
            return value
        raise expected("a list", value)

    def entries(self, value: object) -> Iterable[tuple[Any, Any]]:
        if isinstance(value, Mapping):
            return value.items()
        raise expected("a dict", value)

    def key(self, type_: FieldType, value: Any) -> Any:
        # Keys come as they are, hence also those for which Python has a hashable form only.
        return value
