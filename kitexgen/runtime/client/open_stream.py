"""The innermost endpoints of a client's streams: open one, send a message, receive one."""

from __future__ import annotations

import asyncio
from typing import Any

from kitexgen.runtime.call.current import current
from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.call.stream_info import StreamInfo
from kitexgen.runtime.channel.client_link import ClientFlow
from kitexgen.runtime.channel.stream_pool import StreamPool
from kitexgen.runtime.errors import (
    ApplicationError,
    ReceiveTimeout,
    RpcError,
    RpcTimeout,
    StreamCanceled,
    StreamCode,
    StreamTimeout,
)
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.metadata.ttheader import write_metainfo
from kitexgen.runtime.protocol.stream_shape import decode_payload, encode_payload, stream_shape

_BY_USER = (
    "user code invoking stream RPC with context processed by context.WithCancel or context.WithTimeout, "
    "then invoking cancel() actively"
)
"""Kitex's words, which its tools look for."""


class Carrier:
    """One open stream: its flow, its deadline, and how it is given up."""

    __slots__ = ("_alarm", "_info", "_serving", "flow", "shape")

    def __init__(self, info: RpcInfo, flow: ClientFlow) -> None:
        self.flow = flow
        self.shape = stream_shape(info.method)
        self._info = info
        self._serving = current()
        self._alarm: asyncio.TimerHandle | None = None
        if info.deadline is not None:
            loop = asyncio.get_running_loop()
            self._alarm = loop.call_later(max(0.0, info.deadline.left()), self._expire, info.deadline.budget)

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come from the server."""
        return self.flow.stream.is_over

    def cancel(self, reason: str) -> None:
        """Give the stream up for its user. Of a handler whose own client has given up, the server gets that."""
        upstream = self._upstream()
        if upstream is not None:
            code, message = upstream.code, upstream.message
        elif reason:
            code, message = StreamCode.CANCELED_WITH_CAUSE, reason
        else:
            code, message = StreamCode.CANCELED, _BY_USER
        self._give_up(StreamCanceled(code, message, side="client", path=self._path()), code, message)

    def receive_timed_out(self, seconds: float) -> ReceiveTimeout:
        """Give the stream up because a message stayed away; returns the error for it."""
        failure = ReceiveTimeout(seconds, reason=f"stream Recv timeout, no message came within {seconds:g} s")
        self._give_up(failure, StreamCode.RECEIVE_TIMEOUT, failure.reason)
        return failure

    def leave(self) -> None:
        """The user is done with the stream: give it up if it is not over, keep nothing of it."""
        if not self.is_over:
            self.cancel("")
        if self._alarm is not None:
            self._alarm.cancel()
        self.flow.leave()

    def _expire(self, seconds: float) -> None:
        failure = stream_timed_out(seconds)
        self._give_up(failure, StreamCode.STREAM_TIMEOUT, failure.reason)

    def _give_up(self, failure: RpcError, code: int, message: str) -> None:
        self.flow.cancel(failure, ApplicationError(int(code), message), self._path())

    def _path(self) -> tuple[str, ...]:
        upstream = self._upstream()
        before = upstream.path if upstream is not None else ()
        return (*before, self._info.caller) if self._info.caller else before

    def _upstream(self) -> StreamCanceled | None:
        serving = self._serving
        return serving.stream.canceled if serving is not None and serving.stream is not None else None


def stream_timed_out(seconds: float) -> RpcTimeout:
    """The error for a stream that ran past what it was given as a whole."""
    return StreamTimeout(seconds, reason=f"stream timeout, it was not over within {seconds:g} s")


def open_stream(pool: StreamPool) -> Endpoint:
    """The endpoint that opens a stream on a connection of `pool`; the request is None, the answer the stream's info."""

    async def endpoint(info: RpcInfo, request: Any) -> StreamInfo:
        infos = {StringKey.SERVICE.value: info.service.name}
        if info.metainfo is not None:
            write_metainfo(info.metainfo, infos)
        flow = await pool.open(info.chosen_address(), info.method.name, infos)
        info.sequence_id = flow.stream.stream_id
        stream = info.stream = info.stream or StreamInfo()
        stream.carrier = Carrier(info, flow)
        return stream

    return endpoint


async def send_message(info: RpcInfo, message: Any) -> None:
    """Send `message`. Raises EncodeError, StreamClosed, and what the stream ended with."""
    carrier = _carrier(info)
    await carrier.flow.send(encode_payload(message, carrier.shape.request))


async def receive_message(info: RpcInfo, _: Any) -> Any:
    """The next message, None at the end. Raises DecodeError, ReceiveTimeout, and what the stream ended with."""
    carrier = _carrier(info)
    seconds = info.stream.receive_timeout if info.stream is not None else None
    payload = await (carrier.flow.receive() if seconds is None else _receive_within(seconds, carrier))
    return None if payload is None else decode_payload(payload, carrier.shape.response)


async def _receive_within(seconds: float, carrier: Carrier) -> bytes | None:
    try:
        async with asyncio.timeout(seconds) as allowance:
            return await carrier.flow.receive()
    except TimeoutError as error:
        if not allowance.expired():
            raise
        raise carrier.receive_timed_out(seconds) from error


def _carrier(info: RpcInfo) -> Carrier:
    if info.stream is None or not isinstance(info.stream.carrier, Carrier):
        raise RuntimeError("the stream is not open")
    return info.stream.carrier
