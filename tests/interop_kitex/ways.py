"""Way: who calls whom, in which transport, over which pool: a table and a column of docs/interop.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pytest

from kitexgen.runtime.channel.reporter import PoolName
from kitexgen.runtime.framing import TransportName

CallerName: TypeAlias = Literal["asyncio", "blocking", "peer"]
"""Whose client calls: ours, of either style, or the peer's. The other side serves."""

BareTransport: TypeAlias = Literal["framed", "buffered"]
"""The transports without a header."""


@dataclass(frozen=True, slots=True)
class Way:
    """`peer` is the other implementation: "Kitex" or "Volo"."""

    peer: str
    caller: CallerName
    transport: TransportName
    pool: PoolName = "long"
    idl: Literal["Thrift", "Protobuf"] = "Thrift"

    @property
    def has_header(self) -> bool:
        """Whether there is room for what travels beside a call."""
        return self.transport.startswith("ttheader")

    @property
    def we_call(self) -> bool:
        return self.caller != "peer"

    @property
    def table(self) -> str:
        language = "" if self.idl == "Thrift" else f", in {self.idl}"
        if self.we_call:
            return f"Our {self.caller} client calls a {self.peer} server{language}"
        return f"A {self.peer} client calls our server{language}"

    @property
    def column(self) -> str:
        return f"{self.transport} {self.pool}"

    def __str__(self) -> str:
        return f"{self.peer}-{self.idl}-{self.caller}-{self.transport}-{self.pool}"


_CALLERS: tuple[CallerName, ...] = ("asyncio", "blocking", "peer")
_TRANSPORTS: tuple[TransportName, ...] = ("buffered", "framed", "ttheader", "ttheader_framed")
_POOLS: tuple[PoolName, ...] = ("long", "short", "mux")

KITEX = tuple(
    Way("Kitex", caller, transport, pool)
    for caller in _CALLERS
    for transport in _TRANSPORTS
    for pool in _POOLS
    if pool != "mux" or transport.startswith("ttheader")
)

KITEX_PROTOBUF = tuple(
    Way("Kitex", caller, transport, pool, "Protobuf")
    for caller in _CALLERS
    for transport in ("framed", "ttheader_framed")  # Kitex has no other for it
    for pool in _POOLS
    if pool != "mux" or transport == "ttheader_framed"
)

VOLO = tuple(
    Way("Volo", caller, transport, pool)
    for caller in _CALLERS
    for transport in _TRANSPORTS
    for pool in _POOLS
    if transport != "buffered"  # its servers of several services refuse it
    and (pool != "mux" or transport.startswith("ttheader"))
    and (pool == "long" or caller != "peer")  # the one pool of its clients
)


def each(ways: Iterable[Way], *, only: Callable[[Way], bool] = lambda way: True) -> pytest.MarkDecorator:
    """Run a test on every way, or on those that `only` is true of; they come as the fixture `way`."""
    return pytest.mark.parametrize("way", [pytest.param(way, id=str(way)) for way in ways if only(way)])


def shows(row: str) -> pytest.MarkDecorator:
    """What a test shows: a row of docs/interop.md, one of those in `tests.interop_table.ROWS`."""
    return pytest.mark.interop(row=row)


STREAMS = "Streams over TTHeader"
STREAM_COLUMNS = {"kitex": "our client, a Kitex server", "ours": "a Kitex client, our server"}
"""Whose server it is, and the column."""


def shows_stream(row: str, *, server: Literal["kitex", "ours"]) -> pytest.MarkDecorator:
    """What a test of streams shows when its parameter `streams_at` is the other side's `server`."""
    column = STREAM_COLUMNS[server]
    return pytest.mark.interop(row=row, table=STREAMS, column=column, only={"streams_at": server})
