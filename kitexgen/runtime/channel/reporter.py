"""Reporter: who wants to know of connections made, refused and used again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from kitexgen.runtime.net.address import Address

_LOG = logging.getLogger("kitexgen.channel")

PoolName: TypeAlias = Literal["long", "short", "mux"]
"""How connections are used: kept for the next call, made for one call each, or shared by calls in flight together."""


ReportedPool: TypeAlias = PoolName | Literal["stream"]
"""Streams have connections of their own, whatever pool the other calls of a client use."""


@dataclass(frozen=True, slots=True)
class ConnectionEvent:
    """`service` is the name the client was made with, `address` where the connection goes or should have gone."""

    pool: ReportedPool
    service: str
    address: Address


class Reporter(Protocol):
    """Told once for each; the names are Kitex's. Called on the loop, or on the calling thread: it must not wait."""

    def conn_succeed(self, event: ConnectionEvent) -> None:
        """A new connection is up."""

    def conn_failed(self, event: ConnectionEvent) -> None:
        """A new connection did not come up."""

    def reuse_succeed(self, event: ConnectionEvent) -> None:
        """A call goes over a connection that is up already."""


class Reports:
    """One pool's line to a `Reporter`, if there is one. A reporter that fails is logged: no call fails with it."""

    __slots__ = ("_pool", "_reporter", "_service")

    def __init__(self, pool: ReportedPool, service: str = "", reporter: Reporter | None = None) -> None:
        self._pool: ReportedPool = pool
        self._service = service
        self._reporter = reporter

    def connected(self, address: Address) -> None:
        if self._reporter is not None:
            self._tell(self._reporter.conn_succeed, address)

    def failed(self, address: Address) -> None:
        if self._reporter is not None:
            self._tell(self._reporter.conn_failed, address)

    def reused(self, address: Address) -> None:
        if self._reporter is not None:
            self._tell(self._reporter.reuse_succeed, address)

    def _tell(self, report: Callable[[ConnectionEvent], None], address: Address) -> None:
        try:
            report(ConnectionEvent(self._pool, self._service, address))
        except Exception:
            _LOG.exception("the connection reporter failed")
