"""What an answer means to the caller: a value, or an error to raise. Does no I/O."""

from __future__ import annotations

from typing import Any

from kitexgen.runtime.errors import InvalidMessageType, OutOfOrderSequence, WrongMethodName
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.protocol.packing import envelope_head, read_body, read_exception, unpack
from kitexgen.runtime.protocol.results import result_shape
from kitexgen.runtime.service.info import MethodInfo
from kitexgen.runtime.wire.thrift_types import MessageKind

_REPLY = MessageKind.REPLY

_REPLIES = (MessageKind.REPLY, MessageKind.STREAM)


def open_answer(packet: Packet, method: MethodInfo, sequence_id: int) -> Message:
    """The reply to a call of `method` that was sent with `sequence_id`: the right kind, order and name.

    Raises the ApplicationError that the peer sent instead (whose method and sequence id are not checked, as in Kitex),
    else InvalidMessageType, OutOfOrderSequence or WrongMethodName, and DecodeError when there is no envelope.
    """
    usual = _usual_answer(packet, method, sequence_id)
    if usual is not None:
        return usual
    message = unpack(packet)
    if message.kind is MessageKind.EXCEPTION:
        raise read_exception(message)
    if message.kind not in _REPLIES:
        raise InvalidMessageType(message.kind.value)
    if message.sequence_id != sequence_id:
        raise OutOfOrderSequence(sequence_id, message.sequence_id)
    if message.method != method.name:
        raise WrongMethodName(method.name, message.method)
    return message


def _usual_answer(packet: Packet, method: MethodInfo, sequence_id: int) -> Message | None:
    """The reply that is due, in Thrift Binary; None leaves all else to the long way."""
    format, payload, header = packet
    if format.protocol != "binary":
        return None
    begin = envelope_head(method.name, _REPLY) + (sequence_id & 0xFFFFFFFF).to_bytes(4, "big")
    if not payload.startswith(begin):
        return None
    return Message(format, _REPLY, method.name, sequence_id, payload, len(begin), header)


def value_of(message: Message, method: MethodInfo) -> Any:
    """The value in a reply; None for void. Raises the declared exception it holds, and DecodeError."""
    if method.result is None:
        return None
    return result_shape(method.result).open(read_body(message, method.result))
