"""KeepAlive: a pool of idle channels, kept up to a number and an age, as Kitex's long connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.channel.idle import IdleChannels, IdleLimits
from kitexgen.runtime.errors import ClientClosed
from kitexgen.runtime.net.address import Address


class KeepAlive:
    """A `Pool`. Belongs to the event loop it is first used on."""

    def __init__(self, dial: Callable[[Address], Awaitable[Channel]], limits: IdleLimits) -> None:
        self._dial = dial
        self._limits = limits
        self._idle: IdleChannels[Channel] = IdleChannels(limits)
        self._lent: set[Channel] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False

    async def borrow(self, address: Address) -> Channel:
        self._check_loop()
        while (channel := self._idle.take(address)) is not None:
            if channel.is_healthy:
                channel.is_reused = True
                self._lent.add(channel)
                return channel
            channel.close()
        return await self.renew(address)

    async def renew(self, address: Address) -> Channel:
        self._check_loop()
        channel = await self._dial(address)
        if self._is_closed:
            channel.close()
            raise ClientClosed("the client was closed while it connected", remote=str(address))
        self._lent.add(channel)
        return channel

    def give_back(self, address: Address, channel: Channel) -> None:
        self._lent.discard(channel)
        now = asyncio.get_running_loop().time()
        if self._is_closed or not channel.is_healthy or not self._idle.put(address, channel, now):
            channel.close()
        elif self._sweep is None:
            self._schedule_sweep()

    async def close(self) -> None:
        self._is_closed = True
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        closing = [*self._idle.clear(), *self._lent]
        for channel in closing:
            channel.close()
        # Sockets are really closed when this returns, so that a program may end right after.
        for channel in closing:
            await channel.wait_closed()

    def _check_loop(self) -> None:
        loop = asyncio.get_running_loop()
        if self._is_closed:
            raise ClientClosed("the client is closed")
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise RuntimeError("a client belongs to the event loop of its first call; make one for each loop")

    def _schedule_sweep(self) -> None:
        # Every `timeout`, as Kitex: a connection may thus idle up to twice as long.
        self._sweep = asyncio.get_running_loop().call_later(self._limits.timeout, self._close_expired)

    def _close_expired(self) -> None:
        self._sweep = None
        for channel in self._idle.expired(asyncio.get_running_loop().time()):
            channel.close()
        if len(self._idle):
            self._schedule_sweep()
