"""What goes each way on a method's streams. Source: reference/wire.md 8.1: bare records, no arguments, no results.

Structs of Thrift alone: Kitex has no codec for Protobuf there (pkg/remote/trans/ttstream/frame.go, EncodePayload); its
streams of Protobuf go over gRPC.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kitexgen.runtime.buffer.pieces import Pieces, gather
from kitexgen.runtime.errors import DecodeError, EncodeError, UnsupportedStreaming
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.protocol.results import thrift_result
from kitexgen.runtime.service.info import MethodInfo
from kitexgen.runtime.wire.codec import append_binary, decode_binary
from kitexgen.runtime.wire.table import RecordRef, table_of


class StreamShape(NamedTuple):
    """The classes of a streaming method's messages."""

    request: type[Struct]
    response: type[Struct]


PROTOBUF_STREAMS = "Kitex streams Protobuf over gRPC alone, which kitexgen does not speak yet"

_SHAPES: dict[type[Struct], StreamShape] = {}


def stream_shape(method: MethodInfo) -> StreamShape:
    """The messages of `method`, worked out once.

    Raises UnsupportedStreaming when it does not stream, is one of a Protobuf service, or one of them is no struct: the
    IDL allows that, and Kitex cannot send it either.
    """
    shape = _SHAPES.get(method.arguments)
    if shape is None:
        shape = _SHAPES[method.arguments] = _work_out(method)
    return shape


def encode_payload(message: Any, expected: type[Struct]) -> Pieces:
    """The payload of a data frame. Raises EncodeError when `message` is of another class, or cannot be written."""
    if not isinstance(message, expected):
        raise EncodeError(f"expected {expected.__name__}, got {type(message).__name__}", "message of the stream")
    pieces: list[bytes] = []
    append_binary(message, pieces)
    return gather(pieces)


def decode_payload(payload: bytes, expected: type[Struct]) -> Struct:
    """The message in a data frame. Raises DecodeError."""
    if not payload:
        raise DecodeError("the data frame is empty", expected.__schema__[1])
    return decode_binary(expected, payload)[0]


def _work_out(method: MethodInfo) -> StreamShape:
    if not method.streaming.is_stream or method.result is None:
        raise UnsupportedStreaming("no streaming method", method=method.name)
    if issubclass(method.arguments, Message):
        raise UnsupportedStreaming(PROTOBUF_STREAMS, method=method.name)
    requests = [field.type for field in table_of(method.arguments).by_id.values()]
    results = thrift_result(method.result)
    response = next(
        (field.type for field in table_of(method.result).by_id.values() if field.attribute == results.value), None
    )
    match requests, response:
        case [RecordRef() as request], RecordRef():
            return StreamShape(request.cls, response.cls)
    raise UnsupportedStreaming("a stream carries structs alone, one type each way", method=method.name)
