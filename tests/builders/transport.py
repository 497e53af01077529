"""A transport in memory: what would go to a socket is written down."""

from __future__ import annotations

import asyncio
from typing import Any

from kitexgen.runtime.net import Connection, Receiver


class MemoryTransport(asyncio.Transport):
    """Keeps what is written. `swallows` is whether the peer takes it; if not, it piles up, as on a full socket."""

    def __init__(self) -> None:
        super().__init__({"peername": ("10.0.0.1", 1234)})
        self.written = b""
        self.pending = 0
        self.swallows = True
        self._reading = True
        self._closing = False
        self._aborted = False

    def write(self, data: Any) -> None:
        self.written += data
        if not self.swallows:
            self.pending += len(data)

    def get_write_buffer_size(self) -> int:
        return self.pending

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There are none."""

    def pause_reading(self) -> None:
        self._reading = False

    def resume_reading(self) -> None:
        self._reading = True

    def is_reading(self) -> bool:
        return self._reading

    def is_closing(self) -> bool:
        return self._closing

    def was_aborted(self) -> bool:
        """Whether it was closed without sending what was queued."""
        return self._aborted

    def close(self) -> None:
        self._closing = True

    def abort(self) -> None:
        self._closing = self._aborted = True


def joined(receiver: Receiver) -> tuple[Connection, MemoryTransport]:
    """`receiver` on a connection that goes nowhere. Needs a running loop."""
    connection, transport = Connection(receiver, asyncio.get_running_loop()), MemoryTransport()
    connection.connection_made(transport)
    return connection, transport
