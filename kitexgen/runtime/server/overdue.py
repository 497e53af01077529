"""Middleware: stop a handler whose caller has stopped waiting."""

from __future__ import annotations

import asyncio
from typing import Any

from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import RpcTimeout


def stop_overdue(call_next: Endpoint) -> Endpoint:
    """Cancel what runs further in when the deadline that came with the call is past; calls it makes end with it.

    Kitex's `WithEnableContextTimeout` ends the handler's context then, which a Go handler must look at itself. A plain
    handler cannot be stopped: its thread runs on, and what it returns is dropped.
    """

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        deadline = info.deadline
        if deadline is None:
            return await call_next(info, request)
        try:
            async with asyncio.timeout(deadline.left()) as allowance:
                return await call_next(info, request)
        except TimeoutError as error:
            # A TimeoutError may be the handler's own.
            if not allowance.expired():
                raise
            elapsed = deadline.budget - deadline.left()
            raise RpcTimeout(deadline.budget, elapsed=elapsed, service=info.destination, method=info.method.name) from (
                error
            )

    return endpoint
