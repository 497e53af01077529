"""The innermost endpoint of a server: run the handler; and what its errors are to the caller."""

from __future__ import annotations

import logging
from typing import Any

from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import ApplicationError, ApplicationErrorType, BizStatusError, OverLimit, StreamCanceled
from kitexgen.runtime.model.service_error import ServiceError
from kitexgen.runtime.server.routing import Routes
from kitexgen.runtime.server.workers import WorkerPool

_LOG = logging.getLogger("kitexgen.server")


def dispatch(routes: Routes, workers: WorkerPool) -> Endpoint:
    """The endpoint that gives a call to its handler: `async def` on the loop, plain `def` on a worker.

    A business status that the handler raises is put into `info.biz_status`: to all further out the call went well.
    """

    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        bound = routes.bound(info.service, info.method.name)
        parameters = bound.parameters
        if parameters is None:
            values: tuple[Any, ...] = (arguments,)
        elif len(parameters) == 1:  # what most methods have; a generator would cost as much as all the rest
            values = (getattr(arguments, parameters[0]),)
        else:
            values = tuple([getattr(arguments, each) for each in parameters])
        try:
            if bound.is_async:
                return await bound.function(*values)
            answer = await workers.run(bound.function, *values)
            # A plain function may be a wrapper round an async one; then only the making of the coroutine ran elsewhere.
            return await answer if hasattr(answer, "__await__") else answer
        except BizStatusError as status:
            info.biz_status = status
            return None

    return endpoint


def failure(info: RpcInfo, error: BaseException) -> ApplicationError:
    """What a caller is told of an exception that the IDL does not declare, in Kitex's words; the log has it whole.

    An ApplicationError that the handler made keeps its number: `<message> [biz error]`. One that a call by the handler
    brought back does not: the number spoke of another service. All else is INTERNAL_ERROR: `biz error: <text>`.
    """
    if isinstance(error, OverLimit):
        return ApplicationError(ApplicationErrorType.INTERNAL_ERROR, error.reason)
    if isinstance(error, ApplicationError) and error.remote is None:
        return ApplicationError(error.type, f"{error.message} [biz error]")
    _LOG.error("%s failed (called by %s)", info.full_name, info.address, exc_info=error)
    return ApplicationError(ApplicationErrorType.INTERNAL_ERROR, f"biz error: {_text(error)}")


def stream_failure(info: RpcInfo, error: BaseException) -> ApplicationError:
    """What the client of a stream is told of an exception of its handler: always INTERNAL_ERROR, as in Kitex.

    Declared exceptions are no exception: a stream has no result to carry them.
    """
    if not isinstance(error, StreamCanceled):
        _LOG.error("%s failed (called by %s)", info.full_name, info.address, exc_info=error)
    text = repr(error) if isinstance(error, ServiceError) else _text(error)
    return ApplicationError(ApplicationErrorType.INTERNAL_ERROR, f"biz error: {text}")


def _text(error: BaseException) -> str:
    """What the error says, or its class when it says nothing, or cannot: a handler's error is anybody's code.

    A KeyError says only the key, an exception of the IDL only its fields: of these the class is told too.
    """
    try:
        text = str(error)
        return repr(error) if text and isinstance(error, KeyError | ServiceError) else text or type(error).__name__
    except Exception:
        return type(error).__name__
