"""Connection: a stream of bytes that calls back, on asyncio's transports.

An `asyncio.Protocol`, not streams: streams cost a third of the speed of small calls and three times the memory of an
idle connection (measured; a plain Protocol also beat BufferedProtocol).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol, cast

from kitexgen.runtime.buffer.link import LinkBuffer
from kitexgen.runtime.buffer.pieces import LARGE, Pieces
from kitexgen.runtime.net.address import Address, MemoryAddress, TcpAddress, UnixAddress
from kitexgen.runtime.net.readable import is_readable

HIGH_WATER = 64 * 1024
"""Bytes of unsent output above which a connection is congested: asyncio's own default, named because tests use it."""


READ_SIZE = 64 * 1024
"""Bytes of one read at most. asyncio's 256 KiB are memory that the C library fetches from the system for each read, and
gives back: a read of 1 KB took 15 us of processor time with it, and takes 2.4 us with this."""

BULK_READ_SIZE = 256 * 1024
"""The same once a read came full: there is more to come then, and a MB takes a quarter more processor time in reads of
64 KiB (350 against 280 us)."""

BULK_READS = 16
"""How many reads in a row may be less than `READ_SIZE` before they are limited to it again. Messages of 80 KB are read
at once that way, one after the other, and take half the time of being read in two parts each."""

_COPYING = "asyncio.selector_events"
"""Where the transports come from whose `writelines` is of no use: up to CPython 3.11 it joins what it gets, and in 3.12
and 3.13, until it was mended (CVE-2024-12254), it tells nobody when too much waits. That of TLS and of uvloop is."""


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

    Large pieces are not copied: they go to the socket in one gathered write, from where they lie. What it does not take
    at once waits here, in a LinkBuffer, until the transport has sent all that it has.
    """

    __slots__ = (
        "_bulk_left",
        "_closed",
        "_gathers",
        "_handed",
        "_is_lost",
        "_is_tls",
        "_loop",
        "_out",
        "_receiver",
        "_transport",
        "_unsent",
        "_waiters",
        "congested",
        "peer",
    )

    def __init__(self, receiver: Receiver, loop: asyncio.AbstractEventLoop) -> None:
        self._receiver = receiver
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._out: list[bytes] | None = None  # a list from when on it is settled who flushes it
        self._unsent: LinkBuffer | None = None  # what goes before `_out`, and does not fit the socket now
        self._handed = 0  # bytes given to the transport or the socket so far
        self._gathers = False  # whether gathered writes go to the socket directly
        self._waiters: tuple[asyncio.Future[None], ...] = ()
        self._closed: asyncio.Future[None] | None = None  # made when somebody waits: most connections stand idle
        self.congested = False
        self.peer: Address | None = None
        self._is_tls = False
        self._bulk_left = 0  # reads that may yet be large
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
        queued = sum(map(len, self._out or ())) + (len(self._unsent) if self._unsent is not None else 0)
        return queued if self._transport is None else queued + self._transport.get_write_buffer_size()

    @property
    def taken(self) -> int:
        """Bytes that the operating system has taken so far; it takes more as the peer does."""
        return self._handed if self._transport is None else self._handed - self._transport.get_write_buffer_size()

    def write(self, data: bytes) -> None:
        """Queue `data`; it leaves at the end of this loop turn. Dropped when the connection is closing."""
        if data:
            self.write_pieces((data,))

    def write_pieces(self, pieces: Pieces) -> None:
        """`write` for a message in pieces, none of them empty."""
        if self._transport is None:
            return
        if self._out is not None:
            self._out += pieces
            return
        self._loop.call_soon(self.flush)  # which looks whether the connection is closing
        self._out = [*pieces]

    def write_now(self, pieces: Pieces) -> None:
        """`write_pieces`, and hand all that is queued to the socket."""
        if self._transport is None:
            return
        if self._out is None:
            self._out = [*pieces]
        else:
            self._out += pieces
        self.flush()

    def flush(self) -> None:
        """Hand what is queued to the socket now, as far as it takes it."""
        pieces = self._out
        if not pieces:
            return
        self._out = None
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if self._unsent is None and (len(pieces) == 1 or max(map(len, pieces)) < LARGE):
            data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
            if len(data) <= HIGH_WATER:
                self._handed += len(data)
                transport.write(data)
                return
            pieces = [data]
        self._send_large(transport, pieces)

    def _send_large(self, transport: asyncio.Transport, pieces: Sequence[bytes]) -> None:
        if not self._gathers:
            self._handed += sum(map(len, pieces))
            transport.writelines(pieces)
            return
        if self._unsent is None:
            self._unsent = LinkBuffer()
        for piece in pieces:
            self._unsent.feed(piece)
        self._send_unsent(transport)

    def _send_unsent(self, transport: asyncio.Transport) -> None:
        """Send what waits, as much as the socket takes. If it does not take all, the transport will say when it does.

        Its own buffer is a copy of what it is given, all of it and again (until CPython 3.12), so it is given little.
        """
        unsent = self._unsent
        descriptor = transport.get_extra_info("socket").fileno()  # a number that is kept is 32 bytes of each connection
        while unsent is not None and not self.congested and not transport.is_closing():
            if not transport.get_write_buffer_size():
                with suppress(OSError):  # no room; or an error, which the transport will meet in its turn, and end
                    self._handed += unsent.flush(partial(os.writev, descriptor))
            if not len(unsent):
                break
            data = unsent.read(min(len(unsent), HIGH_WATER + 1))
            self._handed += len(data)
            transport.write(data)  # more than its high water: if that has to wait, `pause_writing` is called in here
        if unsent is not None and not len(unsent):
            self._unsent = None

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
            self._hand_over_unsent(self._transport)
            self._transport.close()

    def abort(self) -> None:
        """Close at once; unsent bytes are lost."""
        self._drop_unsent()
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
        # Writing goes on once all is sent: only then can a gathered write go to the socket directly.
        self._transport.set_write_buffer_limits(high=HIGH_WATER, low=0)
        self.peer = _peer(transport)
        self._is_tls = transport.get_extra_info("sslcontext") is not None
        self._limit_reads(READ_SIZE)
        if type(transport).__module__ == _COPYING and hasattr(os, "writev"):
            self._gathers = True
        self._receiver.on_connect(self)

    def data_received(self, data: bytes) -> None:
        if len(data) >= READ_SIZE:
            if not self._bulk_left:
                self._limit_reads(BULK_READ_SIZE)
            self._bulk_left = BULK_READS
        elif self._bulk_left:
            self._bulk_left -= 1
            if not self._bulk_left:
                self._limit_reads(READ_SIZE)
        if self._out is None:
            self._out = []  # what is written from here on goes out below
        try:
            self._receiver.on_data(data)
        finally:
            if self._out:
                self.flush()
            else:
                self._out = None

    def eof_received(self) -> bool:
        self._receiver.on_end()
        # Half-open: the receiver closes when its answers are out. TLS has no such state, asyncio closes both ways.
        return not self._is_tls

    def pause_writing(self) -> None:
        self.congested = True

    def resume_writing(self) -> None:
        self.congested = False
        if self._unsent is not None and self._transport is not None:
            self._send_unsent(self._transport)
            if self.congested:
                return
        self._wake()
        self._receiver.on_uncongested()

    def connection_lost(self, exc: Exception | None) -> None:
        self._drop_unsent()
        self._gathers = False
        self.congested = False
        self._wake()
        try:
            self._receiver.on_lost(exc)
        finally:
            self._is_lost = True
            if self._closed is not None and not self._closed.done():
                self._closed.set_result(None)

    def _limit_reads(self, size: int) -> None:
        """Let the transport read `size` bytes at a time, if it is one that can be told."""
        transport: Any = self._transport
        if hasattr(transport, "max_size"):
            transport.max_size = size

    def _hand_over_unsent(self, transport: asyncio.Transport) -> None:
        """Let the transport have all that waits: it is closing, and sends what it has before that."""
        unsent, self._unsent = self._unsent, None
        if unsent is not None:
            for piece in unsent.pieces(len(unsent)):
                self._handed += len(piece)
                transport.write(piece)
            unsent.close()

    def _drop_unsent(self) -> None:
        self._out = None
        if self._unsent is not None:
            self._unsent.close()
            self._unsent = None

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
