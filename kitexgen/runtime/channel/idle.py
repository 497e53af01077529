"""IdleChannels: which idle channels a pool keeps, for how long. Knows no sockets and no clock of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from kitexgen.runtime.net.address import Address

AnyChannel = TypeVar("AnyChannel")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleLimits:
    """How many idle connections are kept, and how long. The defaults are Kitex's (`pkg/connpool/config.go`).

    `timeout` is in seconds; keep it below the time after which the servers close idle connections. Connections in use
    are not limited.
    """

    per_address: int = 10
    total: int = 100
    timeout: float = 60.0

    def __post_init__(self) -> None:
        if self.per_address < 0 or self.total < 0 or self.timeout <= 0:
            raise ValueError("idle limits cannot be negative, and `timeout` must be more than 0")


class IdleChannels(Generic[AnyChannel]):
    """Taken out most recently used first, so that in quiet times the oldest run out of time."""

    def __init__(self, limits: IdleLimits) -> None:
        self._limits = limits
        self._kept: dict[Address, deque[tuple[float, AnyChannel]]] = {}
        self._total = 0

    def __len__(self) -> int:
        return self._total

    def put(self, address: Address, channel: AnyChannel, now: float) -> bool:
        """Keep `channel`; False when there is no room for it, and the caller closes it. `now` is in seconds."""
        kept = self._kept.get(address)
        if self._total >= self._limits.total or (len(kept) if kept else 0) >= self._limits.per_address:
            return False
        if kept is None:
            kept = self._kept[address] = deque()
        kept.append((now + self._limits.timeout, channel))
        self._total += 1
        return True

    def take(self, address: Address) -> AnyChannel | None:
        """Remove and return the one used last, or None. Whether it is still alive is for the caller to see."""
        kept = self._kept.get(address)
        if not kept:
            return None
        return self._forget(address, kept, newest=True)

    def expired(self, now: float) -> Iterator[AnyChannel]:
        """Remove and give those whose time is over, for the caller to close."""
        for address, kept in tuple(self._kept.items()):
            while kept and kept[0][0] <= now:
                yield self._forget(address, kept, newest=False)

    def clear(self) -> Iterator[AnyChannel]:
        """Remove and give all, for the caller to close."""
        for address, kept in tuple(self._kept.items()):
            while kept:
                yield self._forget(address, kept, newest=False)

    def _forget(self, address: Address, kept: deque[tuple[float, AnyChannel]], *, newest: bool) -> AnyChannel:
        _, channel = kept.pop() if newest else kept.popleft()
        self._total -= 1
        if not kept:
            del self._kept[address]  # addresses come and go; none may stay for good
        return channel
