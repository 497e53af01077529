"""Protobuf as the printers of codecs need it: tags, wire types, and what the door calls each kind of scalar."""

from __future__ import annotations

from typing import Final

from kitexgen.codegen.fastcodec.thrift_binary import byte_literal
from kitexgen.codegen.plan.wire_types import (
    EnumType,
    MapType,
    MessageType,
    ProtoScalarType,
    RepeatedArrayType,
    RepeatedType,
    ScalarType,
    WireType,
)
from kitexgen.schema.types import ScalarKind

VARINT: Final = 0
LENGTH: Final = 2
GROUP: Final = 3
END_GROUP: Final = 4

_FIXED: Final = {
    ScalarKind.FIXED32: ("FIXED32", 4, 5),
    ScalarKind.SFIXED32: ("SFIXED32", 4, 5),
    ScalarKind.FLOAT: ("FLOAT", 4, 5),
    ScalarKind.FIXED64: ("FIXED64", 8, 1),
    ScalarKind.SFIXED64: ("SFIXED64", 8, 1),
    ScalarKind.DOUBLE: ("DOUBLE", 8, 1),
}
_INTEGERS: Final = frozenset(
    (
        ScalarKind.INT32,
        ScalarKind.INT64,
        ScalarKind.UINT32,
        ScalarKind.UINT64,
        ScalarKind.SINT32,
        ScalarKind.SINT64,
    )
)
_TEXT: Final = (ScalarKind.STRING, ScalarKind.BINARY)


def tag_bytes(number: int, wire_type: int) -> bytes:
    """What stands in front of a field."""
    tag = number << 3 | wire_type
    out = bytearray()
    while tag > 0x7F:
        out.append(tag & 0x7F | 0x80)
        tag >>= 7
    return bytes((*out, tag))


def tag_literal(number: int, wire_type: int) -> str:
    return byte_literal(tag_bytes(number, wire_type))


def fixed(type: WireType) -> tuple[str, int] | None:
    """Name at the door and size of a number of fixed size; None for everything else."""
    if isinstance(type, ScalarType) and type.kind in _FIXED:
        name, size, _ = _FIXED[type.kind]
        return name, size
    return None


def is_text(type: WireType) -> bool:
    """Whether a value is a length and so many bytes, and no message: string or bytes."""
    return isinstance(type, ScalarType) and type.kind in _TEXT


def is_bytes(type: WireType) -> bool:
    return isinstance(type, ScalarType) and type.kind is ScalarKind.BINARY


def is_unchecked(type: WireType) -> bool:
    """Whether a string may hold bytes that are no UTF-8."""
    return isinstance(type, ProtoScalarType) and type.kind is ScalarKind.STRING and not type.checks_utf8


def map_word(number: int, type: MapType) -> str | None:
    """What the door does whole maps of: "numbers" or "texts", by short strings; None for all other maps."""
    if not is_text(type.key) or is_bytes(type.key) or is_unchecked(type.key) or len(tag_bytes(number, LENGTH)) > 1:
        return None
    match type.value:
        case ScalarType(ScalarKind.STRING) if not is_unchecked(type.value):
            return "texts"
        case ScalarType(kind) if kind in _INTEGERS:
            return "numbers"
        case _:
            return None


def number_word(type: WireType) -> str:
    """What the door calls a varint or number of fixed size: "int32", for enums too."""
    if isinstance(type, EnumType):
        return "int32"
    assert isinstance(type, ScalarType)
    return type.kind.value


def wire_type(type: WireType) -> int:
    """The wire type of one value: of a list, that of its elements."""
    match type:
        case RepeatedType() | RepeatedArrayType():
            return wire_type(type.element)
        case MessageType(is_delimited=True):
            return GROUP
        case MessageType() | MapType():
            return LENGTH
        case ScalarType(kind) if kind in _FIXED:
            return _FIXED[kind][2]
        case ScalarType() if is_text(type):
            return LENGTH
        case _:
            return VARINT
