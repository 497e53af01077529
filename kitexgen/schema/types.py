"""Type: a scalar, a container of types, or a reference to a declaration."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kitexgen.schema.annotations import Annotations
from kitexgen.schema.ids import DeclId


class ScalarKind(Enum):
    """The scalars of Thrift; `byte` is I8."""

    BOOL = "bool"
    I8 = "i8"
    I16 = "i16"
    I32 = "i32"
    I64 = "i64"
    DOUBLE = "double"
    STRING = "string"
    BINARY = "binary"
    UUID = "uuid"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type without parts."""

    kind: ScalarKind
    annotations: Annotations = ()


@dataclass(frozen=True, slots=True)
class ListOf:
    """`list<element>`."""

    element: Type
    annotations: Annotations = ()


@dataclass(frozen=True, slots=True)
class SetOf:
    """`set<element>`."""

    element: Type
    annotations: Annotations = ()


@dataclass(frozen=True, slots=True)
class MapOf:
    """`map<key, value>`."""

    key: Type
    value: Type
    annotations: Annotations = ()


@dataclass(frozen=True, slots=True)
class Ref:
    """A record, enum or alias by name; an alias is kept, `Schema.resolve` follows it."""

    target: DeclId
    annotations: Annotations = ()


Type = Scalar | ListOf | SetOf | MapOf | Ref
