"""From a whole message to the bytes that answer it: the part of a server that knows no connection."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call import metainfo
from kitexgen.runtime.call.current import enter, leave
from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.call.key_values import EMPTY
from kitexgen.runtime.errors import (
    ApplicationError,
    ApplicationErrorType,
    BizStatusError,
    DecodeError,
    EncodeError,
    InvalidMessageType,
    KitexError,
    OverLimit,
    ProtocolError,
)
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.metadata.ttheader import read_call, refusal, write_reply
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.protocol.results import result_shape
from kitexgen.runtime.protocol.thrift import pack, pack_exception, read_body, unpack
from kitexgen.runtime.server.dispatch import failure
from kitexgen.runtime.server.routing import Routes
from kitexgen.runtime.wire.thrift_types import MessageKind

_LOG = logging.getLogger("kitexgen.server")

_REQUESTS = (MessageKind.CALL, MessageKind.ONEWAY, MessageKind.STREAM)


@dataclass(slots=True, eq=False)
class Request:
    """A call that was understood and can be run. `sums_up` is whether its answer carries a checksum."""

    message: Message
    info: RpcInfo
    arguments: Any
    sums_up: bool = False


@dataclass(slots=True, eq=False)
class Refusal:
    """A call that cannot be run: what to answer, perhaps nothing, and whether the connection is of any further use."""

    reply: Pieces
    closes: bool


def understand(
    packet: Packet, routes: Routes, peer: Address | None, *, sums_up: bool = False, is_shared: bool = False
) -> Request | Refusal:
    """The call in `packet`, or why there is none. Which faults are answered, and close: reference/wire.md 9.1.

    `sums_up` is whether answers carry a checksum, where there is a header for it. `is_shared` is whether other calls
    are on the same connection: then a call that is refused leaves it open, as it does in Kitex's multiplexing server.

    Raises BadVersion, DecodeError, InvalidMessageType and ProtocolError for what cannot even be answered.
    """
    message = unpack(packet)
    if message.kind not in _REQUESTS:
        raise InvalidMessageType(message.kind.value, method=message.method)
    if message.kind is MessageKind.STREAM:
        message.sequence_id = 0
    if not message.method:
        raise ProtocolError("the call names no method")
    try:
        bound = routes.find(_service_name(message), message.method)
    except ApplicationError as error:
        # A caller that says it awaits no answer gets none; all others learn what is wrong before the connection closes.
        is_awaited = message.kind is not MessageKind.ONEWAY
        reply = _refuse(message, error, sums_up, closes=not is_shared) if is_awaited else ()
        return Refusal(reply, closes=not is_shared)
    method = bound.method
    if method.streaming.is_stream:
        text = f"method {method.name} streams: framed and buffered transports carry single messages"
        unsupported = ApplicationError(ApplicationErrorType.UNKNOWN_METHOD, text)
        return Refusal(_refuse(message, unsupported, sums_up, closes=False), closes=False)
    try:
        arguments = read_body(message, method.arguments)
    except DecodeError as fault:
        _LOG.warning("cannot read a call of %s.%s from %s: %s", bound.service.name, method.name, peer, fault)
        unreadable = ApplicationError(ApplicationErrorType.PROTOCOL_ERROR, str(fault))
        reply = () if method.is_oneway else _refuse(message, unreadable, sums_up, closes=not is_shared)
        return Refusal(reply, closes=not is_shared)
    info = RpcInfo(
        side="server",
        destination=bound.service.name,
        service=bound.service,
        method=method,
        address=peer,
        sequence_id=message.sequence_id,
    )
    if message.header is not None:
        read_call(message.header, info)
    return Request(message, info, arguments, sums_up)


def _never() -> bool:
    return False


async def run(request: Request, endpoint: Endpoint, is_ending: Callable[[], bool] = _never) -> Pieces:
    """Run the call, return the bytes of its answer; none for oneway, whatever came of it.

    Whether there is an answer is decided by the IDL, not by the kind of the message, as in Kitex. `is_ending` is asked
    when the answer is written: whether it has to tell the caller not to use the connection again. Runs in a context of
    its own: what it and the handler put into context variables must be nothing to the next call.
    """
    info = request.info
    token = enter(info)
    metainfo.begin(info.metainfo or EMPTY)
    try:
        try:
            value = await endpoint(info, request.arguments)
        except BizStatusError as status:  # a middleware's; a handler's is recorded by then
            info.biz_status, value = status, None
        info.ends_connection = is_ending()
        return _reply(request, value)
    except Exception as error:
        info.ends_connection = is_ending()
        return _failed(request, error)
    finally:
        leave(token)


def interrupted(request: Request, is_ending: Callable[[], bool] = _never) -> Pieces:
    """The answer to a call that was cancelled from within: its handler awaited something that someone cancelled."""
    request.info.ends_connection = is_ending()
    return _failed(request, RuntimeError("the handler was cancelled"))


def overloaded(request: Request, is_ending: Callable[[], bool] = _never) -> Pieces:
    """The answer to a call that is not begun because too many others are at work."""
    request.info.ends_connection = is_ending()
    return _failed(request, OverLimit("request over limit: too many calls are in flight"))


def unfinished(beginning: Packet, peer: Address | None, *, sums_up: bool = False) -> Pieces:
    """The answer to a call whose rest stayed away, in Kitex's words; none when not even its envelope came."""
    try:
        message = unpack(beginning)
    except KitexError:
        return ()
    error = ApplicationError(ApplicationErrorType.PROTOCOL_ERROR, f"connection read timeout {peer}")
    return _refuse(message, error, sums_up) if message.kind in (MessageKind.CALL, MessageKind.STREAM) else ()


def _service_name(message: Message) -> str:
    """The service that the caller means; "" when nobody says."""
    return message.header.string_infos.get(StringKey.SERVICE, "") if message.header is not None else ""


def _reply(request: Request, value: Any) -> Pieces:
    method = request.info.method
    if method.result is None:
        return ()
    shape = result_shape(method.result)
    if request.info.biz_status is None:
        return _pack(request, shape.succeed(value))
    if not request.message.format.has_header:
        _LOG.warning(
            "%s: %s is lost on a transport without headers; the caller gets an empty result",
            request.info.full_name,
            request.info.biz_status,
        )
    return _pack(request, shape.record())


def _failed(request: Request, error: Exception) -> Pieces:
    info = request.info
    if info.method.result is None:
        _LOG.error("%s failed, and being oneway can tell nobody", info.full_name, exc_info=error)
        return ()
    declared = result_shape(info.method.result).fail(error)
    if declared is not None:
        try:
            return _pack(request, declared)
        except KitexError as fault:
            error = fault
    told = failure(info, error)
    try:
        return _pack_exception(request, told, keeps=True)
    except EncodeError:
        # Values that the handler sends back are too long for a header. Without them the caller learns that, at least.
        return _pack_exception(request, told, keeps=False)


def _pack(request: Request, record: Struct) -> Pieces:
    message, method = request.message, request.info.method
    header = write_reply(request.info, MessageKind.REPLY) if message.format.has_header else None
    return pack(
        message.format,
        MessageKind.REPLY,
        method.name,
        message.sequence_id,
        record,
        header=header,
        sums_up=request.sums_up,
    )


def _pack_exception(request: Request, error: ApplicationError, *, keeps: bool) -> Pieces:
    message = request.message
    header = write_reply(request.info, MessageKind.EXCEPTION, keeps=keeps) if message.format.has_header else None
    return pack_exception(
        message.format, message.method, message.sequence_id, error, header=header, sums_up=request.sums_up
    )


def _refuse(message: Message, error: ApplicationError, sums_up: bool, *, closes: bool = True) -> Pieces:
    header = refusal(MessageKind.EXCEPTION, ends_connection=closes) if message.format.has_header else None
    return pack_exception(message.format, message.method, message.sequence_id, error, header=header, sums_up=sums_up)
