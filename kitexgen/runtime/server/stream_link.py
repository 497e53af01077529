"""ServerLink: a connection on which clients open streams, each served beside the others."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from kitexgen.runtime.call import metainfo
from kitexgen.runtime.call.current import enter
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.call.key_values import EMPTY
from kitexgen.runtime.call.stream_info import StreamInfo
from kitexgen.runtime.channel.stream_link import StreamLink
from kitexgen.runtime.errors import (
    ApplicationError,
    ApplicationErrorType,
    BizStatusError,
    ConnectionClosed,
    EncodeError,
    KitexError,
    StreamCanceled,
    StreamCode,
    UnsupportedStreaming,
)
from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.metadata.ttheader import read_metainfo
from kitexgen.runtime.net.connection import Connection
from kitexgen.runtime.protocol.server_stream import ServerStream
from kitexgen.runtime.protocol.stream_shape import stream_shape
from kitexgen.runtime.server.bind import BoundMethod
from kitexgen.runtime.server.dispatch import stream_failure
from kitexgen.runtime.server.handler_stream import HandlerStream, ServerFlow
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.slow_peer import SlowPeer
from kitexgen.runtime.server.stepping import Ended

_LOG = logging.getLogger("kitexgen.server")


class _Served:
    """A stream at work."""

    __slots__ = ("flow", "info", "task")

    def __init__(self, info: RpcInfo, flow: ServerFlow) -> None:
        self.info = info
        self.flow = flow
        self.task: asyncio.Task[Any] | None = None  # None while the handler takes its first step

    def take_in(self) -> None:
        """The stream has changed: wake its handler, or stop it when the client has given the stream up."""
        stream = self.info.stream
        canceled = self.flow.stream.canceled
        self.flow.changed()
        if canceled is not None and stream is not None and stream.canceled is None:
            stream.canceled = canceled
            if self.task is not None:
                self.task.cancel()


class ServerLink(StreamLink):
    """Takes a connection over once its first bytes are those of a stream. Frames of unknown streams are ignored."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared.options.max_message)
        self._shared = shared
        self._served: dict[int, _Served] = {}
        self._is_draining = False
        self._last_heard = shared.clock()
        self._frames = 0
        self._arriving_since: float | None = None  # when the incomplete frame that is pending began
        self._slow: SlowPeer | None = None  # made when answers wait: most connections stand idle

    # Receiver

    def on_connect(self, connection: Connection) -> None:
        super().on_connect(connection)
        self._shared.connections.add(self)
        if self._shared.is_draining:
            self.drain()

    def on_data(self, data: bytes) -> None:
        self._last_heard = self._shared.clock()
        frames = self._frames
        super().on_data(data)
        if not self._decoder.pending:
            self._arriving_since = None
        elif self._arriving_since is None or frames != self._frames:
            self._arriving_since = self._last_heard

    def on_lost(self, error: Exception | None) -> None:
        self._shared.connections.discard(self)
        super().on_lost(error)

    def on_frame(self, frame: StreamFrame) -> None:
        self._frames += 1
        if frame.kind is FrameKind.HEADER:
            self._open(frame)
            return
        served = self._served.get(frame.stream_id)
        if served is not None:
            served.flow.stream.receive(frame)
            served.take_in()

    def on_closed(self, error: KitexError) -> None:
        if not isinstance(error, ConnectionClosed) and self._connection is not None:
            _LOG.warning("connection of %s closed: %s", self._connection.peer, error)
        for served in tuple(self._served.values()):
            self._lose(served, StreamCode.CONNECTION_CLOSED, f"canceled by connection closed: {error}")

    # What the server calls.

    def announce(self) -> None:
        """The protocol has no word for it: clients see the connection close when their streams are over."""

    def drain(self) -> None:
        """Serve the streams that are open to their end, then close."""
        self._is_draining = True
        self._close_if_done()

    def abort(self) -> None:
        """Close at once."""
        if self._connection is not None:
            self._connection.abort()

    async def wait_closed(self) -> None:
        """Return when the socket is closed."""
        if self._connection is not None:
            await self._connection.wait_closed()

    def check(self, now: float) -> None:
        """Close if the peer has kept us waiting too long. `now` is in seconds of the server's clock."""
        connection, options = self._connection, self._shared.options
        if connection is None:
            return
        silence = now - self._last_heard
        if self._is_stuck(connection, now):
            _LOG.warning("connection of %s closed: the peer does not take its messages", connection.peer)
            connection.abort()
        elif self.is_paused:
            self._last_heard = now  # it is not the peer who is late
            self._arriving_since = self._arriving_since and now
        elif self._arriving_since is not None:
            slowness = now - self._arriving_since
            if _is_over(options.read_timeout, silence) or _is_over(options.arrival_timeout, slowness):
                _LOG.warning("connection of %s closed: the peer does not finish its frame", connection.peer)
                self.end(ConnectionClosed("the peer did not finish its frame"))
        elif not self._served and _is_over(options.idle_timeout, silence):
            self.end(ConnectionClosed("no stream for too long"))

    def _is_stuck(self, connection: Connection, now: float) -> bool:
        """Whether the peer does not take its answers."""
        if self._slow is None:
            if not connection.unsent:
                return False
            self._slow = SlowPeer()
        return self._slow.is_stuck(connection, now, self._shared.options.write_timeout)

    # Streams

    def _open(self, frame: StreamFrame) -> None:
        replaced = self._served.get(frame.stream_id)
        if replaced is not None:
            # Kitex forgets the old one too, and leaves its handler waiting for ever.
            self._lose(replaced, StreamCode.UNEXPECTED_HEADER, f"stream[{frame.stream_id}] was opened again")
        stream = ServerStream(frame)
        try:
            bound = self._shared.routes.find(frame.infos.get(StringKey.SERVICE, ""), frame.method)
        except ApplicationError as error:
            self.write(stream.finish(error, {}, {}))
            return
        refusal = self._refusal(bound)
        if refusal is not None:
            self.write(stream.finish(ApplicationError(ApplicationErrorType.INTERNAL_ERROR, refusal), {}, {}))
            return
        self._serve(bound, stream)

    def _refusal(self, bound: BoundMethod) -> str | None:
        """Why the stream is not served, None when it is."""
        try:
            stream_shape(bound.method)
        except UnsupportedStreaming as error:
            return f"{error.reason}: {bound.service.name}.{bound.method.name}"
        if self._is_draining:
            return "the server is stopping"
        if self._shared.is_full or len(self._served) >= self._shared.options.max_concurrent:
            self._shared.refused += 1
            return "request over limit: too many streams"
        return None

    def _serve(self, bound: BoundMethod, stream: ServerStream) -> None:
        info = RpcInfo(
            side="server",
            destination=bound.service.name,
            service=bound.service,
            method=bound.method,
            address=None if self._connection is None else self._connection.peer,
            sequence_id=stream.stream_id,
            metainfo=read_metainfo(stream.header),
            stream=StreamInfo(),
        )
        served = self._served[stream.stream_id] = _Served(info, ServerFlow(self, stream))
        self.attach(served.flow)
        outcome = self._shared.stepper.begin(self._run(served))
        if isinstance(outcome, Ended):
            self._finished(served, outcome.value, outcome.error)
            return
        served.task = outcome
        self._shared.tasks.add(outcome)
        outcome.add_done_callback(partial(self._waited, served))

    async def _run(self, served: _Served) -> ApplicationError | BizStatusError | None:
        """Run the handler, in a context of its own; what the client is to be told of how it ended."""
        info, endpoints = served.info, self._shared.streams
        enter(info)
        metainfo.begin(info.metainfo or EMPTY)
        assert info.stream is not None
        info.stream.carrier = stream = HandlerStream(info, served.flow, endpoints)
        try:
            await endpoints.serve(info, stream)
            return info.biz_status
        except BizStatusError as status:
            return status  # a middleware's
        except Exception as error:
            return stream_failure(info, error)

    def _waited(self, served: _Served, task: asyncio.Task[Any]) -> None:
        """A handler that waited is over."""
        self._shared.tasks.discard(task)
        self._last_heard = self._shared.clock()
        if task.cancelled():
            self._finished(served, None, asyncio.CancelledError())
        else:
            error = task.exception()
            self._finished(served, None if error else task.result(), error)

    def _finished(
        self, served: _Served, outcome: ApplicationError | BizStatusError | None, error: BaseException | None
    ) -> None:
        stream = served.flow.stream
        if isinstance(error, asyncio.CancelledError):
            outcome = stream_failure(served.info, stream.canceled or RuntimeError("the handler was cancelled"))
        elif error is not None:
            _LOG.critical("a connection is cut off after an error of kitexgen's own", exc_info=error)
            self.abort()
        self._finish(served, outcome)
        if self._served.get(stream.stream_id) is served:
            del self._served[stream.stream_id]
        self.detach(served.flow)
        self._close_if_done()

    def _finish(self, served: _Served, outcome: ApplicationError | BizStatusError | None) -> None:
        stream, told = served.flow.stream, served.info.stream
        assert told is not None
        frames = stream.finish(outcome, told.header, told.trailer)
        served.flow.changed()  # what the handler left unread is gone
        try:
            self.write(frames)
        except EncodeError as fault:
            # What the handler wants told fits no header. The client learns that, at least.
            _LOG.error("%s: the end of a stream cannot be told", served.info.full_name, exc_info=fault)
            self.write(stream.ending(ApplicationError(ApplicationErrorType.INTERNAL_ERROR, str(fault))))

    def _lose(self, served: _Served, code: StreamCode, message: str) -> None:
        served.flow.stream.lose(StreamCanceled(code, message, side="server"))
        served.take_in()

    def _close_if_done(self) -> None:
        if self._is_draining and not self._served:
            self.end(ConnectionClosed("the server is stopping"))


def _is_over(limit: float | None, seconds: float) -> bool:
    return limit is not None and seconds > limit
