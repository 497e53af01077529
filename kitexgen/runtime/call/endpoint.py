"""Endpoint, the shape of everything a call passes through; Middleware, what wraps one; chain, which joins them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias

from kitexgen.runtime.call.info import RpcInfo

Endpoint: TypeAlias = Callable[[RpcInfo, Any], Awaitable[Any]]
"""Takes the call and its arguments record, gives the method's value (None for void and oneway).

A declared exception is raised as itself, every other failure as one of `kitexgen.runtime.errors`. A business status is
no failure, as in Kitex: it stands in `RpcInfo.biz_status`, the value is None, and it is raised outside of all
middlewares.
"""

Middleware: TypeAlias = Callable[[Endpoint], Endpoint]
"""Gets the endpoint further in, gives the one that wraps it. Called once, when the client or server is built."""

ErrorHandler: TypeAlias = Callable[[RpcInfo, Exception], Exception]
"""Gets the error that a call failed with, gives the one to be raised instead: another, or the same."""


def chain(middlewares: Iterable[Middleware], innermost: Endpoint) -> Endpoint:
    """`innermost` wrapped in all `middlewares`; the first is the outermost, as in Kitex."""
    endpoint = innermost
    for middleware in reversed(tuple(middlewares)):
        endpoint = middleware(endpoint)
    return endpoint
