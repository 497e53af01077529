"""How a field stands on the wire: what `hover` says of it.

Sources: Apache Thrift, doc/specs/thrift-binary-protocol.md; Protobuf, "Encoding" (protobuf.dev).
"""

from __future__ import annotations

from typing import Final

from kitexgen.lsp.declared import find, resolve
from kitexgen.schema.declarations import Enum, Field
from kitexgen.schema.module import Schema
from kitexgen.schema.types import ListOf, MapOf, Ref, Scalar, ScalarKind, SetOf, Type

# Type codes of Thrift Binary, with how many bytes a value takes; None where that depends on the value.
_THRIFT: Final[dict[ScalarKind, tuple[int, str, int | None]]] = {
    ScalarKind.BOOL: (2, "BOOL", 1),
    ScalarKind.I8: (3, "I8", 1),
    ScalarKind.DOUBLE: (4, "DOUBLE", 8),
    ScalarKind.I16: (6, "I16", 2),
    ScalarKind.I32: (8, "I32", 4),
    ScalarKind.I64: (10, "I64", 8),
    ScalarKind.STRING: (11, "STRING", None),
    ScalarKind.BINARY: (11, "STRING", None),
    ScalarKind.UUID: (16, "UUID", 16),
}
_STRUCT, _MAP, _SET, _LIST = (12, "STRUCT"), (13, "MAP"), (14, "SET"), (15, "LIST")

# Wire types of Protobuf.
_VARINT, _I64, _LEN, _SGROUP, _I32 = (0, "VARINT"), (1, "I64"), (2, "LEN"), (3, "SGROUP"), (5, "I32")
_PROTO: Final[dict[ScalarKind, tuple[int, str]]] = {
    ScalarKind.DOUBLE: _I64,
    ScalarKind.FIXED64: _I64,
    ScalarKind.SFIXED64: _I64,
    ScalarKind.FLOAT: _I32,
    ScalarKind.FIXED32: _I32,
    ScalarKind.SFIXED32: _I32,
    ScalarKind.STRING: _LEN,
    ScalarKind.BINARY: _LEN,
}


def layout(schema: Schema, field: Field) -> tuple[str, ...]:
    """What is to be said of `field`, a line each; nothing when its type leads nowhere."""
    return _thrift(schema, field) if field.encoding is None else _proto(schema, field)


def _thrift(schema: Schema, field: Field) -> tuple[str, ...]:
    code = _thrift_code(schema, field.type)
    if code is None:
        return ()
    number, name, size = code
    header = bytes((number,)) + (field.id & 0xFFFF).to_bytes(2, "big")
    length = f", then {size} byte{'s' if size > 1 else ''}" if size is not None else ""
    return (f"field id {field.id}, wire type {name} ({number})", f"header `{_hex(header)}`{length}")


def _thrift_code(schema: Schema, type: Type) -> tuple[int, str, int | None] | None:
    match resolve(schema, type):
        case Scalar(kind=kind):
            return _THRIFT.get(kind)
        case ListOf():
            return (*_LIST, None)
        case SetOf():
            return (*_SET, None)
        case MapOf():
            return (*_MAP, None)
        case Ref(target=target):
            is_enum = isinstance(find(schema, target), Enum)
            return _THRIFT[ScalarKind.I32] if is_enum else (*_STRUCT, None)
        case _:
            return None


def _proto(schema: Schema, field: Field) -> tuple[str, ...]:
    assert field.encoding is not None
    number, name = _proto_type(schema, field)
    tag = (field.id << 3) | number
    packed = ", packed" if field.encoding.is_packed else ""
    return (f"field number {field.id}, wire type {name} ({number}){packed}", f"tag `{_hex(_varint(tag))}`")


def _proto_type(schema: Schema, field: Field) -> tuple[int, str]:
    assert field.encoding is not None
    type = field.type
    if isinstance(type, MapOf) or field.encoding.is_packed:
        return _LEN
    if isinstance(type, ListOf):
        type = type.element
    if isinstance(type, Scalar):
        return _PROTO.get(type.kind, _VARINT)
    if isinstance(type, Ref) and isinstance(find(schema, type.target), Enum):
        return _VARINT
    return _SGROUP if field.encoding.is_delimited else _LEN


def _varint(number: int) -> bytes:
    """LEB128: seven bits a byte, the low ones first."""
    out = bytearray()
    while number > 0x7F:
        out.append((number & 0x7F) | 0x80)
        number >>= 7
    return bytes((*out, number))


def _hex(data: bytes) -> str:
    return data.hex(" ").upper()
