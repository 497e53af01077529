"""Channels and their pool for callers without an event loop; threads may share the pool."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kitexgen.runtime.call.deadline import Clock, Deadline
from kitexgen.runtime.channel.idle import IdleChannels, IdleLimits
from kitexgen.runtime.errors import ClientClosed
from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE, Packet
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.net.blocking import BlockingConnection


class BlockingChannel:
    """One call at a time on a plain socket; used by one thread at a time.

    After any exception it is closed: a late answer must not meet another call.
    """

    def __init__(self, connection: BlockingConnection, max_message: int = DEFAULT_MAX_MESSAGE) -> None:
        self._connection = connection
        self._decoder = MessageDecoder(max_message)
        self._is_open = True
        self.is_reused = False
        self.heard_nothing = True

    @property
    def is_healthy(self) -> bool:
        """Whether another call can be made on it: open, and nothing has come that nobody asked for."""
        return self._is_open and not self._decoder.pending and self._connection.is_quiet()

    def call(self, request: bytes, deadline: Deadline | None) -> Packet:
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
        return packet

    def send(self, request: bytes, deadline: Deadline | None) -> None:
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
        self._connection.close()


class BlockingPool:
    """Keeps idle channels as `KeepAlive` does; expired ones are closed when someone borrows or gives back."""

    def __init__(
        self,
        dial: Callable[[Address, Deadline | None], BlockingChannel],
        limits: IdleLimits,
        clock: Clock = time.monotonic,
    ) -> None:
        self._dial = dial
        self._idle: IdleChannels[BlockingChannel] = IdleChannels(limits)
        self._clock = clock
        self._lock = threading.Lock()
        self._is_closed = False

    def borrow(self, address: Address, deadline: Deadline | None) -> BlockingChannel:
        """A channel ready for a call. Raises ConnectError, ClientClosed, and TimeoutError past the deadline."""
        while (channel := self._take(address)) is not None:
            if channel.is_healthy:
                channel.is_reused = True
                return channel
            channel.close()
        return self.renew(address, deadline)

    def renew(self, address: Address, deadline: Deadline | None) -> BlockingChannel:
        """A channel that nobody has used yet. Errors as in `borrow`."""
        if self._is_closed:
            raise ClientClosed("the client is closed")
        return self._dial(address, deadline)

    def give_back(self, address: Address, channel: BlockingChannel) -> None:
        """The caller is done with `channel`: it is kept if it is healthy and there is room, else closed."""
        is_healthy = channel.is_healthy  # asks the operating system: not under the lock
        with self._lock:
            expired = list(self._idle.expired(self._clock()))
            is_kept = is_healthy and not self._is_closed and self._idle.put(address, channel, self._clock())
        if not is_kept:
            channel.close()
        for each in expired:
            each.close()

    def close(self) -> None:
        """Close all idle channels, and those in use once they are given back. May be repeated."""
        with self._lock:
            self._is_closed = True
            idle = list(self._idle.clear())
        for channel in idle:
            channel.close()

    def _take(self, address: Address) -> BlockingChannel | None:
        with self._lock:
            if self._is_closed:
                raise ClientClosed("the client is closed")
            expired = list(self._idle.expired(self._clock()))
            channel = self._idle.take(address)
        for each in expired:
            each.close()
        return channel


def _left(deadline: Deadline | None) -> float | None:
    return None if deadline is None else deadline.left()
