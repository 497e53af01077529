"""From a whole message to the bytes that answer it: the part of a server that knows no connection."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from kitexgen.runtime.call.current import enter, leave
from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import (
    ApplicationError,
    ApplicationErrorType,
    DecodeError,
    InvalidMessageType,
    KitexError,
    ProtocolError,
)
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.protocol.results import result_shape
from kitexgen.runtime.protocol.thrift import pack, pack_exception, read_body, unpack
from kitexgen.runtime.server.dispatch import failure
from kitexgen.runtime.server.routing import Routes
from kitexgen.runtime.wire.thrift_types import MessageKind

_LOG = logging.getLogger("kitexgen.server")


@dataclass(slots=True, eq=False)
class Request:
    """A call that was understood and can be run."""

    message: Message
    info: RpcInfo
    arguments: Any


@dataclass(slots=True, eq=False)
class Refusal:
    """A call that cannot be run: what to answer (b"" for nothing), and whether the connection is of any further use."""

    reply: bytes
    closes: bool


def understand(packet: Packet, routes: Routes, peer: Address | None) -> Request | Refusal:
    """The call in `packet`, or why there is none. Which faults are answered, and close: reference/wire.md 9.1.

    Raises BadVersion, DecodeError, InvalidMessageType and ProtocolError for what cannot even be answered.
    """
    message = unpack(packet)
    if message.kind not in (MessageKind.CALL, MessageKind.ONEWAY):
        raise InvalidMessageType(message.kind.value, method=message.method)
    if not message.method:
        raise ProtocolError("the call names no method")
    try:
        bound = routes.find("", message.method)
    except ApplicationError as error:
        # A caller that says it awaits no answer gets none; all others learn what is wrong before the connection closes.
        is_awaited = message.kind is MessageKind.CALL
        return Refusal(_exception(message, error) if is_awaited else b"", closes=True)
    method = bound.method
    if method.streaming.is_stream:
        text = f"method {method.name} streams: framed and buffered transports carry single messages"
        unsupported = ApplicationError(ApplicationErrorType.UNKNOWN_METHOD, text)
        return Refusal(_exception(message, unsupported), closes=False)
    try:
        arguments = read_body(message, method.arguments)
    except DecodeError as fault:
        _LOG.warning("cannot read a call of %s.%s from %s: %s", bound.service.name, method.name, peer, fault)
        unreadable = ApplicationError(ApplicationErrorType.PROTOCOL_ERROR, str(fault))
        return Refusal(b"" if method.is_oneway else _exception(message, unreadable), closes=True)
    info = RpcInfo(
        side="server",
        destination=bound.service.name,
        service=bound.service,
        method=method,
        address=peer,
        sequence_id=message.sequence_id,
    )
    return Request(message, info, arguments)


async def run(request: Request, endpoint: Endpoint) -> bytes:
    """Run the call, return the bytes of its answer; b"" for oneway, whatever came of it.

    Whether there is an answer is decided by the IDL, not by the kind of the message, as in Kitex.
    """
    info = request.info
    token = enter(info)
    try:
        value = await endpoint(info, request.arguments)
        return _reply(request.message, info, value)
    except Exception as error:
        return _failed(request.message, info, error)
    finally:
        leave(token)


def interrupted(request: Request) -> bytes:
    """The answer to a call that was cancelled from within: its handler awaited something that someone cancelled."""
    return _failed(request.message, request.info, RuntimeError("the handler was cancelled"))


def unfinished(beginning: Packet, peer: Address | None) -> bytes:
    """The answer to a call whose rest stayed away, in Kitex's words; b"" when not even its envelope came."""
    try:
        message = unpack(beginning)
    except KitexError:
        return b""
    error = ApplicationError(ApplicationErrorType.PROTOCOL_ERROR, f"connection read timeout {peer}")
    return _exception(message, error) if message.kind is MessageKind.CALL else b""


def _reply(message: Message, info: RpcInfo, value: Any) -> bytes:
    method = info.method
    if method.result is None:
        return b""
    record = result_shape(method.result).succeed(value)
    return pack(message.format, MessageKind.REPLY, method.name, message.sequence_id, record)


def _failed(message: Message, info: RpcInfo, error: Exception) -> bytes:
    method = info.method
    if method.result is None:
        _LOG.error("%s failed, and being oneway can tell nobody", info.full_name, exc_info=error)
        return b""
    declared = result_shape(method.result).fail(error)
    if declared is not None:
        try:
            return pack(message.format, MessageKind.REPLY, method.name, message.sequence_id, declared)
        except KitexError as fault:
            error = fault
    return _exception(message, failure(info, error))


def _exception(message: Message, error: ApplicationError) -> bytes:
    return pack_exception(message.format, message.method, message.sequence_id, error)
