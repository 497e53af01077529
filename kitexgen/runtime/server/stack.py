"""The onion of a server as a list, outermost first, each line saying why it stands there.

The order is Kitex's (reference/runtime.md 5.4); what later layers bring has its place marked.
"""

from __future__ import annotations

from kitexgen.runtime.call.endpoint import Endpoint, ErrorHandler, Middleware, chain
from kitexgen.runtime.call.ownership import (
    check_answer,
    check_arguments,
    own_answer,
    own_arguments,
    owning,
)
from kitexgen.runtime.server.dispatch import dispatch
from kitexgen.runtime.server.failures import handle_errors, record_biz_status
from kitexgen.runtime.server.handler_stream import StreamEndpoints, dispatch_stream, receive_message, send_message
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.overdue import stop_overdue
from kitexgen.runtime.server.routing import Routes
from kitexgen.runtime.server.workers import WorkerPool


def server_stack(options: ServerOptions, routes: Routes, workers: WorkerPool) -> Endpoint:
    """The endpoint that every call of a server goes through."""
    # A business status of the handler is no failure to any of the layers.
    return chain(server_layers(options), dispatch(routes, workers))


def server_layers(options: ServerOptions) -> tuple[Middleware, ...]:
    """What stands before `dispatch`."""
    return (
        *owning(check_answer),  # outside of all: right before the answer is written
        *((stop_overdue,) if options.enforce_deadline else ()),  # the caller's deadline covers all further in
        *options.middlewares,  # in the order given; they see declared exceptions and all others as raised
        # ACL
        *options.unary_middlewares,
        *_answering_errors(options.error_handler),  # sees the handler's errors alone, not those of middlewares
        *owning(own_answer),  # what the handler gives is the call's from here on
    )


def _answering_errors(handler: ErrorHandler | None) -> tuple[Middleware, ...]:
    """None without a handler: an endpoint that does nothing costs a call half a microsecond."""
    # What it gives instead of an error may be a business status again.
    return () if handler is None else (record_biz_status, handle_errors(handler))


def stream_endpoints(options: ServerOptions, routes: Routes) -> StreamEndpoints:
    """What the streams of a server go through. No deadline comes with a stream."""
    return StreamEndpoints(
        serve=chain(
            (
                *options.middlewares,
                # ACL
                *options.stream_middlewares,
                record_biz_status,
                handle_errors(options.error_handler),
            ),
            dispatch_stream(routes),
        ),
        send=chain((*owning(own_arguments), *options.send_middlewares, *owning(check_arguments)), send_message),
        receive=chain(options.receive_middlewares, receive_message),
    )
