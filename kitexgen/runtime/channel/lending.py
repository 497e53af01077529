"""Lending: what the pools of single-call channels have in common: their loop, what they have lent, and their end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.channel.home import Home
from kitexgen.runtime.channel.reporter import Reports
from kitexgen.runtime.errors import ClientClosed, ConnectError
from kitexgen.runtime.net.address import Address


class Lending:
    """Channels in use. Belongs to the event loop it is first used on.

    A channel is, in turn: being dialled, lent, and back. `clean` disowns the lent ones of an address: they finish their
    call, and cannot be kept.
    """

    __slots__ = ("_dial", "_disowned", "_lent", "home", "reports")

    def __init__(self, dial: Callable[[Address], Awaitable[Channel]], reports: Reports) -> None:
        self._dial = dial
        self._lent: dict[Channel, Address] = {}
        self._disowned: set[Channel] = set()
        self.home = Home()
        self.reports = reports

    def __len__(self) -> int:
        return len(self._lent)

    def check(self) -> asyncio.AbstractEventLoop:
        """As `Home.check`."""
        return self.home.check()

    async def dial(self, address: Address) -> Channel:
        """A new channel, lent. Raises ConnectError, and ClientClosed when the end comes meanwhile."""
        self.check()
        try:
            channel = await self._dial(address)
        except ConnectError:
            self.reports.failed(address)
            raise
        self.reports.connected(address)
        if self.home.is_closed:
            channel.close()
            raise ClientClosed("the client was closed while it connected", remote=str(address))
        self._lent[channel] = address
        return channel

    def lend_again(self, address: Address, channel: Channel) -> None:
        """A kept channel goes out once more."""
        channel.is_reused = True
        self._lent[channel] = address
        self.reports.reused(address)

    def take_back(self, channel: Channel) -> bool:
        """A lent channel is back. Whether it may be kept: healthy, and of an address nobody has cleaned."""
        self._lent.pop(channel, None)
        if channel in self._disowned:
            self._disowned.discard(channel)
            return False
        return not self.home.is_closed and channel.is_healthy

    def disown(self, address: Address) -> None:
        """Keep no channel to `address` that is lent now."""
        self._disowned.update(channel for channel, to in self._lent.items() if to == address)

    async def close(self, idle: Iterable[Channel] = ()) -> None:
        """Close what is lent and `idle`; returns when the sockets are closed, so that a program may end right after."""
        self.home.is_closed = True
        closing = [*idle, *self._lent]
        for channel in closing:
            channel.close()
        for channel in closing:
            await channel.wait_closed()
