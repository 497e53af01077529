"""Tap: a wire between a client and a server on which one can listen."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeAlias

from kitexgen.runtime.framing import MessageDecoder, Packet

SECONDS = 25.0

Change: TypeAlias = Callable[[bytes], bytes]


class Tap:
    """Hands bytes both ways between whoever connects to `address` and `server`, and keeps a copy. A context manager.

    One connection at a time: a client that opens another waits until the first is closed. `change_request` and
    `change_reply` turn each piece of data into what is passed on, for wires that are not to be trusted.
    """

    def __init__(self, server: str, *, change_request: Change = bytes, change_reply: Change = bytes) -> None:
        host, port = server.rsplit(":", 1)
        self._server = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, name="tap")
        self._change_request = change_request
        self._change_reply = change_reply
        self.requests = bytearray()
        self.replies = bytearray()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Not `close` alone, which leaves a thread in `accept` waiting.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(SECONDS)

    def exchange(self) -> tuple[Packet, Packet]:
        """The one request and the one reply that passed."""
        (request,), (reply,) = _packets(self.requests), _packets(self.replies)
        return request, reply

    def last_request(self) -> bytes:
        """The payload of the latest request."""
        return _packets(self.requests)[-1].payload

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed: the test is over
            with client, socket.create_connection(self._server, SECONDS) as server:
                client.settimeout(SECONDS)
                replies = (server, client, self.replies, self._change_reply)
                back = threading.Thread(target=_pump, args=replies, name="tap-back")
                back.start()
                _pump(client, server, self.requests, self._change_request)
                back.join(SECONDS)


def _pump(source: socket.socket, target: socket.socket, copy: bytearray, change: Change) -> None:
    """Pass on until the source ends or either side breaks, then tell the target that there is no more."""
    try:
        while data := source.recv(65536):
            copy += data  # before it is passed on: who has seen an answer finds it here
            target.sendall(change(data))
        target.shutdown(socket.SHUT_WR)
    except OSError:
        # A reset on one side; ending the other makes the opposite pump end too.
        for end in (source, target):
            _shut(end)


def _shut(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # not connected any more, which is what was wanted


def _packets(stream: bytearray) -> list[Packet]:
    decoder = MessageDecoder()
    decoder.feed(bytes(stream))
    packets = list(iter(decoder.next_message, None))
    assert decoder.pending == 0, "a message is incomplete"
    return packets
