"""Multiplex: many calls in flight on one stream, told apart by the sequence id of their TTHeader.

    state     event                                                 next
    open      a call begins                                         open, one more pending
    open      an answer somebody waits for                          open, one less pending
    open      a late answer, or one to nobody                       open: it is dropped
    open      `crrst`, in a control frame (id 0) or an answer       retired
    open      a call is given up in a long silence, or `retire`     retired
    retired   a call begins                                         refused: the pool makes a new stream
    retired   the last pending call ends                            closed
    any       bytes that are no TTHeader message, end, loss         closed, and all pending calls fail

Requests written in one loop turn leave in one write (`net.Connection`). A call that is cancelled leaves its request
whole, so the stream stays sound.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Any, TypeAlias

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.channel.pending_calls import MuxLimits, PendingCalls
from kitexgen.runtime.errors import ConnectionClosed, KitexError
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE, Packet
from kitexgen.runtime.framing.ttheader import SEQUENCE_ID_AT
from kitexgen.runtime.framing.validation import Guard
from kitexgen.runtime.net.connection import Connection
from kitexgen.runtime.net.reason import connection_ended, connection_lost
from kitexgen.runtime.protocol.usual_call import Opening, info_area, is_start_of_small, take_usual_answers

_SEQUENCE_ID = struct.Struct(">i")

Waiter: TypeAlias = asyncio.Future[Any] | tuple[asyncio.Future[Any], Opening]
"""Who waits for a packet, or, with an opening, for the value of a usual answer."""


class Multiplex:
    """One stream for many calls, and the `Receiver` of its connection. Lends itself as `Lane`s."""

    __slots__ = (
        "_connection",
        "_decoder",
        "_error",
        "_limit",
        "_loop",
        "_most",
        "_plain",
        "_rest",
        "has_served",
        "pending",
    )

    def __init__(
        self, limits: MuxLimits, max_message: int = DEFAULT_MAX_MESSAGE, *, guards: tuple[Guard, ...] = ()
    ) -> None:
        self.pending: PendingCalls[Waiter] = PendingCalls(limits)
        self._decoder = MessageDecoder(max_message, guards=guards)
        self._connection: Connection | None = None
        self._loop = asyncio.get_running_loop()
        self._error: KitexError | None = None  # why the stream ended
        self._limit = max_message
        self._most = limits.in_flight
        self._plain = b""  # the info area that answers with nothing beside their value have
        self._rest = b""  # the beginning of an answer, when nothing is in the decoder
        self.has_served = False

    @property
    def is_usable(self) -> bool:
        """Whether new calls may begin: neither ended nor retired."""
        return not self.pending.is_retired and self.is_open

    @property
    def is_open(self) -> bool:
        """Whether answers may still come."""
        return self._error is None and self._connection is not None and self._connection.is_open

    @property
    def is_full(self) -> bool:
        """Whether as many calls are in flight as may be."""
        return self.pending.is_full

    @property
    def in_flight(self) -> int:
        """How many calls wait."""
        return len(self.pending)

    @property
    def heard(self) -> int:
        """A number that changes whenever something is heard."""
        return self.pending.heard

    @property
    def is_ready(self) -> bool:
        """Whether `ready` would return at once."""
        return self._error is None and self._connection is not None and not self._connection.congested

    async def ready(self) -> None:
        """Return when there is room for a request: now, unless the peer takes less than it is sent.

        Raises ConnectionClosed when the stream has ended.
        """
        if self._error is None and self._connection is not None and self._connection.congested:
            await self._connection.drain()
        self._open()

    def begin(self, sequence_id: int, opening: Opening, request: Pieces) -> asyncio.Future[Any] | None:
        """Send `request`, if that can be here and now. The future brings the value of its answer, where that is usual,
        else the packet; or the error that ended the stream. Who stops waiting must say so (`give_up`).

        None when the stream is no longer usable, is full, congested, or not connected yet: nothing was done then.
        """
        connection, pending = self._connection, self.pending
        waiting = pending.waiting
        if (
            self._error is not None
            or pending.is_retired
            or connection is None
            or connection.congested
            or len(waiting) >= self._most
            or sequence_id in waiting
            or not connection.is_open
        ):
            return None
        answer: asyncio.Future[Any] = asyncio.Future(loop=self._loop)
        waiting[sequence_id] = answer, opening
        if pending.unheard_since is None:
            pending.unheard_since = self._loop.time()
        connection.write_pieces(request)
        return answer

    def give_up(self, sequence_id: int) -> None:
        """Nobody waits for the answer to that call any more."""
        self.pending.give_up(sequence_id, self._loop.time())
        self._close_if_over()

    async def call(self, request: Pieces) -> Packet:
        """Send `request`, a TTHeader message; return the one that bears its sequence id.

        Raises OverLimit when no further call can wait here, else as `Channel.call`. A call that is cancelled takes
        nothing from the others.
        """
        connection = self._open()
        sequence_id = _SEQUENCE_ID.unpack_from(request[0], SEQUENCE_ID_AT)[0]
        answer: asyncio.Future[Packet] = self._loop.create_future()
        self.pending.begin(sequence_id, answer, self._loop.time())
        connection.write_pieces(request)
        try:
            return await answer
        except asyncio.CancelledError:
            self.give_up(sequence_id)
            raise
        finally:
            self.has_served = True

    async def send(self, request: Pieces) -> None:
        """Send `request`, which gets no answer. Errors as in `call`."""
        connection = self._open()
        connection.write_pieces(request)
        self.has_served = True
        await connection.drain()
        if self._error is not None:
            raise connection_ended(self._error)

    def retire(self) -> None:
        """Take no new calls, and close when those in flight are over."""
        self.pending.is_retired = True
        self._close_if_over()

    def close(self) -> None:
        """Close now; calls in flight fail. May be repeated."""
        self._end(ConnectionClosed("the client is closed"))

    async def wait_closed(self) -> None:
        """Return when the socket is closed."""
        if self._connection is not None:
            await self._connection.wait_closed()

    # Receiver

    def on_connect(self, connection: Connection) -> None:
        self._connection = connection

    def on_data(self, data: bytes) -> None:
        if self._error is not None:
            return
        self.pending.note_heard(self._loop.time())
        try:
            if self._decoder.pending:
                data = self._finish_pending(data)
            if data:
                data = self._take_usual(data)
            if data:
                self._decoder.feed(data)
                self._deliver_all(info_area(data, 0))
        except KitexError as error:
            self._end(error)
            return
        self._close_if_over()

    def on_end(self) -> None:
        self._end(ConnectionClosed("connection closed by the peer"))

    def on_uncongested(self) -> None:
        """Those who wait to send are woken by the connection itself."""

    def on_lost(self, error: Exception | None) -> None:
        self._end(connection_lost(error))

    def _open(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the channel is not connected yet")
        if self._error is not None:
            raise connection_ended(self._error)
        return self._connection

    def _take_usual(self, data: bytes) -> bytes:
        """Give the usual answers at the front to those who wait; what is left for the decoder."""
        if self._rest:
            data, self._rest = self._rest + data, b""
        pending = self.pending
        at = take_usual_answers(data, pending.waiting, self._plain, self._limit)
        pending.settle()
        if at == len(data):
            return b""
        rest = data[at:] if at else data
        if is_start_of_small(rest):
            self._rest = rest
            return b""
        return rest

    def _finish_pending(self, data: bytes) -> bytes:
        """Deliver the message that the decoder has a part of; what comes behind it is likely usual again."""
        self._decoder.feed(data)
        packet = self._decoder.next_message()
        if packet is None:
            return b""
        self._deliver(packet)
        return self._decoder.release()

    def _deliver_all(self, infos: bytes) -> None:
        """The messages in the decoder; `infos` is the info area of the first, if that begins just now."""
        while (packet := self._decoder.next_message()) is not None:
            if infos and packet.header is not None and not packet.header.string_infos:
                self._plain = infos
            infos = b""
            self._deliver(packet)

    def _deliver(self, packet: Packet) -> None:
        waiter = self.pending.end(packet)
        answer = waiter[0] if isinstance(waiter, tuple) else waiter
        if answer is not None and not answer.done():
            answer.set_result(packet)

    def _close_if_over(self) -> None:
        if self.pending.is_over and self._error is None:
            self._error = ConnectionClosed("the connection has served its last call")
            self._decoder.close()
            if self._connection is not None:
                self._connection.close()

    def _end(self, error: KitexError) -> None:
        """Close for good, and fail all who wait. The first reason counts."""
        if self._error is not None:
            return
        self._error = error
        self._decoder.close()
        if self._connection is not None:
            self._connection.abort()
        self._rest = b""
        for waiter in self.pending.clear():
            answer = waiter[0] if isinstance(waiter, tuple) else waiter
            if not answer.done():
                answer.set_exception(connection_ended(error))


class Lane:
    """A `Channel` for one call on a stream that others share: closing it closes nothing."""

    __slots__ = ("_heard", "_stream", "is_reused")

    def __init__(self, stream: Multiplex) -> None:
        self._stream = stream
        self._heard = stream.heard
        self.is_reused = False

    @property
    def is_healthy(self) -> bool:
        return self._stream.is_usable

    def is_alive(self) -> bool:
        return self._stream.is_usable

    @property
    def heard_nothing(self) -> bool:
        return self._stream.heard == self._heard

    async def call(self, request: Pieces) -> Packet:
        stream = self._stream
        if stream.is_ready:
            self._heard, self.is_reused = stream.heard, stream.has_served and not stream.in_flight
        else:
            await self._start()
        return await self._stream.call(request)

    async def send(self, request: Pieces) -> None:
        await self._start()
        await self._stream.send(request)

    def close(self) -> None:
        """The stream is not this call's to close."""

    async def wait_closed(self) -> None:
        """Nothing was closed."""

    async def _start(self) -> None:
        self._heard = self._stream.heard
        self.is_reused = True  # should it have ended by now, nothing of this call was sent: another is worth a try
        await self._stream.ready()
        # A stream that had idled may turn out dead, and is worth another try too. One with calls in flight that dies
        # was alive a moment ago: its peer may have acted on this call.
        self.is_reused = self._stream.has_served and not self._stream.in_flight
        self._heard = self._stream.heard
