"""Channels for callers without an event loop, and the pool that keeps them for the next call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call.deadline import Clock, Deadline
from kitexgen.runtime.channel.idle import IdleChannels, IdleLimits
from kitexgen.runtime.channel.lender import reported
from kitexgen.runtime.channel.notices import wants_reset
from kitexgen.runtime.channel.pool import PoolDump
from kitexgen.runtime.channel.reporter import Reports
from kitexgen.runtime.errors import ClientClosed
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE, Packet
from kitexgen.runtime.framing.validation import Guard
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.net.blocking import BlockingConnection
from kitexgen.runtime.protocol.usual_call import NOT_USUAL, Opening, info_area, missing, open_usual_answer


class BlockingChannel:
    """One call at a time on a plain socket; used by one thread at a time.

    After any exception it is closed: a late answer must not meet another call. It is closed, too, after an answer in
    whose header the peer asks to use the connection no more.
    """

    def __init__(
        self, connection: BlockingConnection, max_message: int = DEFAULT_MAX_MESSAGE, *, guards: tuple[Guard, ...] = ()
    ) -> None:
        self._connection = connection
        self._decoder = MessageDecoder(max_message, guards=guards)
        self._limit = max_message
        self._plain = b""  # the info area of an answer that told nothing beside its value
        self._is_open = True
        self.is_reused = False
        self.heard_nothing = True

    @property
    def is_healthy(self) -> bool:
        """Whether another call can be made on it: open, and nothing has come that nobody asked for."""
        return self._is_open and not self._decoder.pending and self._connection.is_quiet()

    def is_alive(self) -> bool:
        """Whether one that was healthy still is, when it has idled for a while."""
        return self._connection.is_quiet()

    def call(self, request: Pieces, deadline: Deadline | None) -> Packet:
        """Send `request` as it stands, return the message that answers it.

        Raises TimeoutError past the deadline, ConnectionClosed when the stream ends first, ProtocolError, FrameTooLarge
        and DecodeError for what is no message.
        """
        self.heard_nothing = True
        try:
            self._connection.send(request, _left(deadline))
            while (packet := self._decoder.next_message()) is None:
                self._decoder.feed(self._connection.receive(_left(deadline)))
                self.heard_nothing = False
        except BaseException:
            self.close()
            raise
        if wants_reset(packet):
            self.close()
        return packet

    def call_usual(self, request: Pieces, sequence_id: int, opening: Opening, deadline: Deadline | None) -> Any:
        """As `call`; the value of the answer instead, where that is usual."""
        self.heard_nothing = True
        connection, decoder = self._connection, self._decoder
        try:
            connection.send(request, _left(deadline))
            data = connection.receive(_left(deadline))
            self.heard_nothing = False
            value = open_usual_answer(data, sequence_id, opening, self._plain, self._limit)
            if value is NOT_USUAL and 0 < missing(data) <= self._limit:
                data = self._rest_of(data, deadline)
                value = open_usual_answer(data, sequence_id, opening, self._plain, self._limit)
            if value is not NOT_USUAL:
                return value
            infos = info_area(data, 0)
            decoder.feed(data)
            while (packet := decoder.next_message()) is None:
                decoder.feed(connection.receive(_left(deadline)))
        except BaseException:
            self.close()
            raise
        if infos and packet.header is not None and not packet.header.string_infos:
            self._plain = infos
        if wants_reset(packet):
            self.close()
        return packet

    def _rest_of(self, data: bytes, deadline: Deadline | None) -> bytes:
        """The message that begins with `data`, whole, if it says how long it is: joined once, not piece by piece."""
        parts = [data]
        left = missing(data)
        while left > 0:
            part = self._connection.receive(_left(deadline))
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def send(self, request: Pieces, deadline: Deadline | None) -> None:
        """Send `request`, which gets no answer. Errors as in `call`."""
        self.heard_nothing = True
        try:
            self._connection.send(request, _left(deadline))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the socket. May be repeated."""
        self._is_open = False
        self._decoder.close()
        self._connection.close()


class BlockingPool:
    """The long pool of blocking clients: a `BlockingLender` that keeps idle channels as `KeepAlive` does.

    Threads share it. Expired channels are closed when someone borrows or gives back: there is no timer.
    """

    request_flags = 0

    def __init__(
        self,
        dial: Callable[[Address, Deadline | None], BlockingChannel],
        limits: IdleLimits,
        clock: Clock = time.monotonic,
        reports: Reports | None = None,
    ) -> None:
        self._dial = dial
        self._limits = limits
        self._idle: IdleChannels[BlockingChannel] = IdleChannels(limits)
        self._lent: dict[BlockingChannel, Address] = {}
        self._disowned: set[BlockingChannel] = set()
        self._clock = clock
        self._reports = reports or Reports("long")
        self._lock = threading.Lock()
        self._is_closed = False

    def borrow(self, address: Address, deadline: Deadline | None) -> BlockingChannel:
        return self.at_hand(address) or self.renew(address, deadline)

    def at_hand(self, address: Address) -> BlockingChannel | None:
        """As `borrow`, of those that are idle; None when all of them are in use, or the pool is closed."""
        while (channel := self._take(address)) is not None:
            if channel.is_alive():
                channel.is_reused = True
                self._reports.reused(address)
                return channel
            channel.close()
            self._keep(address, channel, is_healthy=False)
        return None

    def done(self, address: Address, channel: BlockingChannel) -> None:
        """`give_back` after a usual answer: whether more came behind it is asked before the next call."""
        self._keep(address, channel, is_healthy=True)

    def renew(self, address: Address, deadline: Deadline | None) -> BlockingChannel:
        if self._is_closed:
            raise ClientClosed("the client is closed")
        channel = reported(self._dial, address, deadline, self._reports)
        with self._lock:
            self._lent[channel] = address
        return channel

    def give_back(self, address: Address, channel: Any) -> None:
        # Asks the operating system: not under the lock.
        self._keep(address, channel, is_healthy=channel.is_healthy)

    def clean(self, address: Address) -> None:
        with self._lock:
            self._disowned.update(channel for channel, to in self._lent.items() if to == address)
            idle = list(self._idle.clean(address))
        for channel in idle:
            channel.close()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            idle = list(self._idle.clear())
        for channel in idle:
            channel.close()

    def dump(self) -> PoolDump:
        with self._lock:
            deadlines = self._idle.deadlines()
            return PoolDump(pool="long", in_use=len(self._lent), deadlines=deadlines, limits=self._limits)

    def _take(self, address: Address) -> BlockingChannel | None:
        """Lend an idle channel, whether it is alive or not."""
        with self._lock:
            expired = self._expired(self._clock())
            channel = self._idle.take(address)
            if channel is not None:
                self._lent[channel] = address
        for each in expired:
            each.close()
        return channel

    def _keep(self, address: Address, channel: BlockingChannel, *, is_healthy: bool) -> None:
        """A lent channel is back: keep it for the next call, or close it."""
        now = self._clock()
        with self._lock:
            expired = self._expired(now)
            self._lent.pop(channel, None)
            is_unwanted = self._is_closed or not is_healthy or channel in self._disowned
            self._disowned.discard(channel)
            is_kept = not is_unwanted and self._idle.put(address, channel, now)
        if not is_kept:
            channel.close()
        for each in expired:
            each.close()

    def _expired(self, now: float) -> Iterable[BlockingChannel]:
        return tuple(self._idle.expired(now)) if self._idle.has_expired(now) else ()


def _left(deadline: Deadline | None) -> float | None:
    return None if deadline is None else deadline.left()
