"""Connection: a stream of bytes that calls back, on a transport of asyncio's kind.

An `asyncio.Protocol`, not streams: streams cost a third of the speed of small calls and three times the memory of an
idle connection (measured; a plain Protocol also beat BufferedProtocol).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, cast

from kitexgen.runtime.buffer.pieces import LARGE, Pieces
from kitexgen.runtime.net.address import Address, MemoryAddress, TcpAddress, UnixAddress
from kitexgen.runtime.net.readable import is_readable
from kitexgen.runtime.net.socket_transport import SocketTransport

HIGH_WATER = 64 * 1024
"""Bytes of unsent output above which a connection is congested: asyncio's own default, named because tests use it."""


class Receiver(Protocol):
    """What a connection calls. No method may raise; none is called after `on_lost`."""

    def on_connect(self, connection: Connection) -> None:
        """The connection is open and may be written to."""

    def on_data(self, data: bytes) -> None:
        """Bytes came, in order; `data` is never empty."""

    def on_end(self) -> None:
        """The peer will send no more. Output may still be on its way; the receiver decides when to close."""

    def on_uncongested(self) -> None:
        """Output that had piled up has drained: writing may go on."""

    def on_lost(self, error: Exception | None) -> None:
        """The connection is gone, with its cause unless it ended in order."""


class Connection(asyncio.Protocol):
    """One stream. Writes are joined: all those of one loop turn reach the socket as one.

    Large pieces are not joined: where the transport can do it, they leave in one gathered write from where they lie.
    """

    __slots__ = (
        "_closed",
        "_handed",
        "_is_lost",
        "_is_tls",
        "_loop",
        "_receiver",
        "_transport",
        "_waiters",
        "congested",
        "peer",
        "queued",
    )

    def __init__(self, receiver: Receiver, loop: asyncio.AbstractEventLoop) -> None:
        self._receiver = receiver
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._handed = 0  # bytes given to the transport so far
        self._waiters: tuple[asyncio.Future[None], ...] = ()
        self._closed: asyncio.Future[None] | None = None  # made when somebody waits: most connections stand idle
        self.congested = False
        self.peer: Address | None = None
        self.queued: list[bytes] | None = None
        """What waits for the end of the turn: a list from when on it is settled who flushes it."""
        self._is_tls = False
        self._is_lost = False

    # What the receiver and its owner call.

    @property
    def is_open(self) -> bool:
        """Whether bytes written now have a chance to arrive."""
        return self._transport is not None and not self._transport.is_closing()

    def is_quiet(self) -> bool:
        """Whether an idle connection is still good, asked of the operating system itself.

        A loop that was kept busy has not read the peer's goodbye yet; a peer that closed, or spoke unasked, makes the
        socket readable. Under TLS that says nothing (tickets may come at any time), so the loop's word has to do.
        """
        if not self.is_open or self._transport is None:
            return False
        plain = None if self._is_tls else self._transport.get_extra_info("socket")
        return plain is None or not is_readable(plain.fileno())

    @property
    def unsent(self) -> int:
        """Bytes written and not yet taken by the operating system."""
        queued = sum(map(len, self.queued or ()))
        return queued if self._transport is None else queued + self._transport.get_write_buffer_size()

    @property
    def taken(self) -> int:
        """Bytes of those written that the operating system has taken so far; it takes more as the peer does."""
        return self._handed if self._transport is None else self._handed - self._transport.get_write_buffer_size()

    def write(self, data: bytes) -> None:
        """Queue `data`; it leaves at the end of this loop turn. Dropped when the connection is closing."""
        if data:
            self.write_pieces((data,))

    def write_pieces(self, pieces: Pieces) -> None:
        """`write` for a message in pieces, none of them empty."""
        if self._transport is None:
            return
        if self.queued is not None:
            self.queued += pieces
            return
        self._loop.call_soon(self.flush)  # which looks whether the connection is closing
        self.queued = [*pieces]

    def write_now(self, pieces: Pieces) -> None:
        """`write_pieces`, and hand all that is queued to the socket."""
        transport = self._transport
        if transport is None:
            return
        if self.queued is None and len(pieces) == 1:
            self._handed += len(pieces[0])
            transport.write(pieces[0])
            return
        self.queued = [*(self.queued or ()), *pieces]
        self.flush()

    def flush(self) -> None:
        """Hand what is queued to the socket now, as far as it takes it."""
        pieces = self.queued
        if not pieces:
            return
        self.queued = None
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if len(pieces) > 1 and max(map(len, pieces)) >= LARGE:
            self._handed += sum(map(len, pieces))
            transport.writelines(pieces)
            return
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self._handed += len(data)
        transport.write(data)

    async def drain(self) -> None:
        """Return when the connection is no longer congested, or is lost."""
        self.flush()
        if self.congested and self.is_open:
            waiter = self._loop.create_future()
            self._waiters += (waiter,)
            try:
                await waiter
            finally:
                self._waiters = tuple(each for each in self._waiters if each is not waiter)

    def read_with(self, reader: Callable[[], None]) -> SocketTransport | None:
        """Have `reader` read the socket whenever it can be read, and give its transport, which tells how.

        None, and all as before, where transports read themselves.
        """
        if not isinstance(self._transport, SocketTransport):
            return None
        self._transport.read_with(reader)
        return self._transport

    def hand_over(self, receiver: Receiver) -> None:
        """Call `receiver` from now on, its `on_connect` first."""
        self._receiver = receiver
        receiver.on_connect(self)

    def pause_reading(self) -> None:
        """Take no more bytes from the socket until `resume_reading`: the peer feels it. Either may be repeated."""
        if self.is_open:
            cast("asyncio.Transport", self._transport).pause_reading()

    def resume_reading(self) -> None:
        """Take bytes again."""
        if self.is_open:
            cast("asyncio.Transport", self._transport).resume_reading()

    def close(self) -> None:
        """Send what is queued, then close."""
        self.flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once; unsent bytes are lost."""
        self.queued = None
        if self._transport is not None:
            self._transport.abort()

    async def wait_closed(self) -> None:
        """Return when the socket is closed."""
        if self._transport is None or self._is_lost:
            return
        if self._closed is None:
            self._closed = self._loop.create_future()
        await asyncio.shield(self._closed)

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        # Writing goes on once all is sent: only then is a gathered write possible again.
        self._transport.set_write_buffer_limits(high=HIGH_WATER, low=0)
        self.peer = _peer(transport)
        self._is_tls = transport.get_extra_info("sslcontext") is not None
        self._receiver.on_connect(self)

    def data_received(self, data: bytes) -> None:
        if self.queued is None:
            self.queued = []  # what is written from here on goes out below
        try:
            self._receiver.on_data(data)
        finally:
            if self.queued:
                self.flush()
            else:
                self.queued = None

    def eof_received(self) -> bool:
        self._receiver.on_end()
        # Half-open: the receiver closes when its answers are out. TLS has no such state, asyncio closes both ways.
        return not self._is_tls

    def pause_writing(self) -> None:
        self.congested = True

    def resume_writing(self) -> None:
        self.congested = False
        self._wake()
        self._receiver.on_uncongested()

    def connection_lost(self, exc: Exception | None) -> None:
        self.queued = None
        self.congested = False
        self._wake()
        try:
            self._receiver.on_lost(exc)
        finally:
            self._is_lost = True
            if self._closed is not None and not self._closed.done():
                self._closed.set_result(None)

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, ()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


def _peer(transport: asyncio.BaseTransport) -> Address | None:
    """The peer's address; unix clients have none, so the path they came by is used."""
    name: Any = transport.get_extra_info("peername") or transport.get_extra_info("sockname")
    return address_of(name) if name else None


def address_of(name: Any) -> Address:
    """The address in a socket's name, as `getsockname` and `getpeername` give it; one in memory is its own name."""
    if isinstance(name, MemoryAddress):
        return name
    if isinstance(name, tuple):
        return TcpAddress(name[0], name[1])
    return UnixAddress(name.decode(errors="surrogateescape") if isinstance(name, bytes) else str(name))
