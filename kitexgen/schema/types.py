"""Type: a scalar, a container of types, or a reference to a declaration."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from kitexgen.schema.annotations import Annotations
from kitexgen.schema.ids import DeclId


class ScalarKind(Enum):
    """The scalars of both languages, told apart by what they mean and how they are written.

    Thrift's `byte` is I8, Protobuf's `bytes` is BINARY.
    """

    # of both
    BOOL = "bool"
    DOUBLE = "double"
    STRING = "string"
    BINARY = "binary"
    # of Thrift
    I8 = "i8"
    I16 = "i16"
    I32 = "i32"
    I64 = "i64"
    UUID = "uuid"
    # of Protobuf
    FLOAT = "float"
    INT32 = "int32"
    INT64 = "int64"
    UINT32 = "uint32"
    UINT64 = "uint64"
    SINT32 = "sint32"
    SINT64 = "sint64"
    FIXED32 = "fixed32"
    FIXED64 = "fixed64"
    SFIXED32 = "sfixed32"
    SFIXED64 = "sfixed64"


_OF_BOTH = (ScalarKind.BOOL, ScalarKind.DOUBLE, ScalarKind.STRING, ScalarKind.BINARY)
THRIFT_SCALARS: Final = (
    *_OF_BOTH,
    ScalarKind.I8,
    ScalarKind.I16,
    ScalarKind.I32,
    ScalarKind.I64,
    ScalarKind.UUID,
)
PROTO_SCALARS: Final = (*_OF_BOTH, *(kind for kind in ScalarKind if kind not in THRIFT_SCALARS))


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
