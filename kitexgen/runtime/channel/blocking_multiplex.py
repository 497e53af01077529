"""BlockingMultiplex: many calls of many threads in flight on one stream, without a thread of its own.

Whoever waits first reads for all: hands each answer to the thread it belongs to, and when its own has come leaves the
reading to another who still waits. So there is always somebody who reads as long as anybody waits, and nobody else is
woken for an answer that is not theirs. A thread that cannot send on reads too: its peer may take no more before it is
rid of its answers.

    thread      event                                          next
    (outside)   a call begins, nobody reads                    sending, then reading
    (outside)   a call begins, somebody reads                  sending, then following
    reading     its own answer                                 outside; the longest follower reads
    reading     somebody else's answer                         reading; that one is woken
    following   its answer, or the end of the stream           outside
    following   it is made the reader                          reading
    any         its deadline, KeyboardInterrupt                outside; its late answer will be dropped
    sending     its deadline, the request half sent            outside; the stream ends, and all calls on it fail

The states of the stream are those of `Multiplex`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from kitexgen.runtime.buffer.link import LinkBuffer
from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call.deadline import Clock, Deadline
from kitexgen.runtime.channel.pending_calls import MuxLimits, PendingCalls
from kitexgen.runtime.errors import ConnectionClosed, KitexError
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE, Packet
from kitexgen.runtime.framing.ttheader import read_prefix
from kitexgen.runtime.framing.validation import Guard
from kitexgen.runtime.net.reason import connection_ended
from kitexgen.runtime.net.shared import SharedConnection


class _Waiter:
    """A thread that waits. `wakes` is set when its answer or an error is there, or when it is to read."""

    __slots__ = ("answer", "error", "follows", "wakes")

    def __init__(self) -> None:
        self.wakes = threading.Event()
        self.answer: Packet | None = None
        self.error: KitexError | None = None
        self.follows = False

    @property
    def is_done(self) -> bool:
        return self.answer is not None or self.error is not None


class BlockingMultiplex:
    """One stream for the calls of any number of threads. Lends itself as `BlockingLane`s."""

    def __init__(
        self,
        connection: SharedConnection,
        limits: MuxLimits,
        max_message: int = DEFAULT_MAX_MESSAGE,
        *,
        guards: tuple[Guard, ...] = (),
        clock: Clock = time.monotonic,
    ) -> None:
        self._connection = connection
        self._pending: PendingCalls[_Waiter] = PendingCalls(limits)
        self._decoder = MessageDecoder(max_message, guards=guards)
        self._clock = clock
        self._lock = threading.Lock()  # for all that stands here, and every touch of the socket; nobody waits with it
        self._sending = threading.Lock()  # so that each request goes out whole; held while it waits for room
        self._reader: _Waiter | None = None
        self._users = 0  # threads that may be waiting on the socket, which must not be closed under them
        self._error: KitexError | None = None
        self.has_served = False

    @property
    def is_usable(self) -> bool:
        """Whether new calls may begin: neither ended nor retired."""
        return self._error is None and not self._pending.is_retired

    @property
    def is_full(self) -> bool:
        """Whether as many calls are in flight as may be."""
        return self._pending.is_full

    @property
    def in_flight(self) -> int:
        """How many calls wait."""
        return len(self._pending)

    @property
    def heard(self) -> int:
        """A number that changes whenever something is heard."""
        return self._pending.heard

    def catch_up(self) -> None:
        """Read what has come while nobody waited: a goodbye, a notice, late answers."""
        with self._lock:
            if self._reader is None and self._error is None:
                self._read()
            self._close_if_unused()

    def call(self, request: Pieces, deadline: Deadline | None) -> Packet:
        """Send `request`, a TTHeader message; return the one that bears its sequence id.

        Raises OverLimit when no further call can wait here, else as `BlockingChannel.call`. A call that runs out of
        time takes nothing from the others, unless its request was half sent.
        """
        sequence_id = read_prefix(request[0]).sequence_id
        waiter = _Waiter()
        with self._used():
            with self._lock:
                self._check_open()
                self._pending.begin(sequence_id, waiter, self._clock())
            try:
                self._send(request, deadline)
                return self._await(waiter, deadline)
            finally:
                self._leave(sequence_id, waiter)

    def send(self, request: Pieces, deadline: Deadline | None) -> None:
        """Send `request`, which gets no answer. Errors as in `call`."""
        with self._used():
            self._send(request, deadline)

    def retire(self) -> None:
        """Take no new calls, and close when those in flight are over."""
        with self._lock:
            self._pending.is_retired = True
            self._end_if_over()
            self._close_if_unused()

    def close(self) -> None:
        """Close now; calls in flight fail. May be repeated."""
        with self._lock:
            self._end(ConnectionClosed("the client is closed"))
            self._close_if_unused()

    @contextmanager
    def _used(self) -> Iterator[None]:
        with self._lock:
            self._check_open()
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                self._end_if_over()
                self._close_if_unused()

    def _send(self, request: Pieces, deadline: Deadline | None) -> None:
        if not self._sending.acquire(timeout=_patience(deadline)):
            raise TimeoutError
        rest = LinkBuffer()
        try:
            for piece in request:
                rest.feed(piece)
            self._send_whole(rest, deadline)
        finally:
            rest.close()
            self._sending.release()

    def _send_whole(self, rest: LinkBuffer, deadline: Deadline | None) -> None:
        _check(deadline)
        is_whole = False
        try:
            while True:
                with self._lock:
                    self._check_open()
                    self._connection.send_some(rest)
                    if not len(rest):
                        is_whole = self.has_served = True
                        return
                    self._read()
                self._connection.wait(_left(deadline), to_send=True)
                _check(deadline)
        finally:
            if not is_whole:
                with self._lock:
                    self._end(ConnectionClosed("a request was given up half sent"))

    def _await(self, waiter: _Waiter, deadline: Deadline | None) -> Packet:
        while True:
            with self._lock:
                if waiter.is_done:
                    break
                if self._reader is None:
                    self._reader = waiter
                reads = self._reader is waiter
                waiter.follows = not reads
            _check(deadline)
            if not reads:
                waiter.wakes.wait(_left(deadline))
            elif self._connection.wait(_left(deadline)):
                with self._lock:
                    self._read()
        if waiter.answer is not None:
            return waiter.answer
        assert waiter.error is not None
        raise connection_ended(waiter.error)

    def _leave(self, sequence_id: int, waiter: _Waiter) -> None:
        with self._lock:
            if not waiter.is_done:
                self._pending.give_up(sequence_id, self._clock())
            if self._reader is waiter:
                self._reader = next((each for each in self._pending.waiters() if each.follows), None)
                if self._reader is not None:
                    self._reader.wakes.set()

    # With the lock held:

    def _read(self) -> None:
        """Take in all that has come, and wake those whose answers are there."""
        if self._error is not None:
            return
        try:
            while (data := self._connection.receive_some()) is not None:
                self._pending.note_heard(self._clock())
                self._decoder.feed(data)
                while (packet := self._decoder.next_message()) is not None:
                    waiter = self._pending.end(packet)
                    if waiter is not None:
                        waiter.answer = packet
                        waiter.wakes.set()
        except KitexError as error:
            self._end(error)
        self._end_if_over()

    def _end_if_over(self) -> None:
        if self._pending.is_over:
            self._end(ConnectionClosed("the connection has served its last call"))

    def _end(self, error: KitexError) -> None:
        """Use the stream no more, and fail all who wait. The first reason counts."""
        if self._error is not None:
            return
        self._error = error
        self._decoder.close()
        self._connection.shut()
        for waiter in self._pending.clear():
            waiter.error = error
            waiter.wakes.set()

    def _close_if_unused(self) -> None:
        if self._error is not None and not self._users:
            self._connection.close()

    def _check_open(self) -> None:
        if self._error is not None:
            raise connection_ended(self._error)


class BlockingLane:
    """A channel for one call on a stream that others share: closing it closes nothing."""

    def __init__(self, stream: BlockingMultiplex) -> None:
        self._stream = stream
        self._heard = stream.heard
        self.is_reused = False

    @property
    def is_healthy(self) -> bool:
        return self._stream.is_usable

    @property
    def heard_nothing(self) -> bool:
        return self._stream.heard == self._heard

    def call(self, request: Pieces, deadline: Deadline | None) -> Packet:
        self._start()
        return self._stream.call(request, deadline)

    def send(self, request: Pieces, deadline: Deadline | None) -> None:
        self._start()
        self._stream.send(request, deadline)

    def close(self) -> None:
        """The stream is not this call's to close."""

    def _start(self) -> None:
        # As in `Lane`. Another thread may begin a call at the same moment: then at worst both try again.
        self.is_reused = not self._stream.is_usable or (self._stream.has_served and not self._stream.in_flight)
        self._heard = self._stream.heard


def _left(deadline: Deadline | None) -> float | None:
    return None if deadline is None else deadline.left()


def _patience(deadline: Deadline | None) -> float:
    """As `Lock.acquire` takes it: -1 for no limit."""
    return -1 if deadline is None else max(deadline.left(), 0)


def _check(deadline: Deadline | None) -> None:
    if deadline is not None and deadline.left() <= 0:
        raise TimeoutError
