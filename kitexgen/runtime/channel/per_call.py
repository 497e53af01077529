"""PerCall: the short pool: a channel for each call, closed after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.channel.lending import Lending
from kitexgen.runtime.channel.pool import PoolDump
from kitexgen.runtime.channel.reporter import Reports
from kitexgen.runtime.net.address import Address


class PerCall:
    """A `Pool` that keeps nothing. Belongs to the event loop it is first used on."""

    request_flags = 0

    def __init__(self, dial: Callable[[Address], Awaitable[Channel]], reports: Reports | None = None) -> None:
        self._lending = Lending(dial, reports or Reports("short"))

    async def borrow(self, address: Address) -> Channel:
        return await self._lending.dial(address)

    async def renew(self, address: Address) -> Channel:
        return await self._lending.dial(address)

    def give_back(self, address: Address, channel: Channel) -> None:
        self._lending.take_back(channel)
        channel.close()

    def clean(self, address: Address) -> None:
        """Nothing is kept."""

    async def close(self) -> None:
        await self._lending.close()

    def dump(self) -> PoolDump:
        return PoolDump(pool="short", in_use=len(self._lending))
