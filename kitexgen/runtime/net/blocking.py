"""BlockingConnection: the same stream of bytes on a plain socket, for callers without an event loop."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Sequence
from functools import partial

from kitexgen.runtime.buffer.link import LinkBuffer
from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.errors import ConnectionClosed
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.net.readable import is_readable
from kitexgen.runtime.net.reason import reason
from kitexgen.runtime.net.tls import say_goodbye

_READ_SIZE = 64 * 1024
"""Bytes of one read at most."""

_BULK_READ_SIZE = 120 * 1024
"""The same while answers are larger: nothing has to be joined then. From 128 KiB on, the C library fetches memory from
the system for each read, and gives it back."""

_BULK_READS = 16
"""How many reads in a row may be less than `_READ_SIZE` before they are limited to it again."""


def send_some(connected: socket.socket, pieces: Sequence[memoryview]) -> int:
    """Send the first of these bytes in one write, gathered if it can be; how many. Raises OSError."""
    if isinstance(connected, ssl.SSLSocket):  # which makes records of its own, one piece at a time
        return connected.send(pieces[0])
    return connected.sendmsg(pieces)


class BlockingConnection:
    """One stream, used by one thread at a time.

    `timeout` of each method is in seconds from now, None for no limit; running out of it raises TimeoutError, after
    which the stream is in an unknown state and only good for closing. A broken stream raises ConnectionClosed.
    """

    __slots__ = ("_allowed", "_large_reads", "_socket", "address")

    def __init__(self, connected: socket.socket, address: Address) -> None:
        self._socket = connected
        self._allowed = connected.gettimeout()  # what the socket was told last: telling it is a system call
        self._large_reads = 0  # how many more reads may be large
        self.address = address

    def send(self, pieces: Pieces, timeout: float | None) -> None:
        """Send all of them; several leave in gathered writes, uncopied."""
        try:
            self._allow(timeout)
            if len(pieces) == 1 and (timeout is None or not isinstance(self._socket, ssl.SSLSocket)):
                self._socket.sendall(pieces[0])
            else:
                self._send_gathered(pieces, timeout)
        except TimeoutError:
            raise
        except OSError as error:
            raise ConnectionClosed(f"connection lost while sending: {reason(error)}") from error

    def receive(self, timeout: float | None) -> bytes:
        """The next bytes, at least one. Raises ConnectionClosed at the end of the stream."""
        try:
            self._allow(timeout)
            data = self._socket.recv(_BULK_READ_SIZE if self._large_reads else _READ_SIZE)
        except TimeoutError:
            raise
        except OSError as error:
            raise ConnectionClosed(f"connection lost while receiving: {reason(error)}") from error
        if not data:
            raise ConnectionClosed("connection closed by the peer")
        if len(data) >= _READ_SIZE:
            self._large_reads = _BULK_READS
        elif self._large_reads:
            self._large_reads -= 1
        return data

    def is_quiet(self) -> bool:
        """Whether an idle connection is still good: a peer that closed, or spoke unasked, makes it readable."""
        if not is_readable(self._socket.fileno()):
            return True
        if not isinstance(self._socket, ssl.SSLSocket):
            return False
        # What came may be a ticket of the handshake, which is no one's data: TLS reads it and wants more.
        try:
            self._tell(0)
            self._socket.recv(1)
        except ssl.SSLWantReadError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Close the socket. May be repeated."""
        if isinstance(self._socket, ssl.SSLSocket):
            say_goodbye(self._socket)
        self._socket.close()

    def _send_gathered(self, pieces: Pieces, timeout: float | None) -> None:
        """Send within `timeout` as a whole: `sendall` of TLS sockets grants it to each record anew."""
        ends = None if timeout is None else time.monotonic() + timeout
        rest = LinkBuffer()
        for piece in pieces:
            rest.feed(piece)
        try:
            while rest.flush(partial(send_some, self._socket)) and len(rest):
                self._allow(None if ends is None else ends - time.monotonic())
        finally:
            rest.close()

    def _allow(self, timeout: float | None) -> None:
        if timeout is not None and timeout <= 0:
            raise TimeoutError
        if timeout != self._allowed:
            self._tell(timeout)

    def _tell(self, timeout: float | None) -> None:
        self._socket.settimeout(timeout)
        self._allowed = timeout
