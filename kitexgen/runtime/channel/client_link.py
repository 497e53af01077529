"""ClientLink: a connection on which a client opens streams; ClientFlow: one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.channel.stream_link import Flow, StreamLink
from kitexgen.runtime.errors import ApplicationError, ConnectionClosed, KitexError, RpcError, StreamClosed, StreamCode
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE
from kitexgen.runtime.framing.stream_frame import StreamFrame
from kitexgen.runtime.net.reason import connection_ended
from kitexgen.runtime.protocol.client_stream import ClientStream
from kitexgen.runtime.protocol.sequence import next_stream_id


class ClientLink(StreamLink):
    """Frames of streams that are over, or were never opened, are ignored, as in Kitex.

    `on_free` is called when a stream is over, or the connection is: the pool decides what becomes of the link.
    """

    def __init__(self, on_free: Callable[[ClientLink], None], max_message: int = DEFAULT_MAX_MESSAGE) -> None:
        super().__init__(max_message)
        self._on_free = on_free
        self._open: dict[int, ClientFlow] = {}

    @property
    def streams(self) -> int:
        """How many streams are not over."""
        return len(self._open)

    def is_alive(self) -> bool:
        """Whether a stream may be opened, asked of the operating system when the link is idle."""
        if not self.is_open or self._connection is None:
            return False
        return bool(self._open) or self._connection.is_quiet()

    def open(self, method: str, infos: Mapping[str, str]) -> ClientFlow:
        """Open a stream. Raises EncodeError when `infos` fit no header; then nothing was sent."""
        stream = ClientStream(next_stream_id(), method)
        self.write((stream.open(infos),))
        flow = self._open[stream.stream_id] = ClientFlow(self, stream)
        self.attach(flow)
        return flow

    def settle(self, flow: ClientFlow) -> None:
        """Forget the stream if it is over."""
        if flow.stream.is_over and self._open.pop(flow.stream.stream_id, None) is not None:
            self.detach(flow)
            self._on_free(self)

    def close(self) -> None:
        """Close now; streams that are not over fail. May be repeated."""
        self.end(ConnectionClosed("the client is closed"))
        if self._connection is not None and self._connection.unsent:
            self._connection.abort()  # a server that does not read could hold up the closing for ever

    async def wait_closed(self) -> None:
        """Return when the socket is closed."""
        if self._connection is not None:
            await self._connection.wait_closed()

    def on_frame(self, frame: StreamFrame) -> None:
        flow = self._open.get(frame.stream_id)
        if flow is None:
            return
        self.write(flow.stream.receive(frame))
        flow.changed()
        self.settle(flow)

    def on_closed(self, error: KitexError) -> None:
        flows, self._open = tuple(self._open.values()), {}
        for flow in flows:
            self.detach(flow)
            flow.stream.lose(connection_ended(error))
            flow.changed()
        self._on_free(self)


class ClientFlow(Flow):
    """A stream that the client has opened."""

    __slots__ = ("_client_link", "stream")

    stream: ClientStream

    def __init__(self, link: ClientLink, stream: ClientStream) -> None:
        super().__init__(link, stream)
        self._client_link = link

    async def send(self, message: Pieces) -> None:
        """Send a message; waits while the connection is congested. Raises what the stream ended with, StreamClosed."""
        await self.room()
        await self.write((self.stream.send(message),))

    async def close_send(self) -> None:
        """Send no more messages. May be repeated."""
        await self.write(self.stream.close_send())

    async def header(self) -> Mapping[str, str]:
        """What the server told in its header. Raises what the stream ended with before that."""
        while self.stream.header is None:
            if self.stream.is_over:
                if self.stream.failure is not None:
                    raise self.stream.failure.with_traceback(None)
                return {}
            await self.news()
        return self.stream.header

    def leave(self) -> None:
        """Nobody will take what is unread; call it when the stream is over."""
        self.stream.inbox.fail(StreamClosed(StreamCode.ILLEGAL_OPERATION, "stream is closed", side="client"))
        self.changed()

    def cancel(self, failure: RpcError, told: ApplicationError, path: tuple[str, ...]) -> None:
        """Give the stream up; arguments as of `ClientStream.cancel`. Nothing happens when it is over."""
        self._client_link.write(self.stream.cancel(failure, told, path))
        self.changed()
        self._client_link.settle(self)
