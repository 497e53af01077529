"""encode, decode, encoded_size: records to Thrift bytes and back, without an envelope around them."""

from __future__ import annotations

from typing import TypeVar

from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.thrift.build import require_record_class
from kitexgen.runtime.wire.native import compiled
from kitexgen.runtime.wire.pure import (
    READERS,
    WRITERS,
    append_binary,
    decode_binary,
    decode_compact,
    encode_carefully,
    encode_compact,
)
from kitexgen.runtime.wire.thrift_envelope import ThriftProtocol

R = TypeVar("R", bound=Struct)


@compiled
def encode(record: Struct, *, protocol: ThriftProtocol = "binary") -> bytes:
    """Return `record` as Thrift `protocol`: "binary", as Kitex speaks it, or "compact".

    Fields stand in the order of Kitex's FastCodec: numbers and bools first, then the rest. Raises EncodeError, which
    names the path, when a value does not fit its field; TypeError for what is no record; ValueError for no protocol.
    """
    # This try is `encode_binary` once more: a call costs a tenth of writing a small record.
    try:
        if protocol == "binary":
            return b"".join(WRITERS[type(record)](record))
    except Exception:
        pass  # the first record of its class, or one that the careful writer has something to say about
    if not isinstance(record, Struct):
        raise _no_record("encode", record)
    if protocol == "binary":
        return encode_carefully(record)
    _require_compact(protocol)
    return encode_compact(record)


@compiled
def decode(cls: type[R], data: bytes | bytearray | memoryview, *, protocol: ThriftProtocol = "binary") -> R:
    """Read a `cls` from `data`, all of it. Fields that `cls` does not know are skipped, or kept where it asks for that.

    Raises DecodeError, which names the path, when the bytes are no such record or go on behind it; TypeError when `cls`
    is no record class; ValueError for another protocol.
    """
    # This try is `decode_binary` once more: a call costs a tenth of reading a small record.
    try:
        if protocol == "binary" and type(data) is bytes:
            found, end = READERS[cls](data, 0)
            if end == len(data):
                return found  # type: ignore[no-any-return]  # a reader returns its class
    except Exception:
        pass  # the first record of its class, or bytes that the careful reader has something to say about
    data = bytes(data)
    try:
        if protocol == "binary":
            record, end = decode_binary(cls, data)
        else:
            _require_compact(protocol)
            record, end = decode_compact(cls, data)
    except TypeError:
        # Looked at only now: the check costs as much as reading a small record.
        require_record_class(cls)
        raise
    if end != len(data):
        raise DecodeError(f"{len(data) - end} bytes are left behind the record", cls.__schema__[1])
    return record


@compiled
def encoded_size(record: Struct, *, protocol: ThriftProtocol = "binary") -> int:
    """Return how many bytes `encode` gives. Raises what `encode` raises."""
    if protocol != "binary":
        return len(encode(record, protocol=protocol))
    if not isinstance(record, Struct):
        raise _no_record("encoded_size", record)
    pieces: list[bytes] = []
    append_binary(record, pieces)
    return sum(map(len, pieces))


def _no_record(function: str, thing: object) -> TypeError:
    found = f"the class {thing.__qualname__}" if isinstance(thing, type) else type(thing).__name__
    return TypeError(f"{function}() takes a record, got {found}")


def _require_compact(protocol: str) -> None:
    if protocol != "compact":
        raise ValueError(f'a Thrift protocol is "binary" or "compact", got {protocol!r}')
