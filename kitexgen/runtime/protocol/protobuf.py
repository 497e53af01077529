"""Kitex Protobuf: what stands round a Protobuf message in a call, and the error that a peer answers with.

    offset   size   field
    0        2      90 01
    2        2      kind of the message, as in Thrift
    4        4+n    method, with its length; never empty
    8+n      4      sequence id, signed
    12+n     rest   request, response or `ErrorProto`; of a message that says nothing, nothing

A length always stands before it (`framing`). Source: cloudwego/kitex
pkg/remote/codec/protobuf/{protobuf.go,error.proto}; reference/wire.md 4.2.
"""

from __future__ import annotations

import functools
import struct
from typing import Final

from kitexgen.runtime.errors import ApplicationError, BadVersion, DecodeError
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.wire.protobuf_codec import decode_protobuf, encode_protobuf
from kitexgen.runtime.wire.thrift_envelope import MessageBegin
from kitexgen.runtime.wire.thrift_types import MessageKind

_MAGIC: Final = b"\x90\x01"
_START: Final = struct.Struct(">2sHI")
_SEQUENCE: Final = struct.Struct(">i")


class ErrorProto(Message):
    """What an EXCEPTION holds. The text is any bytes: a peer's error is read even when it is no UTF-8."""

    __match_args__ = ("type_id", "message")
    __slots__ = (*__match_args__, "__unknown__")
    __schema__ = (
        "message",
        "protobuf.ErrorProto",
        "error.proto:10",
        (
            (1, "type_id", "TypeID", "default", "int32"),
            (2, "message", "Message", "default", "unchecked_string"),
        ),
        (),
    )

    type_id: int
    message: str

    def __init__(self, *, type_id: int = 0, message: str = "") -> None:
        self.type_id = type_id
        self.message = message
        self.__unknown__ = b""


def write_begin(method: str, kind: MessageKind, sequence_id: int) -> bytes:
    """What stands before the body."""
    return _head(method, kind) + _SEQUENCE.pack(sequence_id)


@functools.lru_cache(maxsize=1024)
def _head(method: str, kind: MessageKind) -> bytes:
    """All before the sequence id: always the same for a method of the IDL."""
    name = method.encode("utf-8", "surrogateescape")
    return _START.pack(_MAGIC, kind, len(name)) + name


def read_begin(payload: bytes) -> MessageBegin:
    """Read what stands before the body. Raises BadVersion for another magic, DecodeError when it is cut short."""
    if len(payload) < _START.size:
        raise DecodeError("the data ends within the message header")
    magic, kind, length = _START.unpack_from(payload)
    if magic != _MAGIC:
        raise BadVersion(payload[:4])
    end = _START.size + length
    if len(payload) < end + _SEQUENCE.size:
        raise DecodeError("the data ends within the message header")
    method = payload[_START.size : end].decode("utf-8", "surrogateescape")
    return MessageBegin(method, kind, _SEQUENCE.unpack_from(payload, end)[0], end + _SEQUENCE.size)


def write_error(error: ApplicationError) -> bytes:
    """The body of an EXCEPTION."""
    # Strings are UTF-8 in Protobuf: a character that has none goes as its escape, as in Thrift.
    text = error.message.encode("utf-8", "backslashreplace").decode()
    return encode_protobuf(ErrorProto(type_id=error.type, message=text))


def read_error(body: bytes) -> ApplicationError:
    """Read the body of an EXCEPTION. Raises DecodeError when it is none."""
    told = decode_protobuf(ErrorProto, body)
    return ApplicationError.received(told.type_id, told.message)
