"""Pool: lends channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.channel.idle import IdleLimits
from kitexgen.runtime.channel.reporter import ReportedPool
from kitexgen.runtime.net.address import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDump:
    """A pool as it stands, for people who look into a running program.

    `in_use` counts the channels that are lent, of a mux pool the calls in flight, of a stream pool the open streams.
    `deadlines` says for each idle connection when its time is over, by address, in seconds of the loop's clock;
    `shared` how many connections a mux or stream pool has to an address.
    """

    pool: ReportedPool
    in_use: int
    limits: IdleLimits | None = None
    deadlines: Mapping[Address, tuple[float, ...]] = field(default_factory=dict)
    shared: Mapping[Address, int] = field(default_factory=dict)


class Pool(Protocol):
    """Borrow a channel to an address, give it back when the call is over, however it ended."""

    @property
    def request_flags(self) -> int:
        """Bits that the TTHeader of every request over this pool's channels must have set."""

    async def borrow(self, address: Address) -> Channel:
        """A channel ready for a call; `is_reused` when it has carried one before. Raises ConnectError."""

    async def renew(self, address: Address) -> Channel:
        """A channel that nobody has used yet. Raises ConnectError."""

    def give_back(self, address: Address, channel: Channel) -> None:
        """The caller is done with `channel`: it is kept if it is healthy and there is room, else closed."""

    def clean(self, address: Address) -> None:
        """The address is gone: close its idle channels now, those in use when they are given back."""

    async def close(self) -> None:
        """Close all channels; calls in flight fail. May be repeated."""

    def dump(self) -> PoolDump:
        """What the pool holds now."""
