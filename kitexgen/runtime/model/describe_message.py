"""What the IDL says of a generated message, read from its `__schema__` and made comfortable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, cast, get_args

from kitexgen.runtime.model.describe import Annotations, Requirement, annotations_of, names_around
from kitexgen.runtime.model.enum import Enum
from kitexgen.runtime.model.message import Message

ProtoScalarName: TypeAlias = Literal[
    "double",
    "float",
    "int32",
    "int64",
    "uint32",
    "uint64",
    "sint32",
    "sint64",
    "fixed32",
    "fixed64",
    "sfixed32",
    "sfixed64",
    "bool",
    "string",
    "bytes",
]
_SCALARS: Final = frozenset(get_args(ProtoScalarName))


@dataclass(frozen=True, slots=True)
class ProtoScalarType:
    """`checks_utf8` tells of a string whether bytes that are no UTF-8 are refused; else they survive."""

    name: ProtoScalarName
    checks_utf8: bool = True

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ProtoEnumType:
    """A field of a closed enum keeps numbers without a name among its message's unknown fields."""

    enum: type[Enum]
    is_closed: bool = False

    def __str__(self) -> str:
        return cast("str", self.enum.__schema__[0])


@dataclass(frozen=True, slots=True)
class MessageType:
    """`is_delimited`: written as a group."""

    message: type[Message]
    is_delimited: bool = False

    def __str__(self) -> str:
        return cast("str", self.message.__schema__[1])


@dataclass(frozen=True, slots=True)
class RepeatedType:
    """`is_packed`: written as one block of numbers. `is_array`: an `array.array` in Python, as `py_packed` asks for."""

    element: MessageFieldType
    is_packed: bool = False
    is_array: bool = False

    def __str__(self) -> str:
        return f"repeated {self.element}"


@dataclass(frozen=True, slots=True)
class ProtoMapType:
    key: ProtoScalarType
    value: MessageFieldType

    def __str__(self) -> str:
        return f"map<{self.key}, {self.value}>"


MessageFieldType: TypeAlias = ProtoScalarType | ProtoEnumType | MessageType | RepeatedType | ProtoMapType
"""Type of a message's field. `str()` of it is Protobuf again, with full names."""


@dataclass(frozen=True, slots=True)
class MessageFieldDescription:
    """One field: `name` is the IDL's, `attribute` Python's; `id` is the number on the wire.

    `json_name` is None where it follows from the name, `oneof` where the field is in none, `default` where the IDL
    gives none; that of an enum is its number. `annotations` are the options.
    """

    id: int
    name: str
    attribute: str
    type: MessageFieldType
    requirement: Requirement
    json_name: str | None
    oneof: str | None
    default: Any
    annotations: Annotations


@dataclass(frozen=True, slots=True)
class MessageDescription:
    """One message: `name` is its full IDL name, `source` where it is declared ("user.proto:14"), fields in its order.

    `extension_ranges` are pairs of the first number and one past the last.
    """

    name: str
    source: str
    fields: tuple[MessageFieldDescription, ...]
    annotations: Annotations
    extension_ranges: tuple[tuple[int, int], ...]
    is_message_set: bool

    @property
    def kind(self) -> Literal["message"]:
        return "message"

    @property
    def oneofs(self) -> Mapping[str, tuple[MessageFieldDescription, ...]]:
        """The fields of each oneof, by its IDL name."""
        found: dict[str, tuple[MessageFieldDescription, ...]] = {}
        for field in self.fields:
            if field.oneof is not None:
                found[field.oneof] = (*found.get(field.oneof, ()), field)
        return found


_MESSAGES: Final[dict[type[Message], MessageDescription]] = {}


def describe_message(message: type[Message]) -> MessageDescription:
    """The description of a generated message class, or of one derived from it by hand."""
    known = _MESSAGES.get(message)
    if known is None:
        known = _MESSAGES[message] = _read_schema(message)
    return known


def _read_schema(message: type[Message]) -> MessageDescription:
    _, name, source, rows, options, *facts = message.__schema__
    names = names_around(message)
    return MessageDescription(
        name=name,
        source=source,
        fields=tuple(_field(row, names) for row in rows),
        annotations=annotations_of(options),
        extension_ranges=facts[0] if facts else (),
        is_message_set=len(facts) > 1,
    )


def _field(row: tuple[Any, ...], names: Mapping[str, Any]) -> MessageFieldDescription:
    number, attribute, name, requirement, spelled, *more = row
    more += [None] * (4 - len(more))
    json_name, oneof, default, options = more
    return MessageFieldDescription(
        id=number,
        name=name,
        attribute=attribute,
        type=_type(spelled, names),
        requirement=requirement,
        json_name=json_name,
        oneof=oneof,
        default=default,
        annotations=annotations_of(options or ()),
    )


def _type(spelled: Any, names: Mapping[str, Any]) -> MessageFieldType:
    match spelled:
        case str():
            return _scalar(spelled)
        case ("message" | "group" as word, name):
            return MessageType(names[name], word == "group")
        case ("enum" | "closed_enum" as word, name):
            return ProtoEnumType(names[name], word == "closed_enum")
        case ("list" | "packed_list" as word, element):
            return RepeatedType(_type(element, names), word == "packed_list")
        case ("array" | "packed_array" as word, element):
            return RepeatedType(_scalar(element), word == "packed_array", is_array=True)
        case ("map", key, value):
            return ProtoMapType(_scalar(key), _type(value, names))
    raise TypeError(f"a schema has no type {spelled!r}")


def _scalar(word: str) -> ProtoScalarType:
    if word == "unchecked_string":
        return ProtoScalarType("string", checks_utf8=False)
    if word not in _SCALARS:
        raise TypeError(f"a schema has no type {word!r}")
    return ProtoScalarType(cast("ProtoScalarName", word))
