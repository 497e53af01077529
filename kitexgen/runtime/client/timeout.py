"""Middlewares: give up on a call at its deadline; say where a call failed."""

from __future__ import annotations

import asyncio
from typing import Any

from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import RpcTimeout


def give_up(call_next: Endpoint) -> Endpoint:
    """Raise RpcTimeout when the call is not over by its deadline. What runs further in is cancelled."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        if info.deadline is None:
            return await call_next(info, request)
        try:
            async with asyncio.timeout(info.deadline.left()) as allowance:
                return await call_next(info, request)
        except TimeoutError as error:
            # A TimeoutError may be a middleware's own; only ours becomes RpcTimeout.
            if not allowance.expired():
                raise
            raise RpcTimeout(info.deadline.budget) from error

    return endpoint


def name_timeout(call_next: Endpoint) -> Endpoint:
    """The same for blocking clients, where the sockets keep the time and raise TimeoutError at the deadline."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        try:
            return await call_next(info, request)
        except TimeoutError as error:
            if info.deadline is None or info.deadline.left() > 0:
                raise
            raise RpcTimeout(info.deadline.budget) from error

    return endpoint
