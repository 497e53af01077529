"""Scope: what one generated module needs to know in order to name types: where it is, and how things are called."""

from __future__ import annotations

from dataclasses import dataclass, field

from kitexgen.codegen.plan.imports import ImportSet
from kitexgen.codegen.plan.symbols import Symbols
from kitexgen.codegen.plan.wire_types import (
    PACKABLE,
    ClassRef,
    ClosedEnumType,
    EnumType,
    ListType,
    MapType,
    MessageType,
    PackedType,
    ProtoScalarType,
    RecordType,
    RepeatedArrayType,
    RepeatedType,
    ScalarType,
    SetType,
    WireType,
    is_packed,
)
from kitexgen.schema.declarations import Alias, Enum, Field, ProtoEncoding, Record, RecordKind
from kitexgen.schema.module import Schema
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type


@dataclass(frozen=True, slots=True)
class Scope:
    """Wire types and Python names as seen from the module that `imports` belongs to.

    `lint_exceptions` gathers the rules of ruff that the module breaks for a reason.
    """

    schema: Schema
    symbols: Symbols
    imports: ImportSet
    lint_exceptions: set[str] = field(default_factory=set)

    def declaration(self, ref: ClassRef) -> Record | Enum:
        return self.symbols.declaration(ref)

    def field_type(self, declared: Field, *, is_frozen: bool = False) -> WireType:
        """The type of a field or parameter; in a frozen record, containers are frozen too."""
        if declared.encoding is not None:
            return self._encoded_type(declared.type, declared.encoding)
        return self.wire_type(declared.type, is_frozen, is_packed(declared.annotations))

    def wire_type(self, type: Type, is_frozen: bool = False, is_packed_here: bool = False) -> WireType:
        """`type` with aliases followed at every level. `is_packed_here`: the field asks for a packed list."""
        match type:
            case Scalar(kind):
                return ScalarType(kind)
            case ListOf(element, annotations):
                inner = self.wire_type(element, is_frozen)
                packable = isinstance(inner, ScalarType) and inner.kind in PACKABLE
                if isinstance(inner, ScalarType) and packable and (is_packed_here or is_packed(annotations)):
                    # An array cannot be hashed, so frozen records keep their tuples.
                    return ListType(inner, True) if is_frozen else PackedType(inner.kind)
                return ListType(inner, is_frozen)
            case SetOf(element):
                return SetType(self.wire_type(element, True), is_frozen)
            case MapOf(key, value):
                return MapType(self.wire_type(key, True), self.wire_type(value, is_frozen), is_frozen)
            case Ref(target):
                declaration = self.schema.find(target)
                if isinstance(declaration, Alias):
                    packed = is_packed_here or is_packed(declaration.annotations)
                    return self.wire_type(declaration.type, is_frozen, packed)
                ref = self.symbols.ref(target)
                if isinstance(declaration, Enum):
                    return EnumType(ref)
                assert isinstance(declaration, Record)
                return MessageType(ref) if declaration.kind is RecordKind.MESSAGE else RecordType(ref)

    def _encoded_type(self, type: Type, encoding: ProtoEncoding) -> WireType:
        """`type` as the field of a message, or as a part of that field."""
        match type:
            case Scalar(ScalarKind.STRING):
                return ProtoScalarType(ScalarKind.STRING, encoding.checks_utf8)
            case Scalar(kind):
                return ProtoScalarType(kind)
            case ListOf(Scalar(kind), annotations) if is_packed(annotations):
                return RepeatedArrayType(kind, encoding.is_packed)
            case ListOf(element):
                return RepeatedType(self._encoded_type(element, encoding), False, encoding.is_packed)
            case MapOf(key, value):
                return MapType(self._encoded_type(key, encoding), self._encoded_type(value, encoding), False)
            case Ref(target):
                declaration = self.schema.find(target)
                ref = self.symbols.ref(target)
                if isinstance(declaration, Enum):
                    return ClosedEnumType(ref) if declaration.is_closed else EnumType(ref)
                return MessageType(ref, encoding.is_delimited)
            case SetOf():
                raise TypeError("Protobuf has no sets")

    def local(self, ref: ClassRef) -> str:
        """The name by which this module knows a class; imported if it is another module's."""
        return self.imports.use_generated(ref.module, ref.name)
