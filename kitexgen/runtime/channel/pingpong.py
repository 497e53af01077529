"""PingPong: one call at a time on a stream, as Kitex's long and short connections do.

    state     event                                             next
    ready     call                                              waiting
    waiting   the answer, whole and alone                       ready
    waiting   the answer with `crrst` in its header             ended, after the answer is given
    waiting   the answer and more behind it                     ended, after the answer is given
    waiting   cancelled, or bytes that are no answer            ended
    ready     any byte                                          ended: nobody had asked
    any       end or loss of the stream                         ended

What has ended stays so: a late answer can meet no other call.
"""

from __future__ import annotations

import asyncio
from typing import Any

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.channel.notices import wants_reset
from kitexgen.runtime.errors import ConnectionClosed, KitexError, ProtocolError
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE, Packet
from kitexgen.runtime.framing.validation import Guard
from kitexgen.runtime.net.connection import Connection
from kitexgen.runtime.net.reason import connection_lost
from kitexgen.runtime.protocol.usual_call import NOT_USUAL, Opening, info_area, open_usual_answer


class PingPong:
    """A `Channel` for one call at a time, and the `Receiver` of its connection."""

    __slots__ = (
        "_answer",
        "_connection",
        "_decoder",
        "_error",
        "_expected",
        "_limit",
        "_plain",
        "heard_nothing",
        "is_reused",
    )

    def __init__(self, max_message: int = DEFAULT_MAX_MESSAGE, *, guards: tuple[Guard, ...] = ()) -> None:
        self._decoder = MessageDecoder(max_message, guards=guards)
        self._connection: Connection | None = None
        self._answer: asyncio.Future[Any] | None = None
        self._expected: tuple[int, Opening] | None = None  # of a usual call in flight
        self._limit = max_message
        self._plain = b""  # the info area of an answer that told nothing beside its value
        self._error: KitexError | None = None  # why the channel ended
        self.is_reused = False
        self.heard_nothing = True

    # Channel

    @property
    def is_healthy(self) -> bool:
        connection = self._connection
        return self._error is None and self._answer is None and connection is not None and connection.is_open

    def is_alive(self) -> bool:
        connection = self._connection
        return self._error is None and self._answer is None and connection is not None and connection.is_quiet()

    def begin(self, sequence_id: int, opening: Opening, request: Pieces) -> asyncio.Future[Any]:
        """Send `request`. The future brings the value of its answer, where that is usual, else the packet; or the error
        that ended the channel. Call `done` or `give_up` then.
        """
        answer = self._begin(request)
        self._expected = sequence_id, opening
        return answer

    def done(self) -> None:
        """The call has its answer."""
        self._answer = self._expected = None

    def give_up(self) -> None:
        """The call has none: whatever comes on this stream now belongs to nobody."""
        self._end(ConnectionClosed("the call before was given up"))
        self.done()

    async def call(self, request: Pieces) -> Packet:
        answer = self._begin(request)
        try:
            packet: Packet = await answer
        except BaseException:
            self.give_up()
            raise
        self.done()
        return packet

    async def send(self, request: Pieces) -> None:
        connection = self._ready()
        connection.write_pieces(request)
        try:
            await connection.drain()
        except BaseException:
            self._end(ConnectionClosed("the call before was given up"))
            raise
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    async def wait_closed(self) -> None:
        if self._connection is not None:
            await self._connection.wait_closed()

    # Receiver

    def on_connect(self, connection: Connection) -> None:
        self._connection = connection

    def on_data(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            # Nobody asked. A late or doubled answer must never be taken for the next call's.
            self._end(ProtocolError("the peer sent something nobody had asked for"))
            return
        self.heard_nothing = False
        if self._expected is not None and not self._decoder.pending:
            sequence_id, opening = self._expected
            value = open_usual_answer(data, sequence_id, opening, self._plain, self._limit)
            if value is not NOT_USUAL:
                self._answer.set_result(value)
                return
        infos = info_area(data, 0)
        self._decoder.feed(data)
        try:
            packet = self._decoder.next_message()
        except KitexError as error:
            self._end(error)
            return
        if packet is None:
            return
        if infos and packet.header is not None and not packet.header.string_infos:
            self._plain = infos
        self._answer.set_result(packet)
        if self._decoder.pending:
            self._end(ProtocolError("the peer sent more than the answer to one call"))
        elif wants_reset(packet):
            self._end(ConnectionClosed("the peer asked to use the connection no more"))

    def on_end(self) -> None:
        self._end(ConnectionClosed("connection closed by the peer"))

    def on_uncongested(self) -> None:
        """Nothing waits for it: a request in flight is all there is to send."""

    def on_lost(self, error: Exception | None) -> None:
        self._end(connection_lost(error))

    def _open(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the channel is not connected yet")
        return self._connection

    def _begin(self, request: Pieces) -> asyncio.Future[Any]:
        connection = self._ready()
        answer: asyncio.Future[Any] = asyncio.Future(loop=asyncio.get_running_loop())
        self._answer = answer
        connection.write_now(request)
        return answer

    def _ready(self) -> Connection:
        if self._answer is not None:
            raise RuntimeError("a call is in flight on this channel")
        if self._error is not None:
            raise self._error
        self.heard_nothing = True
        return self._open()

    def _end(self, error: KitexError) -> None:
        """Close for good. The first reason counts."""
        if self._error is None:
            self._error = error
            self._decoder.close()
            self._open().abort()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(self._error)
