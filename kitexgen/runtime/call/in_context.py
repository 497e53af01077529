"""Middlewares that wrap the calls made in a block, whatever client makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from kitexgen.runtime.call.endpoint import Endpoint, Middleware, chain
from kitexgen.runtime.call.info import RpcInfo

_MIDDLEWARES: ContextVar[tuple[Middleware, ...]] = ContextVar("kitexgen_middlewares", default=())


middlewares_here: Callable[[], tuple[Middleware, ...]] = _MIDDLEWARES.get
"""Those of the blocks that a call is made in."""


@contextmanager
def middlewares(*added: Middleware) -> Iterator[None]:
    """Wrap the calls made in the block in `added`, the first outermost:

        with middlewares(count_bytes):
            user = await users.get_user(request)

    They stand outside of the client's own. Blocks may be nested: those of the outer block are further out.
    """
    token = _MIDDLEWARES.set((*_MIDDLEWARES.get(), *added))
    try:
        yield
    finally:
        _MIDDLEWARES.reset(token)


def in_context(call_next: Endpoint) -> Endpoint:
    """The middleware that runs those of the block the call is made in."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        found = middlewares_here()
        return await (chain(found, call_next) if found else call_next)(info, request)

    return endpoint
