"""StreamLink: a connection that carries streams, many at a time; Flow: one of them, for the tasks that use it.

The protocol has no windows: neither side can tell the other to hold back one stream. What is left is the connection.
When the messages that nobody has taken yet come to `UNREAD_LIMIT`, nothing more is read from it until some are taken;
the peer feels it, on all streams that it has there. Memory is bounded that way, and a stream that shares its connection
may have to wait for one that is read slowly. Output is bounded too: `Flow.room` waits while there is congestion.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Protocol

from kitexgen.runtime.errors import ConnectionClosed, FrameTooLarge, KitexError
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE
from kitexgen.runtime.framing.stream_frame import StreamFrame, StreamFrameDecoder, encode_frame
from kitexgen.runtime.net.connection import HIGH_WATER, Connection
from kitexgen.runtime.net.reason import connection_lost
from kitexgen.runtime.protocol.inbox import Inbox

UNREAD_LIMIT = 1024 * 1024
"""Bytes of messages, on all streams of a connection, that may wait to be taken; then the peer has to wait."""


class StreamEnd(Protocol):
    """What a flow asks of its side's sans-IO stream."""

    inbox: Inbox

    def check_sending(self) -> None:
        """Raise why nothing can be sent any more, if so."""


class StreamLink(ABC):
    """The `Receiver` of a connection of streams. What frames mean is for those who derive from it."""

    def __init__(self, max_message: int = DEFAULT_MAX_MESSAGE) -> None:
        self._decoder = StreamFrameDecoder(max_message)
        self._max_message = max_message
        self._connection: Connection | None = None
        self._queued = 0
        self._flows: set[Flow] = set()
        self._unread = 0
        self.is_paused = False  # the peer is not read from
        self._end: KitexError | None = None

    @abstractmethod
    def on_frame(self, frame: StreamFrame) -> None:
        """A frame came. May raise KitexError: the connection is then closed."""

    @abstractmethod
    def on_closed(self, error: KitexError) -> None:
        """No frame will come any more; called once. The connection is closing."""

    def end(self, error: KitexError) -> None:
        """Close for good. The first reason counts."""
        if self._end is not None:
            return
        self._end = error
        self._decoder.close()
        if self._connection is not None:
            self._connection.close()
        self.on_closed(error)

    # For flows.

    @property
    def is_open(self) -> bool:
        """Whether frames may still go and come."""
        return self._end is None and self._connection is not None and self._connection.is_open

    @property
    def is_congested(self) -> bool:
        """Whether who wants to send should wait."""
        return self._connection is not None and self._connection.congested

    def attach(self, flow: Flow) -> None:
        """From now on `flow` is woken when there is room to send."""
        self._flows.add(flow)

    def detach(self, flow: Flow) -> None:
        """The stream is over; what it has unread may still be taken, and counts until then."""
        self._flows.discard(flow)

    def count_unread(self, more: int) -> None:
        """A flow has `more` bytes unread than before; fewer, when negative. Lets the peer wait, or read on."""
        self._unread += more
        if self._connection is None or self._end is not None:
            return
        if self._unread >= UNREAD_LIMIT and not self.is_paused:
            self.is_paused = True
            self._connection.pause_reading()
        elif self._unread < UNREAD_LIMIT and self.is_paused:
            self.is_paused = False
            self._connection.resume_reading()

    def write(self, frames: Iterable[StreamFrame]) -> bool:
        """Send them; True when so much is queued that the sender should let others run. Dropped after the end.

        Raises EncodeError for infos that no header can hold, FrameTooLarge for a message past the limit.
        """
        if self._connection is None:
            return False
        for frame in frames:
            pieces = encode_frame(frame)
            size = sum(map(len, pieces))
            if size > self._max_message and frame.message:
                raise FrameTooLarge(size, self._max_message)
            self._queued += size
            self._connection.write_pieces(pieces)
        if self._queued < HIGH_WATER:
            return False
        # Someone who sends without a pause would never let the loop flush, nor feel that the connection is congested.
        self._queued = 0
        self._connection.flush()
        return True

    # Receiver

    def on_connect(self, connection: Connection) -> None:
        self._connection = connection

    def on_data(self, data: bytes) -> None:
        if self._end is not None:
            return
        self._decoder.feed(data)
        try:
            while self.is_open and (frame := self._decoder.next_frame()) is not None:
                self.on_frame(frame)
        except KitexError as error:
            self.end(error)

    def on_end(self) -> None:
        self.end(ConnectionClosed("connection closed by the peer"))

    def on_uncongested(self) -> None:
        for flow in tuple(self._flows):
            flow.wake()

    def on_lost(self, error: Exception | None) -> None:
        self.end(connection_lost(error))


class Flow:
    """One stream of a link: waits for messages, and for room to send."""

    __slots__ = ("_counted", "_link", "_loop", "_waiting", "stream")

    def __init__(self, link: StreamLink, stream: StreamEnd) -> None:
        self._link = link
        self._loop = asyncio.get_running_loop()
        self._waiting: set[asyncio.Future[None]] = set()
        self._counted = 0
        self.stream = stream

    def changed(self) -> None:
        """The stream is not as it was: count what is unread, and wake those who wait."""
        self._count()
        self.wake()

    def wake(self) -> None:
        """Let those who wait look again."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def news(self) -> None:
        """Return when something has changed."""
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)

    async def receive(self) -> bytes | None:
        """The next message, None at the end in order. Raises what the stream ended with."""
        inbox = self.stream.inbox
        while not inbox.is_ready:
            await self.news()
        payload = inbox.take()
        self._count()
        return payload

    async def room(self) -> None:
        """Return when a message may be sent. Raises why none can be any more."""
        self.stream.check_sending()
        while self._link.is_congested:
            await self.news()
            self.stream.check_sending()

    async def write(self, frames: Iterable[StreamFrame]) -> None:
        """Send them."""
        if self._link.write(frames):
            await asyncio.sleep(0)

    def _count(self) -> None:
        cost = self.stream.inbox.cost
        if cost != self._counted:
            more, self._counted = cost - self._counted, cost
            self._link.count_unread(more)
