"""Records out of dicts: the walk that `from_dict` and `load_json` share.

How a scalar is spelled is the affair of each one's Notation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final, TypeVar

from kitexgen.runtime.errors import DecodeError, UnionError
from kitexgen.runtime.model.describe import (
    EnumType,
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
from kitexgen.runtime.model.enum import Enum
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.wire.frozen_map import FrozenMap
from kitexgen.runtime.wire.place import shown

R = TypeVar("R", bound=Struct)

_BITS: Final = {"i8": 8, "i16": 16, "i32": 32, "i64": 64}
ARRAY_CODE: Final = {"i8": "b", "i16": "h", "i32": "i", "i64": "q", "double": "d"}


class Notation(ABC):
    """How values are spelled. Every method raises DecodeError, without a path, for a value that is not of its kind."""

    @abstractmethod
    def record(self, cls: type[Struct], value: Any) -> Struct | Mapping[Any, Any]:
        """A record that is there already, or its fields by IDL name."""

    @abstractmethod
    def scalar(self, name: ScalarName, value: Any) -> Any: ...

    @abstractmethod
    def enum(self, cls: type[Enum], value: Any) -> Enum: ...

    @abstractmethod
    def elements(self, value: Any) -> Iterable[Any]:
        """The elements of a list or set."""

    @abstractmethod
    def entries(self, value: Any) -> Iterable[tuple[Any, Any]]:
        """The keys, as spelled, and values of a map."""

    @abstractmethod
    def key(self, type_: FieldType, spelled: Any) -> Any:
        """The value that a key spells, ready to be built like any other."""


def build_record(cls: type[R], data: Any, notation: Notation, refuse_unknown: bool) -> R:
    """Return `data` as a `cls`. Raises DecodeError with the path, TypeError when `cls` is no record class."""
    require_record_class(cls)
    try:
        built = _Walk(notation, refuse_unknown).record(cls, data)
    except DecodeError as error:
        error.within(cls.__schema__[1])
        raise
    except RecursionError:
        raise DecodeError("nested too deeply for this thread's stack", cls.__schema__[1]) from None
    assert isinstance(built, cls)
    return built


def require_record_class(cls: object) -> None:
    """Raise TypeError unless `cls` is a generated record class."""
    if not (isinstance(cls, type) and issubclass(cls, Struct) and hasattr(cls, "__schema__")):
        raise TypeError(f"expected a generated record class, got {cls!r}")


def expected(what: str, value: object) -> DecodeError:
    return DecodeError(f"expected {what}, got {type(value).__name__}")


def whole_number(name: str, value: int) -> int:
    """`value` when it fits into an `name` ("i8" to "i64")."""
    limit = 1 << (_BITS[name] - 1)
    if not -limit <= value < limit:
        # A number of thousands of digits would not print.
        shown = str(value) if value.bit_length() <= 128 else f"a number of {value.bit_length()} bits"
        raise DecodeError(f"{shown} is out of range for {name}")
    return value


def double(value: float) -> float:
    """`value`, perhaps an int, as a float."""
    try:
        return float(value)
    except OverflowError:
        raise DecodeError("the number is out of range for a double") from None


class _Walk:
    """One run over nested data. Whoever goes a step down puts that step before the path of an error coming up."""

    __slots__ = ("_notation", "_refuse_unknown")

    def __init__(self, notation: Notation, refuse_unknown: bool) -> None:
        self._notation = notation
        self._refuse_unknown = refuse_unknown

    def record(self, cls: type[Struct], value: Any) -> Struct:
        data = self._notation.record(cls, value)
        if isinstance(data, Struct):
            return data
        fields = describe_record(cls).fields
        if self._refuse_unknown:
            _refuse_unknown_keys(data, {field.name for field in fields})
        values: dict[str, Any] = {}
        for field in fields:
            spelled = data.get(field.name)
            if spelled is not None:
                values[field.attribute] = self._step(field.type, spelled, field.name)
            elif field.requirement == "required":
                raise DecodeError(f"required field {field.name} is not set")
        try:
            return cls(**values)
        except UnionError as error:
            raise DecodeError(str(error)) from error

    def _step(self, type_: FieldType, value: Any, step: str) -> Any:
        try:
            return self._value(type_, value)
        except DecodeError as error:
            error.within(step)
            raise

    def _value(self, type_: FieldType, value: Any) -> Any:
        match type_:
            case ScalarType(name):
                return self._notation.scalar(name, value)
            case EnumType(cls):
                return self._notation.enum(cls, value)
            case RecordType(cls):
                return self.record(cls, value)
            case ListType(element, is_frozen):
                items = self._elements(element, value)
                return tuple(items) if is_frozen else items
            case PackedType(name):
                return array(ARRAY_CODE[name], self._elements(ScalarType(name), value))
            case SetType(element, is_frozen):
                members = self._elements(element, value)
                return frozenset(members) if is_frozen else set(members)
            case MapType(is_frozen=is_frozen):
                entries = self._entries(type_, value)
                return FrozenMap(entries) if is_frozen else entries

    def _elements(self, element: FieldType, value: Any) -> list[Any]:
        items = self._notation.elements(value)
        return [self._step(element, item, f"[{index}]") for index, item in enumerate(items)]

    def _entries(self, type_: MapType, value: Any) -> dict[Hashable, Any]:
        entries: dict[Hashable, Any] = {}
        for spelled, item in self._notation.entries(value):
            step = f"[{shown(spelled)}]"
            key = self._key(type_.key, spelled, step)
            entries[key] = self._step(type_.value, item, step)
        return entries

    def _key(self, type_: FieldType, spelled: Any, step: str) -> Any:
        try:
            return self._value(type_, self._notation.key(type_, spelled))
        except DecodeError as error:
            error.within(step)
            raise


def _refuse_unknown_keys(data: Mapping[Any, Any], names: set[str]) -> None:
    unknown = [key for key in data if key not in names]
    if unknown:
        raise DecodeError(f"no such field: {', '.join(str(key) for key in unknown)}")
