"""Thrift binary as the printer of codecs needs it: codes, sizes and struct letters of types."""

from __future__ import annotations

from typing import Final

from kitexgen.codegen.plan.wire_types import (
    EnumType,
    ListType,
    MapType,
    PackedType,
    RecordType,
    ScalarType,
    SetType,
    WireType,
)
from kitexgen.schema.types import ScalarKind

# Apache Thrift, doc/specs/thrift-binary-protocol.md
_SCALAR_CODES: Final = {
    ScalarKind.BOOL: 2,
    ScalarKind.I8: 3,
    ScalarKind.DOUBLE: 4,
    ScalarKind.I16: 6,
    ScalarKind.I32: 8,
    ScalarKind.I64: 10,
    ScalarKind.STRING: 11,
    ScalarKind.BINARY: 11,
    ScalarKind.UUID: 16,
}
_I32: Final = 8
_STRUCT: Final = 12
_MAP: Final = 13
_SET: Final = 14
_LIST: Final = 15

# `struct` letter and size of what has a fixed size
_LETTERS: Final = {
    ScalarKind.BOOL: ("B", 1),
    ScalarKind.I8: ("b", 1),
    ScalarKind.I16: ("h", 2),
    ScalarKind.I32: ("i", 4),
    ScalarKind.I64: ("q", 8),
    ScalarKind.DOUBLE: ("d", 8),
}

# Kitex's FastCodec writes fields of these types first (cloudwego/kitex
# tool/internal_pkg/pluginmode/thriftgo/patcher.go, reorderStructFields).
WRITTEN_FIRST: Final = frozenset(_LETTERS)

HEADER_SIZE: Final = 3  # type code, and two bytes of field id
LENGTH_SIZE: Final = 4


def code(type: WireType) -> int:
    """The type code on the wire."""
    match type:
        case ScalarType(kind):
            return _SCALAR_CODES[kind]
        case EnumType():
            return _I32
        case RecordType():
            return _STRUCT
        case MapType():
            return _MAP
        case SetType():
            return _SET
        case ListType() | PackedType():
            return _LIST


def fixed(type: WireType) -> tuple[str, int] | None:
    """`struct` letter and size of a number, bool or enum; None for everything else."""
    match type:
        case ScalarType(kind):
            return _LETTERS.get(kind)
        case EnumType():
            return _LETTERS[ScalarKind.I32]
        case _:
            return None


def is_text(type: WireType) -> bool:
    """Whether a value is a length and so many bytes: string or binary."""
    return isinstance(type, ScalarType) and type.kind in (ScalarKind.STRING, ScalarKind.BINARY)


def header(type: WireType, number: int) -> str:
    """The three bytes of a field header as a literal."""
    return byte_literal(bytes((code(type), *(number & 0xFFFF).to_bytes(2, "big"))))


def byte_literal(data: bytes) -> str:
    r"""`b"\x0b\x00\x07"`, every byte as a number: what they mean is numbers, not text."""
    return 'b"' + "".join(f"\\x{byte:02x}" for byte in data) + '"'
