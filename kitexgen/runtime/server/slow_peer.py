"""SlowPeer: whether a peer takes what is sent to it."""

from __future__ import annotations

from kitexgen.runtime.net.connection import Connection

LEAST_TAKEN = 4 * 1024
"""Bytes that a peer must take of its answers in each `write_timeout`: one that takes a byte now and then is no peer."""


class SlowPeer:
    """One connection's peer, looked at from time to time."""

    __slots__ = ("_since", "_taken")

    def __init__(self) -> None:
        self._since: float | None = None  # since when answers wait, of which `_taken` bytes had been taken then
        self._taken = 0

    def is_stuck(self, connection: Connection, now: float, limit: float | None) -> bool:
        """Whether answers wait to be taken and too few bytes have been for longer than `limit`, in seconds."""
        if not connection.unsent:
            self._since = None
            return False
        taken = connection.taken
        if self._since is None or taken - self._taken >= LEAST_TAKEN:
            self._since, self._taken = now, taken
            return False
        return limit is not None and now - self._since > limit
