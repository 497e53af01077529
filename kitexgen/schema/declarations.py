"""What a module declares besides services: records, enums, aliases, constants."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum as _Enum

from kitexgen.schema.annotations import Annotations
from kitexgen.schema.ids import DeclId
from kitexgen.schema.types import Type
from kitexgen.schema.values import Value
from kitexgen.source.span import Span


class Requirement(_Enum):
    """`DEFAULT` is a Thrift field with neither word."""

    REQUIRED = "required"
    DEFAULT = "default"
    OPTIONAL = "optional"


class RecordKind(_Enum):
    STRUCT = "struct"
    UNION = "union"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a record, a parameter of a method, or an entry of its `throws`.

    `id` is the number on the wire (16 bits, signed). `is_implicit` tells that the IDL gave none;
    otherwise `id_span` is where it stands.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A struct, union or exception; fields in source order. Union members are all OPTIONAL."""

    id: DeclId
    kind: RecordKind
    fields: tuple[Field, ...]
    doc: str | None
    annotations: Annotations
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumMember:
    """One name of an enum, and its number."""

    name: str
    number: int
    doc: str | None
    annotations: Annotations
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum:
    """Members in source order; two may share a number, the first is then the canonical one."""

    id: DeclId
    members: tuple[EnumMember, ...]
    doc: str | None
    annotations: Annotations
    span: Span
    name_span: Span


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
