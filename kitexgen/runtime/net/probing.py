"""Probing: noticing that a peer is gone without a word, its machine or the way to it being down."""

from __future__ import annotations

import socket
from typing import Protocol

IDLE = 15
"""Seconds without a byte, after which the kernel asks the peer's kernel whether the connection still stands."""

INTERVAL = 15
COUNT = 3
"""Questions, `INTERVAL` seconds apart, that may stay unanswered: a dead peer is found out within a minute."""


class Tunable(Protocol):
    """A socket, or what asyncio and uvloop show of one."""

    @property
    def family(self) -> int:
        """The kind of its addresses."""

    def setsockopt(self, level: int, name: int, value: int, /) -> None:
        """As `socket.socket.setsockopt`."""


_TCP = (socket.AF_INET, socket.AF_INET6)

_OPTIONS = tuple(
    (getattr(socket, name), value)
    for name, value in (("TCP_KEEPIDLE", IDLE), ("TCP_KEEPINTVL", INTERVAL), ("TCP_KEEPCNT", COUNT))
    if hasattr(socket, name)
)
"""What the system lets one set; the others keep its defaults."""


def probe_when_silent(connected: Tunable) -> None:
    """Have the kernel probe an idle TCP connection; a peer that stays silent resets it. Others know at once."""
    if connected.family in _TCP:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _OPTIONS:
            connected.setsockopt(socket.IPPROTO_TCP, option, value)
