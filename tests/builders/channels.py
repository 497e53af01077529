"""Channels that are no sockets."""

from __future__ import annotations

from kitexgen.runtime.framing import Packet


class IdleChannel:
    """A channel that can be told to be ill, for any pool. No call is made on it."""

    def __init__(self) -> None:
        self.is_reused = False
        self.is_healthy = True
        self.heard_nothing = True
        self.is_closed = False

    def is_alive(self) -> bool:
        return self.is_healthy

    async def call(self, request: bytes) -> Packet:
        raise NotImplementedError

    async def send(self, request: bytes) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.is_closed = True
        self.is_healthy = False

    async def wait_closed(self) -> None:
        assert self.is_closed
