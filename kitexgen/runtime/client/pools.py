"""The pool of a client, by its options: how connections are made, and what becomes of them between calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from kitexgen.runtime.channel.blocking import BlockingChannel, BlockingPool
from kitexgen.runtime.channel.blocking_multiplex import BlockingMultiplex
from kitexgen.runtime.channel.blocking_mux_pool import BlockingMuxPool
from kitexgen.runtime.channel.blocking_per_call import BlockingPerCall
from kitexgen.runtime.channel.client_link import ClientLink
from kitexgen.runtime.channel.keep_alive import KeepAlive
from kitexgen.runtime.channel.multiplex import Multiplex
from kitexgen.runtime.channel.mux_pool import MuxPool
from kitexgen.runtime.channel.per_call import PerCall
from kitexgen.runtime.channel.pingpong import PingPong
from kitexgen.runtime.channel.reporter import Reports
from kitexgen.runtime.channel.stream_pool import StreamPool
from kitexgen.runtime.client.start import connect_timeout
from kitexgen.runtime.errors import ConnectError
from kitexgen.runtime.net.dial import dial, dial_blocking, dial_shared

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kitexgen.runtime.call.deadline import Deadline
    from kitexgen.runtime.channel.lender import BlockingLender
    from kitexgen.runtime.channel.pool import Pool
    from kitexgen.runtime.client.options import ClientOptions
    from kitexgen.runtime.net.address import Address
    from kitexgen.runtime.net.tls import ClientTls

Connection = TypeVar("Connection")


def make_pool(destination: str, options: ClientOptions) -> Pool:
    """The pool of an asyncio client that calls `destination`."""
    reports = Reports(options.pool, destination, options.reporter)
    if options.pool == "mux":
        return MuxPool(_multiplex_dialler(options), options.mux, reports)
    if options.pool == "short":
        return PerCall(_pingpong_dialler(options), reports)
    return KeepAlive(_pingpong_dialler(options), options.idle, reports)


def make_blocking_pool(destination: str, options: ClientOptions) -> BlockingLender:
    """The pool of a blocking client that calls `destination`."""
    reports = Reports(options.pool, destination, options.reporter)
    if options.pool == "mux":
        return BlockingMuxPool(_blocking_multiplex_dialler(options), options.mux, reports)
    if options.pool == "short":
        return BlockingPerCall(_blocking_dialler(options), reports)
    return BlockingPool(_blocking_dialler(options), options.idle, reports=reports)


def make_stream_pool(destination: str, options: ClientOptions) -> StreamPool:
    """Where an asyncio client opens its streams: connections of their own, whatever the pool of the other calls."""

    async def connect(address: Address, on_free: Callable[[ClientLink], None]) -> ClientLink:
        return await dial(
            address, lambda: ClientLink(on_free, options.max_message), connect_timeout(options), options.tls
        )

    reports = Reports("stream", destination, options.reporter)
    return StreamPool(connect, options.idle, options.streams_per_connection, reports)


def _pingpong_dialler(options: ClientOptions) -> Callable[[Address], Awaitable[PingPong]]:
    def channel() -> PingPong:
        return PingPong(options.max_message, guards=options.guards)

    async def connect(address: Address) -> PingPong:
        return await dial(address, channel, connect_timeout(options), options.tls)

    return connect


def _multiplex_dialler(options: ClientOptions) -> Callable[[Address], Awaitable[Multiplex]]:
    def stream() -> Multiplex:
        return Multiplex(options.mux, options.max_message, guards=options.guards)

    async def connect(address: Address) -> Multiplex:
        return await dial(address, stream, connect_timeout(options), options.tls)

    return connect


def _blocking_dialler(options: ClientOptions) -> Callable[[Address, Deadline | None], BlockingChannel]:
    def connect(address: Address, deadline: Deadline | None) -> BlockingChannel:
        connection = _within(dial_blocking, address, deadline, options)
        return BlockingChannel(connection, options.max_message, guards=options.guards)

    return connect


def _blocking_multiplex_dialler(options: ClientOptions) -> Callable[[Address, Deadline | None], BlockingMultiplex]:
    def connect(address: Address, deadline: Deadline | None) -> BlockingMultiplex:
        connection = _within(dial_shared, address, deadline, options)
        return BlockingMultiplex(connection, options.mux, options.max_message, guards=options.guards)

    return connect


def _within(
    connect: Callable[[Address, float | None, ClientTls | None], Connection],
    address: Address,
    deadline: Deadline | None,
    options: ClientOptions,
) -> Connection:
    """Connect within the time for that, and within the call's: TimeoutError when it was the call that ran out of it."""
    patience = connect_timeout(options)
    if deadline is None:
        return connect(address, patience, options.tls)
    left = deadline.left()
    if left <= 0:
        raise TimeoutError
    try:
        return connect(address, left if patience is None else min(patience, left), options.tls)
    except ConnectError as error:
        if deadline.left() <= 0:
            raise TimeoutError from error  # no other host is worth a try
        raise
