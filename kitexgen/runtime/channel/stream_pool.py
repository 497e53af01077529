"""StreamPool: connections for streams.

    state    event                                    next
    (none)   a stream is opened                       dialled, busy
    (none)   `connect`                                dialled, idle
    busy     another is opened, there is room         busy
    busy     its last stream is over, and wanted      idle
    busy     its last stream is over, enough idle     closed
    idle     a stream is opened, and it is alive      busy
    idle     a stream is opened, and it is dead       closed, and the next one is tried
    idle     its time is over                         closed
    any      end or loss                              closed, its streams fail

Streams are opened on the busiest connection that has room, so that others get idle. Kitex's default is one shared
connection a processor, 1 minute idle; see `streams_per_connection` for why ours is one connection a stream.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from kitexgen.runtime.channel.client_link import ClientFlow, ClientLink
from kitexgen.runtime.channel.home import Home
from kitexgen.runtime.channel.idle import IdleLimits
from kitexgen.runtime.channel.pool import PoolDump
from kitexgen.runtime.channel.reporter import Reports
from kitexgen.runtime.errors import ClientClosed, ConnectError
from kitexgen.runtime.net.address import Address


class StreamPool:
    """Belongs to the event loop it is first used on. `dial` makes a link that calls back when it has room again."""

    def __init__(
        self,
        dial: Callable[[Address, Callable[[ClientLink], None]], Awaitable[ClientLink]],
        limits: IdleLimits,
        per_connection: int,
        reports: Reports | None = None,
    ) -> None:
        self._dial = dial
        self._limits = limits
        self._per_connection = per_connection
        self._reports = reports or Reports("stream")
        self._links: dict[Address, list[ClientLink]] = {}
        self._timers: dict[ClientLink, asyncio.TimerHandle] = {}
        self._home = Home()

    async def open(self, address: Address, method: str, infos: Mapping[str, str]) -> ClientFlow:
        """A new stream. Raises ConnectError, ClientClosed, EncodeError for infos that fit no header."""
        self._home.check()
        link = self._with_room(address)
        if link is not None:
            self._reports.reused(address)
        else:
            link = await self._connected(address)
        try:
            return link.open(method, infos)
        finally:
            self._rest_if_idle(address, link)

    async def connect(self, address: Address) -> None:
        """Make a connection for streams to come. Raises ConnectError, ClientClosed."""
        self._home.check()
        self._rest_if_idle(address, await self._connected(address))

    async def _connected(self, address: Address) -> ClientLink:
        try:
            link = await self._dial(address, lambda freed: self._freed(address, freed))
        except ConnectError:
            self._reports.failed(address)
            raise
        self._reports.connected(address)
        if self._home.is_closed:
            link.close()
            raise ClientClosed("the client was closed while it connected", remote=str(address))
        self._links.setdefault(address, []).append(link)
        return link

    def dump(self) -> PoolDump:
        """What the pool holds now."""
        return PoolDump(
            pool="stream",
            in_use=sum(link.streams for links in self._links.values() for link in links),
            limits=self._limits,
            shared={address: len(links) for address, links in self._links.items()},
        )

    async def close(self) -> None:
        """Close all connections; streams that are not over fail. May be repeated."""
        self._home.is_closed = True
        links = [link for found in self._links.values() for link in found]
        for link in links:
            link.close()
        for link in links:
            await link.wait_closed()

    def _with_room(self, address: Address) -> ClientLink | None:
        for link in sorted(self._links.get(address, ()), key=lambda each: -each.streams):
            if link.streams >= self._per_connection:
                continue
            if link.is_alive():
                self._keep(link)
                return link
            link.close()
        return None

    def _freed(self, address: Address, link: ClientLink) -> None:
        """A stream of `link` is over, or the connection is."""
        if not link.is_open:
            self._drop(address, link)
        elif not link.streams:
            self._rest(address, link)

    def _rest_if_idle(self, address: Address, link: ClientLink) -> None:
        if link.is_open and not link.streams:
            self._rest(address, link)  # no stream, or it could not be opened

    def _rest(self, address: Address, link: ClientLink) -> None:
        idle = sum(not each.streams for each in self._links.get(address, ()))
        if self._home.is_closed or idle > self._limits.per_address or len(self._timers) >= self._limits.total:
            link.close()
            return
        self._keep(link)
        loop = asyncio.get_running_loop()
        self._timers[link] = loop.call_later(self._limits.timeout, link.close)

    def _keep(self, link: ClientLink) -> None:
        timer = self._timers.pop(link, None)
        if timer is not None:
            timer.cancel()

    def _drop(self, address: Address, link: ClientLink) -> None:
        self._keep(link)
        found = self._links.get(address, [])
        if link in found:
            found.remove(link)
        if not found:
            self._links.pop(address, None)
