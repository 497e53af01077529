"""Middleware: errors of a call name its service, method and address."""

from __future__ import annotations

from typing import Any

from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import RpcError


def locate(call_next: Endpoint) -> Endpoint:
    """Add to an RpcError what those who raised it could not know."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        try:
            return await call_next(info, request)
        except RpcError as error:
            locate_error(error, info)
            raise

    return endpoint


def locate_error(error: RpcError, info: RpcInfo) -> None:
    """Tell `error` in which call it happened."""
    remote = None if info.address is None else str(info.address)
    error.during(service=info.destination, method=info.method.name, remote=remote)
