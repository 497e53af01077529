"""HandlerStream: what a handler receives from and sends to; and the innermost endpoints of a server's streams."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.call.stream_info import StreamInfo
from kitexgen.runtime.channel.stream_link import Flow
from kitexgen.runtime.errors import ProtocolError
from kitexgen.runtime.protocol.server_stream import ServerStream
from kitexgen.runtime.protocol.stream_shape import decode_payload, encode_payload, stream_shape
from kitexgen.runtime.server.routing import Routes
from kitexgen.runtime.service.info import Streaming


class StreamEndpoints(NamedTuple):
    """What streams of a server go through: `serve` gets the `HandlerStream`, `send` and `receive` its messages."""

    serve: Endpoint
    send: Endpoint
    receive: Endpoint


class ServerFlow(Flow):
    """A stream that a client has opened."""

    __slots__ = ("stream",)

    stream: ServerStream

    async def send(self, message: Pieces, header: dict[str, str]) -> None:
        """Send a message, and before the first one the header. Raises StreamCanceled, StreamClosed."""
        await self.room()
        await self.write(self.stream.send(message, header))


class HandlerStream:
    """Both directions of a stream, whatever the method uses of them; a `BidirectionalStream`."""

    __slots__ = ("_endpoints", "_info", "flow", "shape")

    def __init__(self, info: RpcInfo, flow: ServerFlow, endpoints: StreamEndpoints) -> None:
        self.flow = flow
        self.shape = stream_shape(info.method)
        self._info = info
        self._endpoints = endpoints

    def __aiter__(self) -> HandlerStream:
        return self

    async def __anext__(self) -> Any:
        message = await self.receive()
        if message is None:
            raise StopAsyncIteration
        return message

    async def receive(self) -> Any:
        """The client's next message, None when it sends no more. Raises StreamCanceled, DecodeError."""
        return await self._endpoints.receive(self._info, None)

    async def send(self, response: Any) -> None:
        """Send a message; waits while the client takes none. Raises StreamCanceled, EncodeError."""
        await self._endpoints.send(self._info, response)


async def send_message(info: RpcInfo, message: Any) -> None:
    """Send `message`. Raises as `HandlerStream.send`."""
    told = _told(info)
    stream: HandlerStream = told.carrier
    await stream.flow.send(encode_payload(message, stream.shape.response), told.header)
    told.is_header_sent = True


async def receive_message(info: RpcInfo, _: Any) -> Any:
    """The next message, None at the end. Raises as `HandlerStream.receive`."""
    stream: HandlerStream = _told(info).carrier
    payload = await stream.flow.receive()
    return None if payload is None else decode_payload(payload, stream.shape.request)


def _told(info: RpcInfo) -> StreamInfo:
    if info.stream is None:
        raise RuntimeError("no stream is served here")
    return info.stream


def dispatch_stream(routes: Routes) -> Endpoint:
    """The endpoint that gives a stream to its handler, and sends what the handler returns or yields."""

    async def endpoint(info: RpcInfo, stream: HandlerStream) -> None:
        function = routes.bound(info.service, info.method.name).function
        match info.method.streaming:
            case Streaming.SERVER:
                request = await stream.receive()
                if request is None:
                    raise ProtocolError("the client sent no request before it ended its half of the stream")
                await _send_all(function(request), stream)
            case Streaming.CLIENT:
                await stream.send(await function(stream))
            case _:
                await function(stream)

    return endpoint


async def _send_all(yielded: Any, stream: HandlerStream) -> None:
    """Send what an async generator yields, and close it whatever happens."""
    if hasattr(yielded, "__await__"):
        yielded = await yielded  # an `async def` that returns an iterator
    if not isinstance(yielded, AsyncIterator):
        raise TypeError(f"a handler of a server stream is an async generator; this one gave a {type(yielded).__name__}")
    async with AsyncExitStack() as stack:
        close = getattr(yielded, "aclose", None)
        if close is not None:
            stack.push_async_callback(close)
        async for message in yielded:
            await stream.send(message)
