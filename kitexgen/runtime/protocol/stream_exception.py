"""The exceptions that trailer and rst frames carry: a whole EXCEPTION message, whose sequence id is the stream's."""

from __future__ import annotations

from kitexgen.runtime.errors import ApplicationError, CodecError, InvalidMessageType, RpcError
from kitexgen.runtime.framing.format import TTHEADER_BINARY, Packet
from kitexgen.runtime.protocol.packing import read_exception, unpack
from kitexgen.runtime.wire.thrift_envelope import write_application_error, write_message_begin
from kitexgen.runtime.wire.thrift_types import MessageKind

RST = 13
"""The number of an rst that says nothing, or nothing readable, and `rst` its text: Kitex's."""


def write_stream_exception(method: str, stream_id: int, error: ApplicationError) -> bytes:
    """The payload that tells `error`."""
    begin = write_message_begin("binary", method, MessageKind.EXCEPTION, stream_id)
    return begin + write_application_error("binary", error)


def read_stream_exception(payload: bytes) -> ApplicationError:
    """The error that a payload tells. Raises CodecError or RpcError when it tells none."""
    message = unpack(Packet(TTHEADER_BINARY, payload))
    if message.kind is not MessageKind.EXCEPTION:
        raise InvalidMessageType(message.kind.value)
    return read_exception(message)


def read_rst(payload: bytes) -> ApplicationError:
    """What the payload of an rst frame tells; the default when that is nothing."""
    try:
        if payload:
            return read_stream_exception(payload)
    except (CodecError, RpcError):
        pass  # the stream is over all the same
    return ApplicationError(RST, "rst")
