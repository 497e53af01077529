"""UsualWay: the part of a server's connection that deals with the compiled way of usual calls."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from functools import partial
from typing import Any

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.net.connection import Connection
from kitexgen.runtime.net.socket_transport import SocketTransport
from kitexgen.runtime.server.answer import Request
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.stepping import Ended
from kitexgen.runtime.server.usual_calls import Left

CALLS_PER_TURN = 64
"""Calls of one connection begun in one loop turn: a read can hold thousands, and others want their turn.

The compiled way refuses a larger number than it has room for the replies of (`CALLS_AT_ONCE` in `wire/csrc/calls.h`).
"""


class UsualWay(ABC):
    """What `ServerConnection` is built upon: it has the state, and all that is not usual."""

    __slots__ = (
        "_arriving_since",
        "_calls",
        "_connection",
        "_decoder",
        "_has_more",
        "_is_draining",
        "_is_ended",
        "_is_multiplexed",
        "_is_paused",
        "_is_serial",
        "_last_heard",
        "_shared",
        "_socket",
    )

    _shared: Shared
    _connection: Connection | None
    _decoder: MessageDecoder | None
    _calls: int
    _has_more: bool
    _is_serial: bool
    _is_multiplexed: bool
    _is_paused: bool
    _is_ended: bool
    _is_draining: bool
    _last_heard: float
    _arriving_since: float | None
    _socket: SocketTransport | None  # if the compiled way reads it itself

    @abstractmethod
    def _answer(self, request: Request, outcome: Ended[Pieces]) -> None:
        """Write the answer to a call."""

    @abstractmethod
    def _is_ending(self) -> bool:
        """Whether answers tell the peer to use the connection no more."""

    @abstractmethod
    def _begin_more_later(self) -> None:
        """Go on in the next loop turn."""

    @abstractmethod
    def _keep_rest(self, connection: Connection, data: bytes, at: int, why: str) -> None:
        """Take in what the compiled way has left of `data`."""

    @abstractmethod
    def _pause(self) -> None:
        """Read nothing until all that has been read is at work."""

    def _serve_usual(self, connection: Connection) -> None:
        """Have the compiled way read the socket itself, where it can."""
        if hasattr(self._shared.calls, "serve"):
            self._socket = connection.read_with(self._serve)

    def _serve(self) -> None:
        """Something has come."""
        connection, socket = self._connection, self._socket
        if connection is None or socket is None:
            return
        if self._is_serial or self._has_more:  # what comes has to wait: it had better do so in the socket
            self._pause()
            return
        is_clear = self._decoder is None and socket.unsent is None and not connection.queued
        if not is_clear or not self._may_be_usual(connection):
            socket.read()
            return
        shared = self._shared
        self._last_heard = shared.clock()
        try:
            left = shared.calls.serve(socket.descriptor, connection.peer, self._is_multiplexed, CALLS_PER_TURN)
            if left is not None:
                self._go_on_from(connection, socket, *left)
        except OSError as error:
            socket.fail(error)
        except Exception as error:
            socket.give_up(error)

    def _go_on_from(
        self,
        connection: Connection,
        socket: SocketTransport,
        rest: bytes,
        told: tuple[Any, ...] | None,
        unsent: list[bytes],
    ) -> None:
        """Go on where the compiled way has stopped."""
        if unsent:
            connection.write_now(unsent)
        if told is None:
            return
        why = told[1]
        if why == "end":
            socket.read()
            return
        if len(told) > 2:
            self._go_on_with(told)
        if rest:
            self._keep_rest(connection, rest, 0, why if len(told) == 2 else "odd")
        connection.flush()

    def _may_be_usual(self, connection: Connection) -> bool:
        """Whether the next requests may go the compiled way: there is one, and nothing is in their way, or ends."""
        shared = self._shared
        options = shared.options
        return (
            shared.calls is not None
            and not self._is_serial
            and not self._is_draining
            and not self._is_ended
            and not shared.is_stopping
            and not connection.congested
            and self._calls < options.max_concurrent
            and (options.max_in_flight is None or not shared.is_full)
        )

    def _run_usual(self, connection: Connection, data: bytes, at: int, turn: int) -> tuple[int, str]:
        """Answer what is usual of `data` from `at` on, `turn` calls at most; tell where it ends, and why there."""
        shared = self._shared
        started = at
        while True:
            replies: list[bytes] = []
            told = shared.calls.run(data, at, connection.peer, self._is_multiplexed, replies, turn)
            if replies:
                connection.write_pieces(replies)
            if told is None:
                self._arriving_since = None
                return len(data), ""
            at = told[0]
            if at > started:
                self._arriving_since = None
            turn -= len(replies)
            if len(told) > 2:
                self._go_on_with(told)
                turn -= 1
            elif told[1] == "large":
                connection.flush()
            else:
                return at, told[1]
            if at == len(data) or not connection.is_open or not self._may_be_usual(connection):
                return at, "odd"

    def _go_on_with(self, told: tuple[Any, ...]) -> None:
        """See to a call that the compiled way has begun, and leaves to us: `told` is what `Left` is made of."""
        kind, outcome = told[1], told[8]
        if kind == "waits":
            call, task = told[7], told[9]
            self._calls += 1
            self._is_serial = not self._is_multiplexed
            self._shared.tasks.add(task)
            task.get_coro().take_over(call, outcome, partial(self._has_ended, told))
        elif kind == "answered":
            self._answer_left(told, outcome, None)
        else:
            self._answer_left(told, None, outcome)

    def _has_ended(self, told: tuple[Any, ...], value: Any, error: BaseException | None) -> None:
        """A call that waited is over; this is still its last step."""
        shared = self._shared
        shared.tasks.discard(told[9])
        self._calls -= 1
        self._is_serial = False
        connection = self._connection
        if connection is not None:
            reply = shared.calls.reply(told, value) if error is None and not self._is_ending() else None
            if reply is not None:
                if self._decoder is None and not self._is_multiplexed:
                    connection.write_now((reply,))  # no other answer can go with it
                else:
                    connection.write(reply)
            # When it is the server that gave up, it has closed the connection, and there is nobody to tell.
            elif not isinstance(error, asyncio.CancelledError) or connection.is_open:
                self._answer_left(told, value, error)
        self._last_heard = shared.clock()
        if self._decoder is not None or self._is_paused or self._is_ended or self._is_draining:
            self._begin_more_later()  # not within the step of a call that is over

    def _answer_left(self, told: tuple[Any, ...], value: Any, error: BaseException | None) -> None:
        """Answer a call the long way."""
        left = Left(*told)
        request = left.request(self._shared.options.max_message)
        self._answer(request, left.settle(request, value, error, self._is_ending))
