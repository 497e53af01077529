"""Middlewares: give up on a call at its deadline; say who gave up, and when.

Kitex's `client/rpctimeout.go` tells three ends apart:

    what came first                                            here
    the call's own timeout                                     RpcTimeout
    a deadline of the business, not more than 50 ms before     RpcTimeout
    a deadline of the business, more than 50 ms before         TimeoutByBusiness
    the caller went away                                       CancelledError, and its cause CanceledByBusiness
"""

from __future__ import annotations

import asyncio
from typing import Any

from kitexgen.runtime.call.deadline import Deadline, clock_here
from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.call.wheel import Allowance
from kitexgen.runtime.errors import CanceledByBusiness, RpcTimeout, TimeoutByBusiness

BUSINESS_THRESHOLD = 0.05
"""Seconds: a deadline that comes so little before the call's own timeout is not worth a name of its own."""


def give_up(call_next: Endpoint) -> Endpoint:
    """Raise RpcTimeout when the call is not over by its deadline. What runs further in is cancelled."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        deadline = info.deadline
        clock = clock_here()
        began = clock()
        try:
            if deadline is None:
                return await call_next(info, request)
            allowance = Allowance(deadline.at if deadline.clock is clock else deadline.left() + clock())
            with allowance:
                return await call_next(info, request)
        except TimeoutError as error:
            # A TimeoutError may be a middleware's own; only ours becomes RpcTimeout.
            if deadline is None or not allowance.has_expired:
                raise
            raise timed_out(info, deadline) from error
        except asyncio.CancelledError as cancelled:
            # asyncio wants this very error back; what it means for the call can only stand beside it. A call made
            # further in, by a middleware, has said so already.
            if cancelled.__cause__ is None:
                cancelled.__cause__ = canceled(info, clock() - began)
            raise

    return endpoint


def name_timeout(call_next: Endpoint) -> Endpoint:
    """The same for blocking clients, where the sockets keep the time and raise TimeoutError at the deadline."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        try:
            return await call_next(info, request)
        except TimeoutError as error:
            if info.deadline is None or info.deadline.left() > 0:
                raise
            raise timed_out(info, info.deadline) from error

    return endpoint


def timed_out(info: RpcInfo, deadline: Deadline) -> RpcTimeout:
    """The error for a call whose `deadline` is past. It took as long as is gone of what the deadline began with."""
    given, allowance = deadline.budget, info.timeout
    elapsed = given - deadline.left()
    if allowance is None or allowance - given > BUSINESS_THRESHOLD:
        return TimeoutByBusiness(given, allowance=allowance, elapsed=elapsed)
    return RpcTimeout(given, elapsed=elapsed)


def canceled(info: RpcInfo, elapsed: float) -> CanceledByBusiness:
    """What stands beside a CancelledError: the caller went away after `elapsed` seconds."""
    remote = None if info.address is None else str(info.address)
    return CanceledByBusiness(info.timeout, elapsed, service=info.destination, method=info.method.name, remote=remote)
