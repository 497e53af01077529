"""Streams as callers see them: what generated streaming methods return.

    async with client.download(query) as items:          # server streaming
        async for item in items: ...

    async with client.upload() as stream:                # client streaming
        await stream.send(item)
        receipt = await stream.close_and_receive()

    async with client.talk() as stream:                  # both ways
        await stream.send(word)
        answer = await stream.receive()
        await stream.close_send()
        async for answer in stream: ...

The stream is opened when the block is entered. Leaving the block before the stream is over cancels it, so a `break`, an
exception and a cancelled task all let the server know.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.client.open_stream import Carrier, stream_timed_out
from kitexgen.runtime.errors import ApplicationError, ApplicationErrorType, ProtocolError, RpcError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

Request = TypeVar("Request")
Response = TypeVar("Response")


class Opening:
    """A stream that is to be opened: what is known of it, and the endpoints that it goes through."""

    __slots__ = ("_open", "_receive", "_send", "info")

    def __init__(self, info: RpcInfo, open: Endpoint, send: Endpoint, receive: Endpoint) -> None:
        self.info = info
        self._open = open
        self._send = send
        self._receive = receive

    async def open(self) -> Carrier:
        """Open it. Raises ConnectError, NoAddress, ClientClosed, and StreamTimeout when its time is over by then."""
        deadline = self.info.deadline
        try:
            async with asyncio.timeout(None if deadline is None else deadline.left()) as allowance:
                await self._open(self.info, None)
        except TimeoutError as error:
            if deadline is None or not allowance.expired():
                raise
            raise self.located(stream_timed_out(deadline.budget)) from error
        assert self.info.stream is not None
        carrier: Carrier = self.info.stream.carrier
        return carrier

    async def send(self, message: Any) -> None:
        """Send a message through the middlewares."""
        await self._send(self.info, message)

    async def receive(self) -> Any:
        """Receive one through the middlewares."""
        return await self._receive(self.info, None)

    def located(self, error: RpcError) -> RpcError:
        """The error, with where it happened."""
        remote = None if self.info.address is None else str(self.info.address)
        return error.during(service=self.info.destination, method=self.info.method.name, remote=remote)


class StreamingCall:
    """What all kinds of stream have in common. An async context manager, entered once."""

    __slots__ = ("_carrier", "_opening")

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._carrier: Carrier | None = None

    async def __aenter__(self) -> Self:
        if self._carrier is not None:
            raise RuntimeError("a stream is opened once: call the method again for another")
        self._carrier = await self._opening.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open().leave()

    def cancel(self, reason: str = "") -> None:
        """Give the stream up; the server is told, with `reason` if there is one. Nothing happens when it is over.

        Whoever receives or sends gets StreamCanceled, now and later.
        """
        self._open().cancel(reason)

    async def header(self) -> Mapping[str, str]:
        """What the server tells before its first message; waits for it. Raises what the stream ended with before."""
        try:
            return await self._open().flow.header()
        except RpcError as error:
            self._opening.located(error)
            raise

    @property
    def trailer(self) -> Mapping[str, str]:
        """What the server told with the end; empty until then, and when the stream did not end in order."""
        return self._open().flow.stream.trailer or {}

    def _open(self) -> Carrier:
        if self._carrier is None:
            raise RuntimeError("the stream is not open: use `async with`")
        return self._carrier


class _Receiving(StreamingCall, Generic[Response]):
    """Receives any number of messages. An async iterator, which ends with the stream."""

    __slots__ = ()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Response:
        message = await self.receive()
        if message is None:
            raise StopAsyncIteration
        return message

    async def receive(self) -> Response | None:
        """The next message, None at the end; each message goes to one of the tasks that wait.

        Raises what the server's handler failed with (ApplicationError, BizStatusError), StreamCanceled, StreamTimeout,
        ReceiveTimeout, ConnectionClosed, and DecodeError for a message that cannot be read.
        """
        self._open()
        message: Response | None = await self._opening.receive()
        return message


class _Sending(StreamingCall, Generic[Request]):
    """Sends any number of messages."""

    __slots__ = ()

    async def send(self, message: Request) -> None:
        """Send a message; waits while the connection is congested.

        Raises EncodeError for one that cannot be written, StreamClosed after `close_send` and when the server has ended
        the stream in order, else what the stream ended with.
        """
        self._open()
        await self._opening.send(message)


class ServerStreamingCall(_Receiving[Response]):
    """A stream of messages from the server, in answer to one."""

    __slots__ = ("_request",)

    def __init__(self, opening: Opening, request: Any) -> None:
        super().__init__(opening)
        self._request = request

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        carrier = self._open()
        try:
            await self._opening.send(self._request)
            await carrier.flow.close_send()
        except BaseException:
            carrier.leave()
            raise
        return self


class ClientStreamingCall(_Sending[Request], Generic[Request, Response]):
    """A stream of messages to the server, which answers with one."""

    __slots__ = ()

    async def close_and_receive(self) -> Response:
        """Send no more, and return the answer. Raises what `receive` of other streams raises.

        A server may answer before it has got everything: `send` then raises StreamClosed, and the answer is here.
        """
        await self._open().flow.close_send()
        answer: Response | None = await self._opening.receive()
        if answer is None:
            missing = ApplicationError(ApplicationErrorType.MISSING_RESULT, "the stream ended without an answer")
            raise self._opening.located(missing)
        if await self._opening.receive() is not None:
            raise self._opening.located(ProtocolError("the stream brought more than one answer"))
        return answer


class BidirectionalCall(_Sending[Request], _Receiving[Response], Generic[Request, Response]):
    """Messages both ways, in any order; one task may send while another receives."""

    __slots__ = ()

    async def close_send(self) -> None:
        """Send no more messages; the server's may still come. May be repeated."""
        await self._open().flow.close_send()
