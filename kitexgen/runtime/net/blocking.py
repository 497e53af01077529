"""BlockingConnection: the same stream of bytes on a plain socket, for callers without an event loop."""

from __future__ import annotations

import select
import socket

from kitexgen.runtime.errors import ConnectionClosed
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.net.reason import reason

_READ_SIZE = 64 * 1024


class BlockingConnection:
    """One stream, used by one thread at a time.

    `timeout` of each method is in seconds from now, None for no limit; running out of it raises TimeoutError, after
    which the stream is in an unknown state and only good for closing. A broken stream raises ConnectionClosed.
    """

    __slots__ = ("_socket", "address")

    def __init__(self, connected: socket.socket, address: Address) -> None:
        self._socket = connected
        self.address = address

    def send(self, data: bytes, timeout: float | None) -> None:
        """Send all of `data`."""
        try:
            self._allow(timeout)
            self._socket.sendall(data)
        except TimeoutError:
            raise
        except OSError as error:
            raise ConnectionClosed(f"connection lost while sending: {reason(error)}") from error

    def receive(self, timeout: float | None) -> bytes:
        """The next bytes, at least one. Raises ConnectionClosed at the end of the stream."""
        try:
            self._allow(timeout)
            data = self._socket.recv(_READ_SIZE)
        except TimeoutError:
            raise
        except OSError as error:
            raise ConnectionClosed(f"connection lost while receiving: {reason(error)}") from error
        if not data:
            raise ConnectionClosed("connection closed by the peer")
        return data

    def is_quiet(self) -> bool:
        """Whether an idle connection is still good: a peer that closed, or spoke unasked, makes it readable."""
        poller = select.poll()  # unlike select(), takes descriptors of any number
        poller.register(self._socket, select.POLLIN)
        return not poller.poll(0)

    def close(self) -> None:
        """Close the socket. May be repeated."""
        self._socket.close()

    def _allow(self, timeout: float | None) -> None:
        if timeout is not None and timeout <= 0:
            raise TimeoutError
        self._socket.settimeout(timeout)
