"""The meaning both IDLs share: frozen, complete, no half-linked state. The one room both towers stand on."""

from kitexgen.schema.annotations import Annotation, Annotations, first_value
from kitexgen.schema.declarations import (
    Alias,
    Const,
    Enum,
    EnumMember,
    Field,
    Record,
    RecordKind,
    Requirement,
)
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Declaration, Include, Module, Namespace, Schema
from kitexgen.schema.services import Method, Service, Streaming
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value

__all__ = [
    "Alias",
    "Annotation",
    "Annotations",
    "Const",
    "DeclId",
    "Declaration",
    "Enum",
    "EnumMember",
    "EnumValue",
    "Field",
    "Include",
    "ListOf",
    "ListValue",
    "MapOf",
    "MapValue",
    "Method",
    "Module",
    "ModuleId",
    "Namespace",
    "Record",
    "RecordKind",
    "RecordValue",
    "Ref",
    "Requirement",
    "Scalar",
    "ScalarKind",
    "Schema",
    "Service",
    "SetOf",
    "SetValue",
    "Streaming",
    "Type",
    "Value",
    "first_value",
]
