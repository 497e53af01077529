"""Fields that a record does not know, kept for writing back.

They are kept as Thrift binary, headers included, whatever they came in: a record may arrive in one protocol and
leave in another.
"""

from __future__ import annotations

from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.wire import thrift_types as t
from kitexgen.runtime.wire.thrift_binary import FIELD_SIZE, FORMAT, BinaryReader, BinaryWriter
from kitexgen.runtime.wire.thrift_compact import CompactReader, CompactWriter

_Reader = BinaryReader | CompactReader
_Writer = BinaryWriter | CompactWriter


def read_unknown(reader: _Reader, code: int, number: int) -> bytes:
    """Return the field whose header was just read as Thrift binary. Raises `DecodeError` like a skip."""
    if isinstance(reader, BinaryReader):
        start = reader.at - FIELD_SIZE
        reader.skip(code)
        return reader.data[start : reader.at]
    writer = BinaryWriter([])
    _copy_field(reader, writer, code, number, 0)
    return b"".join(writer.pieces)


def write_unknown(fields: object, writer: _Writer) -> None:
    """Write fields that were kept. Raises `EncodeError` when they are no fields of Thrift binary."""
    if not isinstance(fields, bytes):
        raise EncodeError(f"unknown fields are kept as bytes, got {type(fields).__name__}")
    reader = BinaryReader(fields)
    try:
        while reader.at < len(fields):
            code, number = reader.field()
            if isinstance(writer, CompactWriter):
                _copy_field(reader, writer, code, number, 0)
            else:
                writer.pieces.append(read_unknown(reader, code, number))
    except DecodeError as error:
        raise EncodeError(f"unknown fields are no Thrift binary: {error.reason}") from error


def _copy_field(reader: _Reader, writer: _Writer, code: int, number: int, depth: int) -> None:
    if code == t.BOOL:
        writer.field_boolean(number, reader.boolean())
    else:
        writer.field(_known(code), number)
        _copy(reader, writer, code, depth)


def _copy(reader: _Reader, writer: _Writer, code: int, depth: int) -> None:
    if code == t.BOOL:
        writer.boolean(reader.boolean())
    elif code in FORMAT:
        writer.number(code, reader.number(code))
    elif code == t.STRING:
        writer.binary(reader.binary())
    elif code == t.UUID:
        writer.uuid(reader.uuid())
    elif depth == t.SKIP_DEPTH:
        raise DecodeError("depth limit exceeded")
    elif code == t.STRUCT:
        _copy_struct(reader, writer, depth + 1)
    elif code == t.MAP:
        _copy_map(reader, writer, depth + 1)
    else:
        _copy_sequence(reader, writer, depth + 1)


def _copy_struct(reader: _Reader, writer: _Writer, depth: int) -> None:
    reader.begin_record()
    writer.begin_record()
    while True:
        code, number = reader.field()
        if code == t.STOP:
            break
        _copy_field(reader, writer, code, number, depth)
    reader.end_record()
    writer.end_record()


def _copy_map(reader: _Reader, writer: _Writer, depth: int) -> None:
    key, value, count = reader.mapping()
    if count == 0:
        # Some writers give an empty map no types; compact has none either.
        writer.mapping(t.BOOL, t.BOOL, 0)
        return
    writer.mapping(_known(key), _known(value), count)
    for _ in range(count):
        _copy(reader, writer, key, depth)
        _copy(reader, writer, value, depth)


def _copy_sequence(reader: _Reader, writer: _Writer, depth: int) -> None:
    element, count = reader.sequence()
    writer.sequence(_known(element) if count else t.BOOL, count)
    for _ in range(count):
        _copy(reader, writer, element, depth)


def _known(code: int) -> int:
    if code not in t.CODE_NAMES:
        raise DecodeError(f"unknown data type {code}")
    return code
