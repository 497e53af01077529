"""Middlewares: what becomes of a handler's exceptions before other middlewares see them."""

from __future__ import annotations

from typing import Any

from kitexgen.runtime.call.endpoint import Endpoint, ErrorHandler, Middleware
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import BizStatusError
from kitexgen.runtime.protocol.results import result_shape


def record_biz_status(call_next: Endpoint) -> Endpoint:
    """Put a business status that the handler raises into `info.biz_status`: to middlewares the call went well."""

    async def endpoint(info: RpcInfo, request: Any) -> Any:
        try:
            return await call_next(info, request)
        except BizStatusError as status:
            info.biz_status = status
            return None

    return endpoint


def handle_errors(handler: ErrorHandler | None) -> Middleware:
    """Let `handler` say what an exception of the service's handler is to be instead; nothing when it is None.

    It is not asked about exceptions that the IDL declares and business statuses: those are answers.
    """

    def middleware(call_next: Endpoint) -> Endpoint:
        if handler is None:
            return call_next

        async def endpoint(info: RpcInfo, request: Any) -> Any:
            try:
                return await call_next(info, request)
            except BizStatusError:
                raise
            except Exception as error:
                if _is_declared(info, error):
                    raise
                replacement = handler(info, error)
                if replacement is error:
                    raise
                raise replacement from error

        return endpoint

    return middleware


def _is_declared(info: RpcInfo, error: Exception) -> bool:
    result = info.method.result
    return result is not None and any(isinstance(error, declared) for _, declared in result_shape(result).thrown)
