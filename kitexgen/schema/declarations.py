"""What a module declares besides services: records, enums, aliases, constants, extensions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum as _Enum

from kitexgen.schema.annotations import Annotations, Options
from kitexgen.schema.ids import DeclId
from kitexgen.schema.types import Type
from kitexgen.schema.values import Value
from kitexgen.source.span import Span


class Requirement(_Enum):
    """Whether a field must be there, and whether it can be told that it is not.

    `DEFAULT` is a Thrift field with neither word, and a Protobuf field without presence (repeated ones and maps among
    them). `OPTIONAL` has presence; `REQUIRED` is proto2's word too.
    """

    REQUIRED = "required"
    DEFAULT = "default"
    OPTIONAL = "optional"


class RecordKind(_Enum):
    STRUCT = "struct"
    UNION = "union"
    EXCEPTION = "exception"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtoEncoding:
    """How Protobuf writes a field, as far as its type leaves it open; features are resolved.

    `is_packed` speaks of repeated scalars, `is_delimited` (a group) of messages, `checks_utf8` of strings, those among
    the keys and values of a map too.
    """

    is_packed: bool = False
    is_delimited: bool = False
    checks_utf8: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a record, a parameter of a method, or an entry of its `throws`.

    `id` is the number on the wire: 16 bits, signed, in Thrift, 29 bits in Protobuf. `is_implicit` tells that the IDL
    gave none; otherwise `id_span` is where it stands. `oneof` names the oneof of the record that the field is in;
    `encoding` and `json_name` are None in Thrift only.
    """

    id: int
    name: str
    type: Type
    requirement: Requirement
    default: Value | None
    doc: str | None
    annotations: Annotations
    span: Span
    name_span: Span
    is_implicit: bool = False
    id_span: Span | None = None
    oneof: str | None = None
    encoding: ProtoEncoding | None = None
    json_name: str | None = None
    options: Options = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Oneof:
    """Fields of a message of which at most one is set; its members are the fields that name it."""

    name: str
    doc: str | None
    options: Options
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True)
class Reserved:
    """Numbers (ranges with both ends in) and names that must not be used again."""

    ranges: tuple[tuple[int, int], ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A struct, union, exception or message; fields in source order. Union members are all OPTIONAL.

    `extension_ranges` are the numbers, both ends in, that extensions may take; with `is_message_set` they are written
    in the old MessageSet format. All that follows `name_span` is Protobuf's.
    """

    id: DeclId
    kind: RecordKind
    fields: tuple[Field, ...]
    doc: str | None
    annotations: Annotations
    span: Span
    name_span: Span
    oneofs: tuple[Oneof, ...] = ()
    reserved: Reserved = Reserved()
    extension_ranges: tuple[tuple[int, int], ...] = ()
    is_message_set: bool = False
    options: Options = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumMember:
    """One name of an enum, and its number."""

    name: str
    number: int
    doc: str | None
    annotations: Annotations
    span: Span
    name_span: Span
    options: Options = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum:
    """Members in source order; two may share a number, the first is then the canonical one.

    A field of a closed enum takes a number without a name for an unknown field; only Protobuf has closed ones.
    """

    id: DeclId
    members: tuple[EnumMember, ...]
    doc: str | None
    annotations: Annotations
    span: Span
    name_span: Span
    is_closed: bool = False
    reserved: Reserved = Reserved()
    options: Options = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """`typedef`: another name for a type."""

    id: DeclId
    type: Type
    doc: str | None
    annotations: Annotations
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Const:
    """A constant, its value evaluated."""

    id: DeclId
    type: Type
    value: Value
    doc: str | None
    annotations: Annotations
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A field that one declaration adds to a message declared elsewhere.

    `id` is the extension's own name (dotted when it stands in a message); `field.name` is the last part of it.
    """

    id: DeclId
    extendee: DeclId
    field: Field

    @property
    def doc(self) -> str | None:
        return self.field.doc

    @property
    def annotations(self) -> Annotations:
        return self.field.annotations

    @property
    def span(self) -> Span:
        return self.field.span

    @property
    def name_span(self) -> Span:
        return self.field.name_span
