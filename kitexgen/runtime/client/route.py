"""Middleware: choose the address of a call, and another when it cannot be reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kitexgen.runtime.call.endpoint import Endpoint, Middleware
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import ConnectError, NoAddress
from kitexgen.runtime.net.address import Address


class Ring:
    """Addresses whose turn it is one after the other. Threads may share it: at worst two calls take the same."""

    __slots__ = ("hosts", "turn")

    def __init__(self, hosts: Sequence[Address]) -> None:
        self.hosts = tuple(hosts)
        self.turn = 0


def route(addresses: Sequence[Address] | Ring) -> Middleware:
    """Give each call an address: those given in turn, one further a call, and on to the next while connecting fails.

    A call that brings an address goes there alone. Raises NoAddress when there are no hosts, and the last ConnectError
    when none can be reached; nothing was sent then.
    """
    ring = addresses if isinstance(addresses, Ring) else Ring(addresses)
    hosts = ring.hosts

    def middleware(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, request: Any) -> Any:
            if info.address is not None:
                return await call_next(info, request)  # an option of the call says whom to call
            if not hosts:
                raise NoAddress("no address to call: give the client `hosts`")
            start = ring.turn
            ring.turn = start + 1
            failures: list[ConnectError] = []
            for step in range(len(hosts)):
                info.address = hosts[(start + step) % len(hosts)]
                try:
                    return await call_next(info, request)
                except ConnectError as error:
                    failures.append(error)
            raise _unreachable(failures)

        return endpoint

    return middleware


def _unreachable(failures: list[ConnectError]) -> ConnectError:
    """One error for all: the only one as it is, several told together, the last as the cause."""
    if len(failures) == 1:
        return failures[0]
    told = "; ".join(f"{failure.remote}: {failure.reason}" for failure in failures)
    error = ConnectError(f"no host can be reached: {told}")
    error.__cause__ = failures[-1]
    return error
