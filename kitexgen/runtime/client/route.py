"""Middleware: choose the address of a call, and another when it cannot be reached."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from kitexgen.runtime.call.endpoint import Endpoint, Middleware
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import ConnectError, NoAddress
from kitexgen.runtime.net.address import Address


def route(hosts: Sequence[Address]) -> Middleware:
    """Give each call an address: `hosts` in turn, one further a call, and on to the next while connecting fails.

    A call that brings an address goes there alone. Raises NoAddress when there are no hosts, and the last ConnectError
    when none can be reached; nothing was sent then.
    """
    ring = tuple(hosts)
    turn = itertools.count()

    def middleware(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, request: Any) -> Any:
            if info.address is not None:
                return await call_next(info, request)  # an option of the call says whom to call
            if not ring:
                raise NoAddress("no address to call: give the client `hosts`")
            start = next(turn)
            failures: list[ConnectError] = []
            for step in range(len(ring)):
                info.address = ring[(start + step) % len(ring)]
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
