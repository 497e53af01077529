"""Middlewares: what becomes of failures at the two ends of a client's onion."""

from __future__ import annotations

from typing import Any

from kitexgen.runtime.call.endpoint import Endpoint, ErrorHandler, Middleware
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import KitexError


def raise_biz_status(call_next: Endpoint) -> Endpoint:
    """Raise the business status that the answer brought. To all further in the call went well."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        value = await call_next(info, request)
        if info.biz_status is not None:
            raise info.biz_status
        return value

    return endpoint


def handle_errors(handler: ErrorHandler | None) -> Middleware:
    """Let `handler` say what an error of connection or protocol, or one that the peer answered, is to be instead.

    Exceptions that the IDL declares are answers, and not shown to it. Nothing when it is None.
    """

    def middleware(call_next: Endpoint) -> Endpoint:
        if handler is None:
            return call_next

        async def endpoint(info: RpcInfo, request: Any) -> Any:
            try:
                return await call_next(info, request)
            except KitexError as error:
                replacement = handler(info, error)
                if replacement is error:
                    raise
                raise replacement from error

        return endpoint

    return middleware
