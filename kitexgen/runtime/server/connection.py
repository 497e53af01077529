"""ServerConnection: one connection of a server: detect, decode, run, answer, one request after the other."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from dataclasses import dataclass, field

from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.errors import KitexError
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.net.connection import Connection
from kitexgen.runtime.server.answer import Refusal, Request, interrupted, run, understand, unfinished
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes

_LOG = logging.getLogger("kitexgen.server")

READ_AHEAD = 64 * 1024
"""Bytes of further requests taken in while one is at work; then the peer has to wait."""

_ENVELOPE = 4 * 1024
"""Bytes of an incomplete message looked at for its envelope: longer method names do not exist."""


@dataclass(slots=True, eq=False)
class Shared:
    """What the connections of one server have in common.

    `context` holds the context variables every call begins with: those of the server's start.
    """

    routes: Routes
    endpoint: Endpoint
    options: ServerOptions
    loop: asyncio.AbstractEventLoop
    connections: set[ServerConnection] = field(default_factory=set)
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    is_stopping: bool = False


class ServerConnection:
    """The `Receiver` of one connection.

    Requests may be pipelined; they are run one at a time and answered in order, as Kitex does. What is read ahead and
    what waits to be sent is bounded: a peer that sends faster than it is served, or does not read its answers, is not
    read from. A peer that closes does not stop its request: oneway callers close at once.
    """

    __slots__ = (
        "_connection",
        "_decoder",
        "_is_draining",
        "_is_ended",
        "_last_heard",
        "_shared",
        "_stuck_since",
        "_task",
        "_unsent",
    )

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._connection: Connection | None = None
        self._decoder = MessageDecoder(shared.options.max_message, checks_payload=shared.options.checksum)
        self._task: asyncio.Task[None] | None = None
        self._is_ended = False  # the peer sends no more
        self._is_draining = False  # the server takes no more
        self._last_heard = shared.loop.time()
        self._stuck_since = 0.0
        self._unsent = 0

    # Receiver

    def on_connect(self, connection: Connection) -> None:
        limit = self._shared.options.max_connections
        if limit is not None and len(self._shared.connections) >= limit:
            _LOG.warning("connection of %s closed: %d are open already", connection.peer, limit)
            connection.abort()
            return
        self._connection = connection
        self._shared.connections.add(self)
        if self._shared.is_stopping:
            self.drain()  # accepted while the listener was being closed

    def on_data(self, data: bytes) -> None:
        if self._connection is None or not self._connection.is_open:
            return
        self._last_heard = self._shared.loop.time()
        self._decoder.feed(data)
        self._advance()

    def on_end(self) -> None:
        self._is_ended = True
        self._advance()

    def on_uncongested(self) -> None:
        self._advance()

    def on_lost(self, error: Exception | None) -> None:
        self._shared.connections.discard(self)
        self._connection = None

    # What the server calls.

    @property
    def is_idle(self) -> bool:
        """Whether no request is at work and none has begun to come."""
        return self._task is None and not self._decoder.pending

    def drain(self) -> None:
        """Answer the requests that have begun to come, then close."""
        self._is_draining = True
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
        """Close if the peer has kept us waiting too long. `now` is in seconds of the loop's clock."""
        connection = self._connection
        if connection is None:
            return
        if self._is_stuck(connection, now):
            _LOG.warning("connection of %s closed: the peer does not take its answers", connection.peer)
            connection.abort()
        elif self._task is not None or connection.congested or not connection.is_open:
            return
        elif self._decoder.pending:
            if _is_over(self._shared.options.read_timeout, now - self._last_heard):
                self._close_unfinished(connection)
        elif _is_over(self._shared.options.idle_timeout, now - self._last_heard):
            connection.close()

    # Requests

    def _advance(self) -> None:
        """Begin the next request if there is a whole one and nothing in its way; close when none can come any more."""
        connection = self._connection
        if connection is None:
            return
        while self._task is None and connection.is_open and not connection.congested:
            try:
                packet = self._decoder.next_message()
                if packet is None:
                    if self._is_ended or (self._is_draining and self.is_idle):
                        connection.close()
                    break
                self._begin(connection, self._understand(packet, connection))
            except KitexError as error:
                # No frame, no envelope, no call: an answer would be a guess, so there is none (as in Kitex).
                _LOG.warning("connection of %s closed: %s", connection.peer, error)
                connection.close()
        self._regulate(connection)

    def _understand(self, packet: Packet, connection: Connection) -> Request | Refusal:
        return understand(packet, self._shared.routes, connection.peer, sums_up=self._shared.options.checksum)

    def _is_ending(self) -> bool:
        """Whether answers tell the peer to use the connection no more."""
        return self._is_draining or self._shared.is_stopping

    def _begin(self, connection: Connection, request: Request | Refusal) -> None:
        if isinstance(request, Request):
            # A task each: a handler may wait, and what it puts into context variables is nothing to the next one, even
            # though that is begun from within its task.
            context = self._shared.context.copy()
            self._task = task = self._shared.loop.create_task(self._serve(request), context=context)
            self._shared.tasks.add(task)
            task.add_done_callback(self._ended)
            return
        if request.reply:
            connection.write(request.reply)
        if request.closes:
            connection.close()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A task is over. Handlers' errors are answers; one that comes to here is ours, and its peer must not wait."""
        self._shared.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.critical("a connection is cut off after an error of kitexgen's own", exc_info=error)
            self.abort()

    async def _serve(self, request: Request) -> None:
        try:
            reply = await run(request, self._shared.endpoint, self._is_ending)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                self._task = None
                raise  # the server gives up waiting for this call
            reply = interrupted(request, self._is_ending)
        self._task = None
        if reply and self._connection is not None:
            self._connection.write(reply)
        self._last_heard = self._shared.loop.time()
        self._advance()

    def _close_unfinished(self, connection: Connection) -> None:
        """The rest of a request stayed away: say so where Kitex does, and close."""
        _LOG.warning("connection of %s closed: the peer does not finish its request", connection.peer)
        beginning = self._decoder.beginning(_ENVELOPE)
        if beginning is not None:
            connection.write(unfinished(beginning, connection.peer, sums_up=self._shared.options.checksum))
        connection.close()

    def _regulate(self, connection: Connection) -> None:
        """Read on, or let the peer wait."""
        is_busy = self._task is not None or connection.congested
        if is_busy and self._decoder.pending >= READ_AHEAD:
            connection.pause_reading()
        else:
            connection.resume_reading()

    def _is_stuck(self, connection: Connection, now: float) -> bool:
        """Whether answers wait to be taken and not one byte has been for longer than allowed."""
        unsent = connection.unsent
        if not unsent or unsent != self._unsent:
            self._unsent, self._stuck_since = unsent, now
            return False
        return _is_over(self._shared.options.write_timeout, now - self._stuck_since)


def _is_over(limit: float | None, seconds: float) -> bool:
    return limit is not None and seconds > limit
