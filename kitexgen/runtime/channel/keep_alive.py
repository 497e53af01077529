"""KeepAlive: the long pool: idle channels kept up to a number and an age, one call at a time on each.

    state    event                                    next
    (none)   borrow or renew: dialled                 lent
    lent     given back healthy, with room            idle
    lent     given back ill, no room, or cleaned      closed
    idle     borrowed, and alive                      lent (`is_reused`)
    idle     borrowed, and dead                       closed, and the next one is tried
    idle     its time is over, at a tick              closed, unless `min_per_address` stay
    idle     `clean` of its address                   closed
    lent     `clean` of its address                   lent, to be closed when it is given back
    any      `close`                                  closed

Source: cloudwego/kitex pkg/remote/connpool/long_pool.go.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.channel.idle import IdleChannels, IdleLimits
from kitexgen.runtime.channel.lending import Lending
from kitexgen.runtime.channel.pool import PoolDump
from kitexgen.runtime.channel.reporter import Reports
from kitexgen.runtime.channel.ticker import Ticker, shared_ticker
from kitexgen.runtime.net.address import Address

Kept = TypeVar("Kept", bound=Channel)


class KeepAlive(Generic[Kept]):
    """A `Pool`. Belongs to the event loop it is first used on."""

    request_flags = 0

    def __init__(
        self, dial: Callable[[Address], Awaitable[Kept]], limits: IdleLimits, reports: Reports | None = None
    ) -> None:
        self._limits = limits
        self._idle: IdleChannels[Kept] = IdleChannels(limits)
        self._lending = Lending(dial, reports or Reports("long"))
        self._ticker: Ticker | None = None

    async def borrow(self, address: Address) -> Channel:
        self._lending.check()
        return self.at_hand(address) or await self._lending.dial(address)

    def at_hand(self, address: Address) -> Kept | None:
        """As `borrow`, of those that are idle; None when all of them are in use."""
        if not self._lending.home.is_here():
            return None
        while (channel := self._idle.take(address)) is not None:
            if channel.is_alive():
                self._lending.lend_again(address, channel)
                return channel
            channel.close()
        return None

    async def renew(self, address: Address) -> Channel:
        return await self._lending.dial(address)

    def give_back(self, address: Address, channel: Any) -> None:
        if not self._lending.take_back(channel):
            channel.close()
            return
        loop = self._lending.home.loop()
        if not self._idle.put(address, channel, loop.time()):
            channel.close()
        elif self._ticker is None:
            # Every `timeout`, as Kitex: a connection may thus idle up to twice as long.
            self._ticker = shared_ticker(loop, self._limits.timeout)
            self._ticker.add(self._close_expired)

    def clean(self, address: Address) -> None:
        self._lending.disown(address)
        for channel in self._idle.clean(address):
            channel.close()

    async def close(self) -> None:
        self._stop_ticking()
        await self._lending.close(self._idle.clear())

    def dump(self) -> PoolDump:
        return PoolDump(pool="long", in_use=len(self._lending), deadlines=self._idle.deadlines(), limits=self._limits)

    def _close_expired(self) -> None:
        now = self._lending.check().time()
        for channel in self._idle.expired(now):
            channel.close()
        if not len(self._idle):
            self._stop_ticking()

    def _stop_ticking(self) -> None:
        if self._ticker is not None:
            self._ticker.discard(self._close_expired)
            self._ticker = None
