"""SharedConnection: a stream of bytes for several threads, on a plain socket that never blocks."""

from __future__ import annotations

import select
import socket
import ssl
from functools import partial

from kitexgen.runtime.buffer.link import LinkBuffer
from kitexgen.runtime.errors import ConnectionClosed
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.net.blocking import send_some
from kitexgen.runtime.net.reason import reason
from kitexgen.runtime.net.tls import say_goodbye

_READ_SIZE = 64 * 1024

_NOT_NOW = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class SharedConnection:
    """Sending and receiving take what there is and return at once; only `wait` waits.

    Callers hold one lock of theirs for all methods but `wait`, which they call without it: neither the order of bytes
    nor TLS stands two threads at a time.
    """

    __slots__ = ("_socket", "address")

    def __init__(self, connected: socket.socket, address: Address) -> None:
        connected.setblocking(False)
        self._socket = connected
        self.address = address

    def send_some(self, data: LinkBuffer) -> None:
        """Send the first bytes of `data`, which takes them off; perhaps none. Raises ConnectionClosed.

        After fewer than all of them the next thing sent must be the rest: TLS may have begun to send it already.
        """
        try:
            data.flush(partial(send_some, self._socket))
        except _NOT_NOW:
            return
        except OSError as error:
            raise ConnectionClosed(f"connection lost while sending: {reason(error)}") from error

    def receive_some(self) -> bytes | None:
        """What has come, None when there is nothing. Raises ConnectionClosed at the end of the stream."""
        try:
            data = self._socket.recv(_READ_SIZE)
        except _NOT_NOW:
            return None
        except OSError as error:
            raise ConnectionClosed(f"connection lost while receiving: {reason(error)}") from error
        if not data:
            raise ConnectionClosed("connection closed by the peer")
        return data

    def wait(self, timeout: float | None, *, to_send: bool = False) -> bool:
        """Wait until there is something to receive, or with `to_send` room to send; False after `timeout` seconds."""
        poller = select.poll()
        poller.register(self._socket, select.POLLIN | (select.POLLOUT if to_send else 0))
        # Rounded up: a wait that ends before its time would only be begun again.
        return bool(poller.poll(None if timeout is None else int(max(timeout, 0) * 1000) + 1))

    def shut(self) -> None:
        """End the stream both ways, which wakes all who wait. May be repeated."""
        if isinstance(self._socket, ssl.SSLSocket):
            say_goodbye(self._socket)
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the peer was faster: there is nobody to wake who is not awake

    def close(self) -> None:
        """Give up the socket, when no thread uses it any more. May be repeated."""
        self._socket.close()
