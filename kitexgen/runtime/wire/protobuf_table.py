"""MessageTable: what a message class's `__schema__` says, resolved to classes.

As for Thrift nothing happens at import: the first use of a class here resolves the names and keeps the result for good.
"""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final

from kitexgen.runtime.wire import protobuf_types as t
from kitexgen.runtime.wire.table import home_of


@dataclass(frozen=True, slots=True)
class ScalarTable:
    """A bool, number, string or bytes. `kind` is the word of the schema."""

    kind: str
    wire_type: int


@dataclass(frozen=True, slots=True)
class EnumTable:
    """An enum: an int32 on the wire. Of a closed one, a number without a name makes the field an unknown one."""

    cls: Any
    is_closed: bool
    wire_type: int = t.VARINT


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message within a message. Its own table is looked up when a value comes by, so messages may be recursive."""

    cls: Any
    is_delimited: bool
    wire_type: int


@dataclass(frozen=True, slots=True)
class MapTable:
    """A map: a repeated message of two fields. `entry` has the table of that message."""

    entry: MessageTable
    wire_type: int = t.LENGTH


TypeTable = ScalarTable | EnumTable | MessageRef | MapTable


@dataclass(frozen=True, slots=True)
class FieldTable:
    """One field. `name` is the IDL's, `attribute` Python's; `type` is that of an element when the field is repeated.

    `is_explicit`: None means that the field is not set; otherwise a zero does. `zero` is what an attribute holds when
    its field is not set; for a list, map or array it makes an empty one. `default` is what the IDL says an unset field
    means. `array_code` is the type code of a repeated field that is an `array.array`, "" for any other field.
    """

    number: int
    attribute: str
    name: str
    type: TypeTable
    is_required: bool
    is_explicit: bool
    is_repeated: bool
    is_packed: bool
    oneof: str | None
    zero: Any
    default: Any = None
    array_code: str = ""

    @property
    def key(self) -> FieldTable:
        """The first field of a map's entries."""
        return self._entry().fields[0]

    @property
    def value(self) -> FieldTable:
        """The second field of a map's entries."""
        return self._entry().fields[1]

    def _entry(self) -> MessageTable:
        assert isinstance(self.type, MapTable)
        return self.type.entry


@dataclass(frozen=True)
class MessageTable:
    """One message class; `fields` in the order of their numbers, which is that of writing."""

    cls: Any
    name: str
    fields: tuple[FieldTable, ...]
    is_message_set: bool

    @cached_property
    def by_number(self) -> dict[int, FieldTable]:
        return {field.number: field for field in self.fields}

    @cached_property
    def oneofs(self) -> dict[str, tuple[FieldTable, ...]]:
        found: dict[str, list[FieldTable]] = {}
        for field in self.fields:
            if field.oneof:
                found.setdefault(field.oneof, []).append(field)
        return {name: tuple(fields) for name, fields in found.items()}

    def blank(self) -> Any:
        """A message without any field set."""
        record = self.cls.__new__(self.cls)
        for field in self.fields:
            setattr(record, field.attribute, field.zero() if field.is_repeated else field.zero)
        record.__unknown__ = b""
        return record


class MapEntry:
    """An entry of a map while it is read: a message like any other."""

    __slots__ = ("__unknown__", "key", "value")


_LISTS: Final = ("list", "packed_list", "array", "packed_array")
_TABLES: Final[dict[type, MessageTable]] = {}
_SCALARS: Final = {kind: ScalarTable(kind, wire_type) for kind, wire_type in t.WIRE_TYPES.items()}
_ZEROS: Final = {"bool": False, "float": 0.0, "double": 0.0, "string": "", "unchecked_string": "", "bytes": b""}


def message_table(cls: type) -> MessageTable:
    """Return the table of a generated message class. Raises `TypeError` for any other class."""
    try:
        return _TABLES[cls]
    except KeyError:
        table = _TABLES[cls] = _resolve(cls)
        return table


def field_table(row: tuple[Any, ...], names: dict[str, Any]) -> FieldTable:
    """Return the table of a row of a schema; the classes in it are found in `names`."""
    number, attribute, name, requirement, spelled, *more = row
    oneof = more[1] if len(more) > 1 else None
    default = more[2] if len(more) > 2 else None
    word = spelled[0] if isinstance(spelled, tuple) else ""
    is_repeated = word in _LISTS or word == "map"
    type_ = _type(spelled[1] if word in _LISTS else spelled, names)
    array_code = t.ARRAYS[spelled[1]] if word in ("array", "packed_array") else ""
    is_explicit = not is_repeated and (requirement != "default" or isinstance(type_, MessageRef))
    return FieldTable(
        number=number,
        attribute=attribute,
        name=name,
        type=type_,
        is_required=requirement == "required",
        is_explicit=is_explicit,
        is_repeated=is_repeated,
        is_packed=word in ("packed_list", "packed_array"),
        oneof=oneof,
        zero=partial(array, array_code) if array_code else _zero(type_, is_repeated, is_explicit),
        default=type_.cls(default) if isinstance(type_, EnumTable) and default is not None else default,
        array_code=array_code,
    )


def zero_of(type_: TypeTable) -> Any:
    """What a scalar or enum is that nobody has set."""
    if isinstance(type_, ScalarTable):
        return _ZEROS.get(type_.kind, 0)
    assert isinstance(type_, EnumTable)
    return type_.cls(0)


def _zero(type_: TypeTable, is_repeated: bool, is_explicit: bool) -> Any:
    if is_repeated:
        return dict if isinstance(type_, MapTable) else list
    return None if is_explicit else zero_of(type_)


def _resolve(cls: Any) -> MessageTable:
    home = home_of(cls)
    kind, _, _, rows, _, *more = home.__schema__
    if kind != "message":
        raise TypeError(f"{cls.__qualname__} is no generated message class")
    names = sys.modules[home.__module__].__dict__
    return MessageTable(
        cls=cls,
        name=home.__name__,
        fields=tuple(sorted((field_table(row, names) for row in rows), key=lambda field: field.number)),
        is_message_set=len(more) > 1 and bool(more[1]),
    )


def _type(spelled: Any, names: dict[str, Any]) -> TypeTable:
    if isinstance(spelled, str):
        return _SCALARS[spelled]
    match spelled:
        case ("message", name):
            return MessageRef(names[name], is_delimited=False, wire_type=t.LENGTH)
        case ("group", name):
            return MessageRef(names[name], is_delimited=True, wire_type=t.GROUP)
        case ("enum", name):
            return EnumTable(names[name], is_closed=False)
        case ("closed_enum", name):
            return EnumTable(names[name], is_closed=True)
        case ("map", key, value):
            return MapTable(_entry(key, value, names))
    raise TypeError(f"a schema has no type {spelled!r}")


def _entry(key: Any, value: Any, names: dict[str, Any]) -> MessageTable:
    rows = (1, "key", "key", "optional", key), (2, "value", "value", "optional", value)
    return MessageTable(MapEntry, "", tuple(field_table(row, names) for row in rows), is_message_set=False)
