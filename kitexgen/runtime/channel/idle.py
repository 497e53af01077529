"""IdleChannels: which idle channels a pool keeps, for how long. Knows no sockets and no clock of its own."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from kitexgen.runtime.net.address import Address

AnyChannel = TypeVar("AnyChannel")

MOST_MIN_IDLE = 5
LEAST_TIMEOUT = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleLimits:
    """How many idle connections are kept, and how long. The defaults are those of Kitex's clients.

    `min_per_address` idle connections outlive their time, 0 to 5; `per_address` is at least 1 and `min_per_address`,
    `total` (over all addresses) at least `per_address`. `timeout` is in seconds, at least 2; keep it below the time
    after which the servers close idle connections. What is outside of these bounds is brought inside them, as Kitex
    does (`pkg/connpool/config.go`); what makes no sense at all raises ValueError. Connections in use are not limited.

    To keep no connections, use the short pool.
    """

    min_per_address: int = 0
    per_address: int = 10
    total: int = 100
    timeout: float = 60.0

    def __post_init__(self) -> None:
        if min(self.min_per_address, self.per_address, self.total) < 0 or not self.timeout > 0:
            raise ValueError("idle limits cannot be negative, and `timeout` must be more than 0")
        least = min(self.min_per_address, MOST_MIN_IDLE)
        most = max(self.per_address, least, 1)
        self._set(least, most, max(self.total, most), max(self.timeout, LEAST_TIMEOUT))

    def _set(self, least: int, most: int, total: int, timeout: float) -> None:
        for name, value in (
            ("min_per_address", least),
            ("per_address", most),
            ("total", total),
            ("timeout", timeout),
        ):
            object.__setattr__(self, name, value)  # frozen to everyone else


class IdleChannels(Generic[AnyChannel]):
    """Taken out most recently used first, so that in quiet times the oldest run out of time."""

    def __init__(self, limits: IdleLimits) -> None:
        self._limits = limits
        self._kept: dict[Address, deque[tuple[float, AnyChannel]]] = {}
        self._total = 0
        self._earliest = math.inf  # no time is over before
        self._last: Address | None = None  # that was asked for last, and what is kept of it
        self._last_kept: deque[tuple[float, AnyChannel]] = deque()

    def __len__(self) -> int:
        return self._total

    def deadlines(self) -> dict[Address, tuple[float, ...]]:
        """When the time of each is over, by address, oldest first; in seconds of the clock that `put` was told."""
        return {address: tuple(ends for ends, _ in kept) for address, kept in self._kept.items() if kept}

    def put(self, address: Address, channel: AnyChannel, now: float) -> bool:
        """Keep `channel`; False when there is no room for it, and the caller closes it. `now` is in seconds."""
        kept = self._of(address)
        if self._total >= self._limits.total or len(kept) >= self._limits.per_address:
            return False
        ends = now + self._limits.timeout
        kept.append((ends, channel))
        self._earliest = min(ends, self._earliest)
        self._total += 1
        return True

    def take(self, address: Address) -> AnyChannel | None:
        """Remove and return the one used last, or None. Whether it is still alive is for the caller to see."""
        kept = self._last_kept if address is self._last else self._kept.get(address)
        if not kept:
            return None
        self._total -= 1
        return kept.pop()[1]

    def has_expired(self, now: float) -> bool:
        """Whether `expired` may have something to give."""
        return now >= self._earliest

    def expired(self, now: float) -> Iterator[AnyChannel]:
        """Remove and give those whose time is over, for the caller to close; `min_per_address` of each stay."""
        for address, kept in tuple(self._kept.items()):
            while len(kept) > self._limits.min_per_address and kept[0][0] <= now:
                yield self._oldest(kept)
            if not kept:
                self._drop(address)  # addresses come and go; none may stay for good
        self._earliest = min((kept[0][0] for kept in self._kept.values() if kept), default=math.inf)

    def clean(self, address: Address) -> Iterator[AnyChannel]:
        """Remove and give all of one address, for the caller to close."""
        kept = self._kept.get(address)
        while kept:
            yield self._oldest(kept)
        self._drop(address)

    def clear(self) -> Iterator[AnyChannel]:
        """Remove and give all, for the caller to close."""
        for address in tuple(self._kept):
            yield from self.clean(address)

    def _of(self, address: Address) -> deque[tuple[float, AnyChannel]]:
        if address is self._last:  # to hash an address takes longer than all the rest of this
            return self._last_kept
        kept = self._kept.get(address)
        if kept is None:
            kept = self._kept[address] = deque()
        self._last, self._last_kept = address, kept
        return kept

    def _drop(self, address: Address) -> None:
        self._kept.pop(address, None)
        self._last = None

    def _oldest(self, kept: deque[tuple[float, AnyChannel]]) -> AnyChannel:
        self._total -= 1
        return kept.popleft()[1]
