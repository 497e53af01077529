"""From a whole message to the bytes that answer it: the part of a server that knows no connection."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call import metainfo
from kitexgen.runtime.call.current import enter
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
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE, Packet
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.framing.validation import Guard
from kitexgen.runtime.metadata.ttheader import read_call, refusal, write_reply
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.protocol.packing import check_size, pack, pack_exception, read_body, unpack
from kitexgen.runtime.protocol.results import result_shape
from kitexgen.runtime.server.bind import BoundMethod
from kitexgen.runtime.server.dispatch import failure
from kitexgen.runtime.server.routing import Routes
from kitexgen.runtime.server.usual import read_usual, write_usual
from kitexgen.runtime.service.info import Payload
from kitexgen.runtime.wire.thrift_types import MessageKind

_LOG = logging.getLogger("kitexgen.server")

_CODECS = {Payload.THRIFT: "thriftCodec", Payload.PROTOBUF: "protobufCodec"}
"""What Kitex calls the readers of the two."""

_CALL = MessageKind.CALL
"""Looked up once: members of enums are slow to find."""

_REQUESTS = (MessageKind.CALL, MessageKind.ONEWAY, MessageKind.STREAM)


@dataclass(slots=True, eq=False)
class Request:
    """A call that was understood and can be run.

    `guards` vouch for its answer, `max_message` how many bytes that may have. `usual` is the method if what came was a
    usual call, whose answer may be written the short way.
    """

    message: Message
    info: RpcInfo
    arguments: Any
    guards: tuple[Guard, ...] = ()
    max_message: int = DEFAULT_MAX_MESSAGE
    usual: BoundMethod | None = None


@dataclass(slots=True, eq=False)
class Refusal:
    """A call that cannot be run: what to answer, perhaps nothing, and whether the connection is of any further use."""

    reply: Pieces
    closes: bool


def understand(
    packet: Packet,
    routes: Routes,
    peer: Address | None,
    *,
    guards: tuple[Guard, ...] = (),
    is_shared: bool = False,
    max_message: int = DEFAULT_MAX_MESSAGE,
) -> Request | Refusal:
    """The call in `packet`, or why there is none. Which faults are answered, and close: reference/wire.md 9.1.

    `guards` vouch for answers, where there is a header for it. `is_shared` is whether other calls
    are on the same connection: then a call that is refused leaves it open, as it does in Kitex's multiplexing server.
    `max_message` is how many bytes an answer may have; of a longer one the caller learns that it is.

    Raises BadVersion, DecodeError, InvalidMessageType and ProtocolError for what cannot even be answered.
    """
    if not guards:
        usual = read_usual(packet, routes)
        if usual is not None:
            return _usual_request(packet, usual, peer, max_message)
    message = unpack(packet)
    if message.kind not in _REQUESTS:
        raise InvalidMessageType(message.kind.value, method=message.method)
    if message.kind is MessageKind.STREAM:
        message.sequence_id = _told_before(message)
    if not message.method:
        raise ProtocolError("the call names no method")
    try:
        bound = routes.find(_service_name(message), message.method)
    except ApplicationError as error:
        if message.written_in is Payload.PROTOBUF:
            # Kitex looks the method up before it takes the sequence id over from the envelope.
            message.sequence_id = _told_before(message)
        # A caller that says it awaits no answer gets none; all others learn what is wrong before the connection closes.
        is_awaited = message.kind is not MessageKind.ONEWAY
        reply = _refuse(message, error, guards, closes=not is_shared) if is_awaited else ()
        return Refusal(reply, closes=not is_shared)
    method = bound.method
    if method.streaming.is_stream:
        text = f"method {method.name} streams: framed and buffered transports carry single messages"
        unsupported = ApplicationError(ApplicationErrorType.UNKNOWN_METHOD, text)
        return Refusal(_refuse(message, unsupported, guards, closes=False), closes=False)
    try:
        arguments = _read_arguments(message, bound)
    except ApplicationError as error:
        _LOG.warning("cannot read a call of %s.%s from %s: %s", bound.service.name, method.name, peer, error.message)
        reply = () if method.is_oneway else _refuse(message, error, guards, closes=not is_shared)
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
    return Request(message, info, arguments, guards, max_message)


def _told_before(message: Message) -> int:
    """The sequence id that is known before the envelope tells its own: the header's, 0 without one."""
    return message.header.sequence_id if message.header is not None else 0


def _usual_request(
    packet: Packet, usual: tuple[BoundMethod, int, Any], peer: Address | None, max_message: int
) -> Request:
    bound, sequence_id, arguments = usual
    format, payload, header = packet
    method = bound.method
    message = Message(format, _CALL, method.name, sequence_id, payload, 0, header)
    info = RpcInfo(
        side="server",
        destination=bound.service.name,
        service=bound.service,
        method=method,
        address=peer,
        sequence_id=sequence_id,
    )
    if header is not None:
        read_call(header, info)
    return Request(message, info, arguments, (), max_message, bound)


def _read_arguments(message: Message, bound: BoundMethod) -> Struct:
    """The arguments in a call. Raises ApplicationError, with what the caller is told, when they cannot be read."""
    if message.written_in is not bound.service.payload:
        codec = _CODECS[message.written_in]
        text = f"decode failed, codec msg type not match with {codec}"
        raise ApplicationError(ApplicationErrorType.INVALID_PROTOCOL, text)
    try:
        return read_body(message, bound.method.arguments)
    except DecodeError as fault:
        raise ApplicationError(ApplicationErrorType.PROTOCOL_ERROR, str(fault)) from fault


def _never() -> bool:
    return False


async def run(request: Request, endpoint: Endpoint, is_ending: Callable[[], bool] = _never) -> Pieces:
    """Run the call, return the bytes of its answer; none for oneway, whatever came of it.

    Whether there is an answer is decided by the IDL, not by the kind of the message, as in Kitex. `is_ending` is asked
    when the answer is written: whether it has to tell the caller not to use the connection again. Runs in a context of
    its own: what it and the handler put into context variables must be nothing to the next call.
    """
    info = request.info
    enter(info)
    metainfo.begin(info.metainfo or EMPTY)
    try:
        value = await endpoint(info, request.arguments)
    except Exception as error:
        return raised(request, error, is_ending)
    return answered(request, value, is_ending)


def answered(request: Request, value: Any, is_ending: Callable[[], bool] = _never) -> Pieces:
    """The answer to a call that came to `value`."""
    request.info.ends_connection = is_ending()
    try:
        return _reply(request, value)
    except Exception as error:
        return _failed(request, error)


def raised(request: Request, error: Exception, is_ending: Callable[[], bool] = _never) -> Pieces:
    """The answer to a call that raised `error`. A business status is a middleware's; a handler's is recorded by now."""
    if isinstance(error, BizStatusError):
        request.info.biz_status = error
        return answered(request, None, is_ending)
    request.info.ends_connection = is_ending()
    return _failed(request, error)


def interrupted(request: Request, is_ending: Callable[[], bool] = _never) -> Pieces:
    """The answer to a call that was cancelled from within: its handler awaited something that someone cancelled."""
    request.info.ends_connection = is_ending()
    return _failed(request, RuntimeError("the handler was cancelled"))


def overloaded(request: Request, is_ending: Callable[[], bool] = _never) -> Pieces:
    """The answer to a call that is not begun because too many others are at work."""
    request.info.ends_connection = is_ending()
    return _failed(request, OverLimit("request over limit: too many calls are in flight"))


def unfinished(beginning: Packet, peer: Address | None, *, guards: tuple[Guard, ...] = ()) -> Pieces:
    """The answer to a call whose rest stayed away, in Kitex's words; none when not even its envelope came."""
    try:
        message = unpack(beginning)
    except KitexError:
        return ()
    error = ApplicationError(ApplicationErrorType.PROTOCOL_ERROR, f"connection read timeout {peer}")
    return _refuse(message, error, guards) if message.kind in (MessageKind.CALL, MessageKind.STREAM) else ()


def _service_name(message: Message) -> str:
    """The service that the caller means; "" when nobody says."""
    return message.header.string_infos.get(StringKey.SERVICE, "") if message.header is not None else ""


def _reply(request: Request, value: Any) -> Pieces:
    usual = request.usual
    if usual is not None:
        pieces = write_usual(usual, request.message.format, request.info, value, request.max_message)
        if pieces is not None:
            return pieces
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
    return _pack(request, shape.nothing())


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


def _pack(request: Request, record: Struct | None) -> Pieces:
    message, method = request.message, request.info.method
    header = write_reply(request.info, MessageKind.REPLY) if message.format.has_header else None
    reply = pack(
        message.format,
        MessageKind.REPLY,
        method.name,
        message.sequence_id,
        record,
        header=header,
        guards=request.guards,
    )
    return check_size(reply, request.max_message)


def _pack_exception(request: Request, error: ApplicationError, *, keeps: bool) -> Pieces:
    message = request.message
    header = write_reply(request.info, MessageKind.EXCEPTION, keeps=keeps) if message.format.has_header else None
    return pack_exception(
        message.format, message.method, message.sequence_id, error, header=header, guards=request.guards
    )


def _refuse(message: Message, error: ApplicationError, guards: tuple[Guard, ...], *, closes: bool = True) -> Pieces:
    header = refusal(MessageKind.EXCEPTION, ends_connection=closes) if message.format.has_header else None
    return pack_exception(message.format, message.method, message.sequence_id, error, header=header, guards=guards)
