"""What ProtoJSON calls the fields of a message and the members of an enum.

Source: protobuf.dev/programming-guides/json.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from kitexgen.runtime.model.enum import Enum
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.protobuf.json_forms import is_special
from kitexgen.runtime.protobuf.json_scalars import scalar_reader, scalar_writer
from kitexgen.runtime.wire.protobuf_table import FieldTable, MessageTable, ScalarTable, message_table
from kitexgen.runtime.wire.table import home_of


@dataclass(frozen=True, slots=True)
class JsonField:
    """A field, and its name in JSON: lowerCamelCase, or what the IDL says in `json_name`.

    Of a single scalar, `write` and `read` are all there is to do: `scalar_writer`'s function, and `scalar_reader`'s.
    """

    name: str
    table: FieldTable
    write: Callable[[Any], Any] | None
    read: Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class JsonMessage:
    """A message class: `name` is its full IDL name, `fields` in the order of their numbers.

    `by_name` finds a field by its JSON name, or by that of the IDL. `is_special`: the type has another form in JSON
    than the object of its fields.
    """

    name: str
    is_special: bool
    table: MessageTable
    fields: tuple[JsonField, ...]
    by_name: dict[str, JsonField]


@dataclass(frozen=True, slots=True)
class JsonEnum:
    """An enum class: IDL names and numbers. Of several names for one number, the first is written.

    `is_null` says that this is NullValue, whose only member JSON has a word for.
    """

    names: dict[int, str]
    numbers: dict[str, int]
    is_null: bool


_MESSAGES: Final[dict[type[Message], JsonMessage]] = {}
_ENUMS: Final[dict[type[Enum], JsonEnum]] = {}


def json_message(cls: type[Message]) -> JsonMessage:
    """Return the names of a message class, made on first use. Raises TypeError for any other class."""
    known = _MESSAGES.get(cls)
    if known is None:
        known = _MESSAGES[cls] = _read_message(cls)
    return known


def json_enum(cls: type[Enum]) -> JsonEnum:
    """Return the names of an enum class, made on first use."""
    known = _ENUMS.get(cls)
    if known is None:
        known = _ENUMS[cls] = _read_enum(cls)
    return known


def _read_message(cls: type[Message]) -> JsonMessage:
    table = message_table(cls)
    _, name, _, rows, *_ = home_of(cls).__schema__
    own: dict[int, str] = {row[0]: row[5] for row in rows if len(row) > 5 and row[5] is not None}  # "" is one too
    fields = tuple(_field(own.get(field.number, _camel(field.name)), field) for field in table.fields)
    by_name = {field.table.name: field for field in fields} | {field.name: field for field in fields}
    return JsonMessage(name, is_special(name), table, fields, by_name)


def _field(name: str, field: FieldTable) -> JsonField:
    if field.is_repeated or not isinstance(field.type, ScalarTable):
        return JsonField(name, field, None, None)
    kind = field.type.kind
    return JsonField(name, field, scalar_writer(kind), scalar_reader(kind))


def _read_enum(cls: type[Enum]) -> JsonEnum:
    members: tuple[tuple[Any, ...], ...] = cls.__schema__[3] if len(cls.__schema__) > 3 else ()
    renamed = {member[2]: member[0] for member in members if len(member) > 2}
    numbers = {renamed.get(name, name): int(member) for name, member in cls.__members__.items()}
    names: dict[int, str] = {}
    for name, number in numbers.items():
        names.setdefault(number, name)
    return JsonEnum(names, numbers, is_null=cls.__schema__[0] == "google.protobuf.NullValue")


def _camel(name: str) -> str:
    """`home_page` as `homePage`, as protoc does it (descriptor.cc, ToJsonName)."""
    return re.sub("_+([a-z]?)", lambda found: found[1].upper(), name)
