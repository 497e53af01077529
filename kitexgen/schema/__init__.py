"""The meaning both IDLs share: frozen, complete, no half-linked state. The one room both towers stand on."""

from kitexgen.schema.annotations import Annotation, Annotations, Option, Options, first_value, option
from kitexgen.schema.declarations import (
    Alias,
    Const,
    Enum,
    EnumMember,
    Extension,
    Field,
    Oneof,
    ProtoEncoding,
    Record,
    RecordKind,
    Requirement,
    Reserved,
)
from kitexgen.schema.digest import Digests
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.interchange import BadInterchange, from_json, to_json
from kitexgen.schema.module import PACKAGE, Declaration, Include, Module, Namespace, Schema
from kitexgen.schema.order import dependency_order
from kitexgen.schema.services import Method, Service, Streaming
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type
from kitexgen.schema.values import EnumValue, ListValue, MapValue, RecordValue, SetValue, Value

__all__ = [
    "PACKAGE",
    "Alias",
    "Annotation",
    "Annotations",
    "BadInterchange",
    "Const",
    "DeclId",
    "Declaration",
    "Digests",
    "Enum",
    "EnumMember",
    "EnumValue",
    "Extension",
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
    "Oneof",
    "Option",
    "Options",
    "ProtoEncoding",
    "Record",
    "RecordKind",
    "RecordValue",
    "Ref",
    "Requirement",
    "Reserved",
    "Scalar",
    "ScalarKind",
    "Schema",
    "Service",
    "SetOf",
    "SetValue",
    "Streaming",
    "Type",
    "Value",
    "dependency_order",
    "first_value",
    "from_json",
    "option",
    "to_json",
]
