"""What the IDL says of a generated record or enum, read from its `__schema__` and made comfortable.

The codec has tables of its own (`wire.table`); these are for people and for what is not hot: dicts, JSON, tools.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, get_args

from kitexgen.runtime.model.enum import Enum
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.wire.frozen_map import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Mapping

ScalarName: TypeAlias = Literal["bool", "i8", "i16", "i32", "i64", "double", "string", "binary", "uuid"]
PackedName: TypeAlias = Literal["i8", "i16", "i32", "i64", "double"]
Requirement: TypeAlias = Literal["required", "default", "optional"]
RecordKind: TypeAlias = Literal["struct", "union", "exception"]
Annotations: TypeAlias = FrozenMap[str, tuple[str, ...]]
"""Annotations of the IDL: each key with all its values, in order. A bare key has the value "1"."""

_SCALARS: Final = frozenset(get_args(ScalarName))


@dataclass(frozen=True, slots=True)
class ScalarType:
    name: ScalarName

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListType:
    """A list; a tuple in Python when `is_frozen`."""

    element: FieldType
    is_frozen: bool = False

    def __str__(self) -> str:
        return f"list<{self.element}>"


@dataclass(frozen=True, slots=True)
class PackedType:
    """A list that is an `array.array` in Python, because the IDL annotates it `py.packed`."""

    element: PackedName

    def __str__(self) -> str:
        return f"list<{self.element}>"


@dataclass(frozen=True, slots=True)
class SetType:
    """A set; a frozenset in Python when `is_frozen`."""

    element: FieldType
    is_frozen: bool = False

    def __str__(self) -> str:
        return f"set<{self.element}>"


@dataclass(frozen=True, slots=True)
class MapType:
    """A map; a FrozenMap in Python when `is_frozen`, else a dict."""

    key: FieldType
    value: FieldType
    is_frozen: bool = False

    def __str__(self) -> str:
        return f"map<{self.key}, {self.value}>"


@dataclass(frozen=True, slots=True)
class RecordType:
    """A struct, union or exception; `describe(record)` tells which."""

    record: type[Struct]

    def __str__(self) -> str:
        return cast("str", self.record.__schema__[1])


@dataclass(frozen=True, slots=True)
class EnumType:
    enum: type[Enum]

    def __str__(self) -> str:
        return cast("str", self.enum.__schema__[0])


FieldType: TypeAlias = ScalarType | ListType | PackedType | SetType | MapType | RecordType | EnumType
"""Type of a field, aliases of the IDL followed. `str()` of it is Thrift again, declarations by their bare names."""


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """One field: `name` is the IDL's, `attribute` Python's; `id` is the number on the wire."""

    id: int
    name: str
    attribute: str
    type: FieldType
    requirement: Requirement
    annotations: Annotations


@dataclass(frozen=True, slots=True)
class RecordDescription:
    """One struct, union or exception; `source` is where the IDL declares it ("user.thrift:14"), fields in its order."""

    kind: RecordKind
    name: str
    source: str
    fields: tuple[FieldDescription, ...]
    annotations: Annotations
    keeps_unknown_fields: bool


@dataclass(frozen=True, slots=True)
class MemberDescription:
    """One name of an enum: `name` is the IDL's, `attribute` Python's. Two names may have one number."""

    name: str
    attribute: str
    number: int
    annotations: Annotations


@dataclass(frozen=True, slots=True)
class EnumDescription:
    name: str
    source: str
    members: tuple[MemberDescription, ...]
    annotations: Annotations


_RECORDS: Final[dict[type[Struct], RecordDescription]] = {}


def describe_record(record: type[Struct]) -> RecordDescription:
    """The description of a generated record class, or of one derived from it by hand."""
    known = _RECORDS.get(record)
    if known is None:
        known = _RECORDS[record] = _read_schema(record)
    return known


def _read_schema(record: type[Struct]) -> RecordDescription:
    kind, name, source, fields, annotations, *more = record.__schema__
    return RecordDescription(
        kind=kind,
        name=name,
        source=source,
        fields=tuple(_field(row, names_around(record)) for row in fields),
        annotations=annotations_of(annotations),
        keeps_unknown_fields=bool(more and more[0]),
    )


def describe_enum(enum: type[Enum]) -> EnumDescription:
    """The description of a generated enum; members in IDL order, second names of a number among them."""
    name, source, annotations, *more = enum.__schema__
    told: dict[str, tuple[str, Any]] = {}
    for word, rows, *spelled in more[0] if more else ():
        told[spelled[0] if spelled else word] = (word, rows)
    return EnumDescription(
        name=name,
        source=source,
        members=tuple(
            _member(attribute, int(member), *told.get(attribute, (attribute, ())))
            for attribute, member in enum.__members__.items()
        ),
        annotations=annotations_of(annotations),
    )


def _member(attribute: str, number: int, name: str, annotations: Any) -> MemberDescription:
    return MemberDescription(name, attribute, number, annotations_of(annotations))


def names_around(record: type[Struct]) -> Mapping[str, Any]:
    """Globals of the module that the class was generated into; a class derived from it may live elsewhere."""
    generated = next(base for base in record.__mro__ if "__schema__" in base.__dict__)
    return sys.modules[generated.__module__].__dict__


def _field(row: tuple[Any, ...], names: Mapping[str, Any]) -> FieldDescription:
    number, attribute, name, requirement, spelled, *annotations = row
    return FieldDescription(
        id=number,
        name=name,
        attribute=attribute,
        type=_type(spelled, names),
        requirement=requirement,
        annotations=annotations_of(annotations[0] if annotations else ()),
    )


def annotations_of(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> Annotations:
    """Annotations as `__schema__` has them, to be looked up."""
    return FrozenMap(rows)


def _type(spelled: Any, names: Mapping[str, Any]) -> FieldType:
    match spelled:
        case str() if spelled in _SCALARS:
            return ScalarType(cast("ScalarName", spelled))
        case ("struct", name):
            return RecordType(names[name])
        case ("enum", name):
            return EnumType(names[name])
        case ("packed", element):
            return PackedType(element)
        case ("list" | "tuple" as word, element):
            return ListType(_type(element, names), word == "tuple")
        case ("set" | "frozenset" as word, element):
            return SetType(_type(element, names), word == "frozenset")
        case ("map" | "frozenmap" as word, key, value):
            return MapType(_type(key, names), _type(value, names), word == "frozenmap")
    raise TypeError(f"a schema has no type {spelled!r}")
