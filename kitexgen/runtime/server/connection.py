"""ServerConnection: one connection of a server: detect, decode, run, answer."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial

from kitexgen.runtime.buffer.pieces import LARGE, Pieces
from kitexgen.runtime.errors import KitexError
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.framing.stream_frame import SIGN_SIZE, carries_streams
from kitexgen.runtime.framing.ttheader import Flag
from kitexgen.runtime.net.connection import Connection
from kitexgen.runtime.server.answer import (
    Refusal,
    Request,
    interrupted,
    overloaded,
    run,
    understand,
    unfinished,
)
from kitexgen.runtime.server.notices import GOING_AWAY
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.slow_peer import SlowPeer
from kitexgen.runtime.server.stepping import Ended
from kitexgen.runtime.server.stream_link import ServerLink
from kitexgen.runtime.server.usual_calls import LARGE_REPLY
from kitexgen.runtime.server.usual_way import CALLS_PER_TURN, UsualWay

_LOG = logging.getLogger("kitexgen.server")

READ_AHEAD = 64 * 1024
"""Bytes of further requests taken in while none of them can be begun; then the peer has to wait."""

_OUT_OF_ORDER = Flag.OUT_OF_ORDER.value
"""A plain number: operators of flags cost more than the rest of a small header."""

_ENVELOPE = 4 * 1024
"""Bytes of an incomplete message looked at for its envelope: longer method names do not exist."""


class ServerConnection(UsualWay):
    """The `Receiver` of one connection.

    Requests may be pipelined; they are run one at a time and answered in order, as Kitex does. Those that take answers
    in any order (TTHeader of a multiplexing client) run beside each other. Answers to the requests of one read are one
    write. What is read ahead, what is at work and what waits to be sent is bounded: a peer that sends faster than it is
    served, or does not take its answers, is not read from. A peer that closes does not stop its request: oneway callers
    close at once.
    """

    __slots__ = (
        "_is_settled",
        "_slow",
    )

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._connection: Connection | None = None
        self._decoder: MessageDecoder | None = None  # made when bytes wait: most connections stand idle
        self._calls = 0  # at work
        self._is_serial = False  # the one at work has to be answered before another is begun
        self._is_multiplexed = False  # the peer has shown that it takes answers in any order
        self._has_more = False  # requests are left for the next loop turn
        self._is_settled = False  # it is known whether the connection carries streams
        self._is_paused = False  # the peer is not read from
        self._is_ended = False  # the peer sends no more
        self._is_draining = False  # the server takes no more
        self._last_heard = shared.clock()
        self._socket = None
        self._arriving_since: float | None = None  # when the incomplete request that is pending began
        self._slow: SlowPeer | None = None  # made when answers wait: most connections stand idle

    # Receiver

    def on_connect(self, connection: Connection) -> None:
        if not self._shared.has_room():  # asked again: connections in memory have no listener that asks
            _LOG.warning("connection of %s closed: there are too many already", connection.peer)
            connection.abort()
            return
        self._connection = connection
        self._shared.connections.add(self)
        if self._shared.is_draining:
            self.drain()  # accepted while the listener was being closed

    def on_data(self, data: bytes) -> None:
        connection = self._connection
        if connection is None or not connection.is_open:
            return
        shared = self._shared
        self._last_heard = shared.clock()
        decoder = self._decoder
        if self._is_settled and self._may_be_usual(connection):
            if decoder is not None and decoder.pending < LARGE and decoder.is_fresh:
                data = decoder.release() + data
                decoder = self._decoder = None
            if decoder is None:
                at, why = self._run_usual(connection, data, 0, CALLS_PER_TURN)
                if at < len(data):
                    self._keep_rest(connection, data, at, why)
                return
        if decoder is None:
            decoder = self._decoder = self._make_decoder()
        decoder.feed(data)
        if not self._is_settled:
            self._settle(connection, decoder)
        self._advance()

    def _make_decoder(self) -> MessageDecoder:
        options = self._shared.options
        return MessageDecoder(options.max_message, guards=options.guards)

    def _keep_rest(self, connection: Connection, data: bytes, at: int, why: str) -> None:
        """Take in what `_run_usual` left."""
        decoder = self._decoder = self._make_decoder()
        decoder.feed(data)
        decoder.advance(at)
        if why == "odd":
            self._advance()
            return
        if why == "part":
            self._await_more(connection)
        else:
            self._begin_more_later()
        if self._is_paused or decoder.pending >= READ_AHEAD:
            self._regulate(connection)

    def _settle(self, connection: Connection, decoder: MessageDecoder) -> None:
        """Find out whether the connection carries streams, and if so, let those who know about them have it."""
        carries = carries_streams(decoder.peek(SIGN_SIZE))
        self._is_settled = carries is not None
        if carries:
            self._shared.connections.discard(self)
            self._connection = None
            streams = ServerLink(self._shared)
            connection.hand_over(streams)
            streams.on_data(decoder.release())
        elif self._is_settled:
            self._serve_usual(connection)

    def on_end(self) -> None:
        self._is_ended = True
        self._advance()

    def on_uncongested(self) -> None:
        self._advance()

    def on_lost(self, error: Exception | None) -> None:
        self._shared.connections.discard(self)
        self._connection = None
        if self._decoder is not None:
            self._decoder.close()

    # What the server calls.

    @property
    def is_idle(self) -> bool:
        """Whether no request is at work and none has begun to come."""
        return not self._calls and not self._pending

    @property
    def _pending(self) -> int:
        """Bytes of requests that were not begun."""
        return 0 if self._decoder is None else self._decoder.pending

    def announce(self) -> None:
        """Tell a multiplexing peer to send its next calls elsewhere; others are told in the headers of answers."""
        if self._connection is not None and self._is_multiplexed:
            self._connection.write(GOING_AWAY)

    def drain(self) -> None:
        """Answer the requests that have begun to come, then close."""
        self._is_draining = True
        if self._shared.calls is not None:
            self._shared.calls.halt()
        self._advance()

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
        connection = self._connection
        if connection is None:
            return
        options = self._shared.options
        if self._is_stuck(connection, now):
            _LOG.warning("connection of %s closed: the peer does not take its answers", connection.peer)
            connection.abort()
        elif not connection.is_open:
            return
        elif self._arriving_since is not None:
            silent = _is_over(options.read_timeout, now - self._last_heard)
            if silent or _is_over(options.arrival_timeout, now - self._arriving_since):
                self._close_unfinished(connection)
        elif self.is_idle and _is_over(options.idle_timeout, now - self._last_heard):
            connection.close()

    def _is_stuck(self, connection: Connection, now: float) -> bool:
        """Whether the peer does not take its answers."""
        if self._slow is None:
            if not connection.unsent:
                return False
            self._slow = SlowPeer()
        return self._slow.is_stuck(connection, now, self._shared.options.write_timeout)

    # Requests

    def _advance(self) -> None:
        """Begin the requests that are whole and have nothing in their way; close when none can come any more."""
        connection, decoder = self._connection, self._decoder
        if connection is None:
            return
        if decoder is None:
            self._await_more(connection)
            if self._is_paused:
                self._regulate(connection)
            return
        try:
            is_all = self._begin_all(connection, decoder)
        except KitexError as error:
            # No frame, no envelope, no call: an answer would be a guess, so there is none (as in Kitex).
            _LOG.warning("connection of %s closed: %s", connection.peer, error)
            connection.close()
            is_all = False
        if self._is_paused or (not is_all and decoder.pending >= READ_AHEAD):
            self._regulate(connection)
        if not decoder.pending and self._shared.calls is not None:
            self._decoder = None  # what comes next is most likely no work for it

    def _begin_all(self, connection: Connection, decoder: MessageDecoder) -> bool:
        """Begin requests, `CALLS_PER_TURN` at most; tell whether nothing is left.

        Raises KitexError for bytes that are no request.
        """
        for still in range(CALLS_PER_TURN, 0, -1):
            if self._is_blocked(connection) or not connection.is_open:
                return False
            data, at = decoder.front() if self._may_be_usual(connection) else (b"", 0)
            if data:
                decoder.advance(len(data))  # a handler may have us called again
                at, why = self._run_usual(connection, data, at, still)
                if at == len(data):
                    return True
                decoder.feed(data)
                decoder.advance(at)
                if why == "more":
                    break
                if why == "part":
                    self._await_more(connection)
                    return False
                if self._is_blocked(connection):
                    return False
            packet = decoder.next_message()
            if packet is None:
                self._await_more(connection)
                return False
            self._arriving_since = None
            self._begin(connection, packet)
            if not decoder.pending:
                if self._is_ended or self._is_draining:
                    self._await_more(connection)
                return True
        self._begin_more_later()
        return False

    def _begin_more_later(self) -> None:
        """Others want their turn first."""
        if not self._has_more:
            self._has_more = True
            self._shared.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        self._has_more = False
        self._advance()

    def _await_more(self, connection: Connection) -> None:
        """No whole request is left."""
        if not self._pending:
            if (self._is_ended or self._is_draining) and not self._calls:
                self._read_what_waits()
                if self.is_idle:
                    connection.close()
        elif self._is_ended and not self._calls:
            connection.close()
        elif self._arriving_since is None:
            self._arriving_since = self._last_heard

    def _read_what_waits(self) -> None:
        """Begin what a peer that is paused has sent meanwhile, as far as one read brings it: it has begun to come."""
        if self._is_paused and self._socket is not None:
            self._is_paused = False
            self._socket.resume_reading()
            self._socket.read()

    def _is_blocked(self, connection: Connection) -> bool:
        """Whether the next request has to wait."""
        return self._is_serial or connection.congested or self._calls >= self._shared.options.max_concurrent

    def _begin(self, connection: Connection, packet: Packet) -> None:
        shared = self._shared
        if packet.header is not None and packet.header.flags & _OUT_OF_ORDER:
            self._is_multiplexed = True
        options = shared.options
        request = understand(
            packet,
            shared.routes,
            connection.peer,
            guards=options.guards,
            is_shared=self._is_multiplexed,
            max_message=options.max_message,
        )
        if isinstance(request, Refusal):
            self._write(request.reply)
            if request.closes:
                connection.close()
            return
        if shared.is_full:
            shared.refused += 1
            self._write(overloaded(request, self._is_ending))
            return
        outcome = shared.stepper.begin(run(request, shared.endpoint, self._is_ending))
        if isinstance(outcome, Ended):
            self._answer(request, outcome)
            return
        self._wait_for(request, outcome)

    def _wait_for(self, request: Request, task: asyncio.Task[Pieces]) -> None:
        self._calls += 1
        self._is_serial = not self._is_multiplexed
        self._shared.tasks.add(task)
        task.add_done_callback(partial(self._waited, request))

    def _waited(self, request: Request, task: asyncio.Task[Pieces]) -> None:
        """A call that waited is over."""
        self._shared.tasks.discard(task)
        self._calls -= 1
        self._is_serial = False
        if task.cancelled():
            # When it is the server that gave up, it has closed the connection, and there is nobody to tell.
            if self._connection is not None and self._connection.is_open:
                self._answer(request, Ended(None, asyncio.CancelledError()))
        elif (error := task.exception()) is not None:
            self._answer(request, Ended(None, error))
        else:
            self._answer(request, Ended(task.result(), None))
        self._last_heard = self._shared.clock()
        self._advance()

    def _answer(self, request: Request, outcome: Ended[Pieces]) -> None:
        error = outcome.error
        if error is None:
            self._write(outcome.value)
        elif isinstance(error, asyncio.CancelledError):
            self._write(interrupted(request, self._is_ending))
        else:
            # Handlers' errors are answers; one that comes to here is ours, and its peer must not wait.
            _LOG.critical("a connection is cut off after an error of kitexgen's own", exc_info=error)
            self.abort()

    def _write(self, reply: Pieces | None) -> None:
        if reply and self._connection is not None:
            self._connection.write_pieces(reply)
            if len(reply) > 1 and sum(map(len, reply)) >= LARGE_REPLY:  # one piece alone is small
                self._connection.flush()

    def _is_ending(self) -> bool:
        """Whether answers tell the peer to use the connection no more."""
        return self._is_draining or self._shared.is_stopping

    def _close_unfinished(self, connection: Connection) -> None:
        """The rest of a request stayed away: say so where Kitex does, and close."""
        _LOG.warning("connection of %s closed: the peer does not finish its request", connection.peer)
        decoder = self._decoder
        assert decoder is not None  # the part that came is in there
        if decoder.started is None:
            with suppress(KitexError):
                decoder.next_message()  # which finds out what it is; the compiled way had not asked
        beginning = decoder.beginning(_ENVELOPE)
        if beginning is not None:
            connection.write_pieces(unfinished(beginning, connection.peer, guards=self._shared.options.guards))
        connection.close()

    def _regulate(self, connection: Connection) -> None:
        """Read on, or let the peer wait: from when much is pending that cannot be begun, until nothing is."""
        is_much = self._pending >= (1 if self._is_paused else READ_AHEAD)
        is_full = is_much and (self._has_more or self._is_blocked(connection))
        if is_full == self._is_paused:
            return
        if is_full:
            self._pause()
        else:
            self._is_paused = False
            connection.resume_reading()

    def _pause(self) -> None:
        self._is_paused = True
        self._arriving_since = None  # if more is to come, it is not the peer who is late
        if self._connection is not None:
            self._connection.pause_reading()


def _is_over(limit: float | None, seconds: float) -> bool:
    return limit is not None and seconds > limit
