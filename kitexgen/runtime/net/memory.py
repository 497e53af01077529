"""Connections inside one process: `memory:NAME` is an address on which only servers of this process listen.

No port, no file, no kernel: what one side writes, the other is given in the next turn of the loop they share. So a test
of a client and a server is the same on every run. A caller on another loop, or on none, gets a socket pair instead.

The two ends behave as sockets do: bytes arrive in order, in other pieces than they were written; a side may end its
half and still read; a side that does not read makes the other one congested.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from kitexgen.runtime.errors import ConnectError
from kitexgen.runtime.net.address import MemoryAddress
from kitexgen.runtime.net.connection import HIGH_WATER, Connection, Receiver
from kitexgen.runtime.net.socket_transport import attach

READ_SIZE = 256 * 1024
"""Bytes one read brings at most: asyncio's own number for sockets."""

AnyReceiver = TypeVar("AnyReceiver", bound=Receiver)

_LISTENERS: dict[str, MemoryListener] = {}


class MemoryListener:
    """Where the connections to one name of this process arrive."""

    def __init__(self, address: MemoryAddress, make_receiver: Callable[[], Receiver]) -> None:
        """Listen. Raises OSError when someone else does so under this name."""
        if address.name in _LISTENERS:
            raise OSError(errno.EADDRINUSE, f"{os.strerror(errno.EADDRINUSE)}: {address}")
        self.address = address
        self._make_receiver = make_receiver
        self.loop = asyncio.get_running_loop()
        self._adopting: set[asyncio.Task[None]] = set()
        _LISTENERS[address.name] = self

    async def close(self) -> None:
        """Accept no more, and return when those accepted have their receivers. May be repeated."""
        if _LISTENERS.get(self.address.name) is self:
            del _LISTENERS[self.address.name]
        if self._adopting:
            await asyncio.wait(self._adopting)

    def connection(self) -> Connection:
        """The accepting side of one more connection."""
        return Connection(self._make_receiver(), self.loop)

    def adopt(self, accepted: socket.socket) -> None:
        """Accept one end of a socket pair; called on any thread."""
        self.loop.call_soon_threadsafe(self._adopt_here, accepted)

    def _adopt_here(self, accepted: socket.socket) -> None:
        task = self.loop.create_task(self._adopt(accepted))
        self._adopting.add(task)
        task.add_done_callback(self._adopting.discard)

    async def _adopt(self, accepted: socket.socket) -> None:
        accepted.setblocking(False)
        await attach(accepted, self.connection(), self.loop)


async def dial_memory(address: MemoryAddress, make_receiver: Callable[[], AnyReceiver]) -> AnyReceiver:
    """Connect to `address`; both receivers' `on_connect` have run when this returns. Raises ConnectError."""
    listener = _listener(address)
    loop = asyncio.get_running_loop()
    receiver = make_receiver()
    if listener.loop is not loop:
        near = connect_memory(address)
        near.setblocking(False)
        await attach(near, Connection(receiver, loop), loop)
        return receiver
    ours, theirs = Connection(receiver, loop), listener.connection()
    near_end, far_end = _End(loop, ours, address), _End(loop, theirs, address)
    near_end.join(far_end)
    theirs.connection_made(far_end)
    ours.connection_made(near_end)
    return receiver


def connect_memory(address: MemoryAddress) -> socket.socket:
    """One end of a socket pair whose other end the listener has. Raises ConnectError."""
    listener = _listener(address)
    near, far = socket.socketpair()
    try:
        listener.adopt(far)
    except RuntimeError as error:
        near.close()
        far.close()
        raise ConnectError("cannot connect: the event loop of the server is closed", remote=str(address)) from error
    return near


def _listener(address: MemoryAddress) -> MemoryListener:
    listener = _LISTENERS.get(address.name)
    if listener is None:
        raise ConnectError(f"cannot connect: {os.strerror(errno.ECONNREFUSED)}", remote=str(address))
    return listener


class _End(asyncio.Transport):
    """One end of a stream in memory.

        open      `close`, all written bytes read       lost
        open      `close`, bytes still unread           closing: lost when the other end has read them, or is lost
        open      `write_eof`                           open, and writes no more
        open      `abort`                               lost
        open      a write after the other end is lost   lost, with ConnectionResetError
        any       the other end is lost                 reads on; when all is read, the end of the stream

    What is lost gets no calls any more.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: asyncio.Protocol, address: MemoryAddress) -> None:
        super().__init__({"peername": address, "sockname": address})
        self._loop = loop
        self._protocol = protocol
        self._other: _End = self
        self._inbox: deque[bytes] = deque()  # written by the other end and not read here yet
        self._unread = 0
        self._high, self._low = HIGH_WATER, HIGH_WATER // 4
        self._is_reading = True
        self._is_due = False  # a turn of `_deliver` is coming
        self._is_congested = False
        self._is_closing = False
        self._is_lost = False
        self._has_ended = False  # writes no more
        self._has_told_end = False  # the protocol knows that the other end writes no more

    def join(self, other: _End) -> None:
        """Make the two one stream."""
        self._other, other._other = other, self

    # What the owner of the transport calls.

    def write(self, data: Any) -> None:
        if self._has_ended or self._is_closing:
            return
        if self._other._is_lost:
            self._fail(ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET)))
            return
        self._other._inbox.append(bytes(data))
        self._other._unread += len(data)
        self._other._awake()
        if self._other._unread > self._high and not self._is_congested:
            self._is_congested = True
            self._protocol.pause_writing()

    def get_write_buffer_size(self) -> int:
        return 0 if self._other._is_lost else self._other._unread

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high = HIGH_WATER if high is None else high
        self._low = self._high // 4 if low is None else low

    def pause_reading(self) -> None:
        self._is_reading = False

    def resume_reading(self) -> None:
        self._is_reading = True
        self._awake()

    def is_reading(self) -> bool:
        return self._is_reading and not self._is_closing

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self._has_ended = True
        self._other._awake()

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        if self._is_closing:
            return
        self._is_closing = self._has_ended = True
        self._other._awake()
        self._finish()

    def abort(self) -> None:
        self._fail(None)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    # How bytes come over.

    def _awake(self) -> None:
        if not self._is_due and not self._is_lost:
            self._is_due = True
            self._loop.call_soon(self._deliver)

    def _deliver(self) -> None:
        """One read: what is here, up to its bound; then the end, if there is nothing more."""
        self._is_due = False
        if self._is_lost or not self.is_reading():
            return
        if self._inbox:
            data = self._take()
            self._other._relax()
            self._protocol.data_received(data)
            self._awake()
        elif self._other._has_ended and not self._has_told_end:
            self._has_told_end = True
            if not self._protocol.eof_received():
                self.close()

    def _take(self) -> bytes:
        pieces: list[bytes] = []
        room = READ_SIZE
        while self._inbox and room:
            piece = self._inbox.popleft()
            if len(piece) > room:
                self._inbox.appendleft(piece[room:])
                piece = piece[:room]
            pieces.append(piece)
            room -= len(piece)
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self._unread -= len(data)
        return data

    def _relax(self) -> None:
        """The other end has read something."""
        if self._is_lost:
            return
        if self._is_congested and self._other._unread <= self._low:
            self._is_congested = False
            if not self._is_closing:
                self._loop.call_soon(self._resume_writing)
        self._finish()

    def _resume_writing(self) -> None:
        if not self._is_lost:
            self._protocol.resume_writing()

    # How it ends.

    def _finish(self) -> None:
        """Let a closing end go when nobody waits for bytes of its any more."""
        if self._is_closing and (self._other._is_lost or not self._other._unread):
            self._fail(None)

    def _fail(self, error: Exception | None) -> None:
        if self._is_lost:
            return
        self._is_lost = self._is_closing = self._has_ended = True
        self._inbox.clear()
        self._unread = 0
        self._loop.call_soon(self._protocol.connection_lost, error)
        self._other._awake()
        self._other._finish()
