"""Warm-up: connections made before the first call needs them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.channel.lender import BlockingLender, LentChannel
from kitexgen.runtime.channel.pool import Pool
from kitexgen.runtime.channel.stream_pool import StreamPool
from kitexgen.runtime.errors import RpcError
from kitexgen.runtime.net.address import Address, parse_address

_LOG = logging.getLogger("kitexgen.channel")

OnFailure: TypeAlias = Literal["ignore", "warn", "error", "fail"]
"""What becomes of a connection that cannot be made: nothing, a line in the log (two levels), or the error is raised."""

LEVELS: dict[OnFailure, int] = {"ignore": logging.NOTSET, "warn": logging.WARNING, "error": logging.ERROR}


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """What to connect to before the first call, as Kitex's `pkg/warmup`.

    `targets`      addresses as in `hosts`; None for those hosts themselves
    `connections`  to each target, for calls
    `streams`      to each target, for streams, which have connections of their own; `idle` says how many are kept
    `parallel`     connections made at a time (a blocking client makes one at a time)
    `on_failure`   see `OnFailure`; `fail` leaves the rest undone
    """

    targets: Sequence[str] | None = None
    connections: int = 1
    streams: int = 0
    parallel: int = 1
    on_failure: OnFailure = "ignore"

    def __post_init__(self) -> None:
        if min(self.connections, self.streams) < 0 or not self.connections + self.streams or self.parallel < 1:
            raise ValueError("warming up takes at least one connection, and one at a time")
        if self.on_failure not in get_args(OnFailure):
            raise ValueError(f"on_failure `{self.on_failure}` is unknown: use ignore, warn, error or fail")
        self.addresses((), 1)

    def addresses(self, hosts: Sequence[Address], times: int) -> tuple[Address, ...]:
        """Where to, each address as often as told. Raises ValueError for what is no address."""
        targets = hosts if self.targets is None else tuple(map(parse_address, self.targets))
        return tuple(target for target in targets for _ in range(times))

    def failed(self, error: RpcError) -> None:
        """A connection was not made. Raises `error` when that is to be fatal."""
        if self.on_failure == "fail":
            raise error
        level = LEVELS[self.on_failure]
        if level:
            _LOG.log(level, "warming up: %s", error)


async def warm_up(pool: Pool, plan: WarmUp, hosts: Sequence[Address]) -> None:
    """Make the connections of `plan` in `pool`. Raises RpcError only with `on_failure="fail"`."""
    made: list[tuple[Address, Channel]] = []

    async def connect(address: Address) -> None:
        made.append((address, await pool.borrow(address)))

    try:
        await _connect_all(connect, plan, plan.addresses(hosts, plan.connections))
    finally:
        # Given back only now: the second connection to an address must not be the first one borrowed again.
        for address, channel in made:
            pool.give_back(address, channel)


async def warm_up_streams(pool: StreamPool, plan: WarmUp, hosts: Sequence[Address]) -> None:
    """The same for the connections that streams are opened on."""
    await _connect_all(pool.connect, plan, plan.addresses(hosts, plan.streams))


async def _connect_all(
    connect: Callable[[Address], Awaitable[None]], plan: WarmUp, addresses: Sequence[Address]
) -> None:
    places = asyncio.Semaphore(plan.parallel)

    async def try_one(address: Address) -> None:
        async with places:
            try:
                await connect(address)
            except RpcError as error:
                plan.failed(error)

    tasks = [asyncio.create_task(try_one(address)) for address in addresses]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def warm_up_blocking(pool: BlockingLender, plan: WarmUp, hosts: Sequence[Address]) -> None:
    """The same for a blocking client, one connection after the other. Raises ValueError for `streams`: it has none."""
    if plan.streams:
        raise ValueError("a blocking client opens no streams: `streams` of its warm-up is 0")
    made: list[tuple[Address, LentChannel]] = []
    try:
        for address in plan.addresses(hosts, plan.connections):
            try:
                made.append((address, pool.borrow(address, None)))
            except RpcError as error:
                plan.failed(error)
    finally:
        for address, channel in made:
            pool.give_back(address, channel)
