"""RecordTable: what a record class's `__schema__` says, resolved to classes.

Generated classes carry one constant tuple (see `RecordTable.__doc__`); nothing happens at import. The first use of a
class here resolves the names in it and keeps the result for good.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from kitexgen.runtime.wire import thrift_types as t
from kitexgen.runtime.wire.frozen_map import FrozenMap


@dataclass(frozen=True, slots=True)
class ScalarTable:
    """A bool, number, string, binary or uuid. `kind` is the word of the schema, `code` the type on the wire."""

    kind: str
    code: int


@dataclass(frozen=True, slots=True)
class EnumTable:
    """An enum: an i32 on the wire, `cls(number)` in Python."""

    cls: Any
    code: int = t.I32


@dataclass(frozen=True, slots=True)
class RecordRef:
    """A record within a record. Its own table is looked up when a value comes by, so records may be recursive."""

    cls: Any
    code: int = t.STRUCT


@dataclass(frozen=True, slots=True)
class ListTable:
    """A list. `python` is list, or tuple within frozen records."""

    python: Any
    element: TypeTable
    code: int = t.LIST


@dataclass(frozen=True, slots=True)
class PackedTable:
    """A list whose Python type is `array.array`; `element` is an i8, i16, i32, i64 or double."""

    element: ScalarTable
    code: int = t.LIST


@dataclass(frozen=True, slots=True)
class SetTable:
    """A set. `python` is set, or frozenset within frozen records."""

    python: Any
    element: TypeTable
    code: int = t.SET


@dataclass(frozen=True, slots=True)
class MapTable:
    """A map. `python` is dict, or FrozenMap within frozen records."""

    python: Any
    key: TypeTable
    value: TypeTable
    code: int = t.MAP


TypeTable = ScalarTable | EnumTable | RecordRef | ListTable | PackedTable | SetTable | MapTable


class Presence(Enum):
    """When a field is written.

    Kitex writes a default field that is a nil struct as an empty struct; ours is left out, since a Go peer refuses an
    empty struct whose type has required fields.
    """

    ALWAYS = "always"
    UNLESS_NONE = "unless it is None"
    UNLESS_DEFAULT = "unless it equals its default"


@dataclass(frozen=True, slots=True)
class FieldTable:
    """One field. `name` is the IDL's, `attribute` Python's; `default` counts only for UNLESS_DEFAULT."""

    id: int
    attribute: str
    name: str
    is_required: bool
    presence: Presence
    default: Any
    type: TypeTable


@dataclass(frozen=True, slots=True)
class RecordTable:
    """One record class.

    `fields` are in the order in which they are written. The schema it is made of:

        (kind, IDL name, source, (row, ...), annotations[, keeps unknown])
        row: (id, attribute, IDL name, requirement, type[, annotations])
    """

    cls: Any
    name: str
    is_union: bool
    fields: tuple[FieldTable, ...]
    by_id: dict[int, FieldTable]
    keeps_unknown: bool


SCALARS: Final = {
    "bool": ScalarTable("bool", t.BOOL),
    "i8": ScalarTable("i8", t.I8),
    "i16": ScalarTable("i16", t.I16),
    "i32": ScalarTable("i32", t.I32),
    "i64": ScalarTable("i64", t.I64),
    "double": ScalarTable("double", t.DOUBLE),
    "string": ScalarTable("string", t.STRING),
    "binary": ScalarTable("binary", t.STRING),
    "uuid": ScalarTable("uuid", t.UUID),
}

# Kitex's FastCodec writes fields of these types first, then all others, each group as declared; enums are among the
# others (cloudwego/kitex tool/internal_pkg/pluginmode/thriftgo/patcher.go, reorderStructFields).
_WRITTEN_FIRST: Final = frozenset({"bool", "i8", "i16", "i32", "i64", "double"})

_TABLES: Final[dict[type, RecordTable]] = {}


def table_of(cls: type) -> RecordTable:
    """Return the table of a generated record class. Raises `TypeError` for any other class."""
    try:
        return _TABLES[cls]
    except KeyError:
        table = _TABLES[cls] = _resolve(cls)
        return table


def home_of(cls: Any) -> Any:
    """Return the generated class that `cls` is, or is derived from. Raises `TypeError` when there is none."""
    for base in cls.__mro__:
        schema = base.__dict__.get("__schema__")
        if isinstance(schema, tuple) and len(schema) >= 5:  # an enum's is shorter
            return base
    raise TypeError(f"{cls.__qualname__} is no generated record class")


def _resolve(cls: Any) -> RecordTable:
    home = home_of(cls)
    kind, name, _, rows, _, *more = home.__schema__
    names = sys.modules[home.__module__].__dict__
    # A record without fields has no `__init__` of its own; object's is no Python function.
    defaults = getattr(home.__init__, "__kwdefaults__", None) or {}
    declared = [_field(row, names, defaults, kind == "union") for row in rows]
    first = [field for field in declared if _is_written_first(field.type)]
    rest = [field for field in declared if not _is_written_first(field.type)]
    return RecordTable(
        cls=cls,
        name=name,
        is_union=kind == "union",
        fields=(*first, *rest),
        by_id={field.id: field for field in declared},
        keeps_unknown=bool(more and more[0]),
    )


def _is_written_first(type_: TypeTable) -> bool:
    return isinstance(type_, ScalarTable) and type_.kind in _WRITTEN_FIRST


def _field(row: tuple[Any, ...], names: dict[str, Any], defaults: dict[str, Any], is_member: bool) -> FieldTable:
    number, attribute, name, requirement, spelled = row[:5]
    type_ = _type(spelled, names)
    default = defaults.get(attribute)
    return FieldTable(
        id=number,
        attribute=attribute,
        name=name,
        is_required=requirement == "required",
        presence=Presence.UNLESS_NONE if is_member else _presence(requirement, type_, default),
        default=default,
        type=type_,
    )


def _presence(requirement: str, type_: TypeTable, default: Any) -> Presence:
    if requirement == "optional":
        # A container or record with an IDL default is None in the signature, and made afresh by `__init__`.
        by_value = isinstance(type_, ScalarTable | EnumTable) and default is not None
        return Presence.UNLESS_DEFAULT if by_value else Presence.UNLESS_NONE
    if requirement == "default" and isinstance(type_, RecordRef):
        return Presence.UNLESS_NONE
    return Presence.ALWAYS


def _type(spelled: Any, names: dict[str, Any]) -> TypeTable:
    if isinstance(spelled, str):
        return SCALARS[spelled]
    match spelled:
        case ("struct", name):
            return RecordRef(names[name])
        case ("enum", name):
            return EnumTable(names[name])
        case ("list", element):
            return ListTable(list, _type(element, names))
        case ("tuple", element):
            return ListTable(tuple, _type(element, names))
        case ("set", element):
            return SetTable(set, _type(element, names))
        case ("frozenset", element):
            return SetTable(frozenset, _type(element, names))
        case ("map", key, value):
            return MapTable(dict, _type(key, names), _type(value, names))
        case ("frozenmap", key, value):
            return MapTable(FrozenMap, _type(key, names), _type(value, names))
        case ("packed", element):
            return PackedTable(SCALARS[element])
    raise TypeError(f"a schema has no type {spelled!r}")
