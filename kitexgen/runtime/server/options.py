"""ServerOptions: what can be set on a server, and what it is when nobody sets it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from kitexgen.runtime.call.endpoint import ErrorHandler, Middleware
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE
from kitexgen.runtime.net.address import Address


class ServerSettings(TypedDict, total=False):
    """The keyword arguments of servers; meaning and defaults stand at `ServerOptions`."""

    middlewares: Sequence[Middleware]
    unary_middlewares: Sequence[Middleware]
    error_handler: ErrorHandler | None
    enforce_deadline: bool
    checksum: bool
    on_start: Callable[[Address], object] | None
    max_message: int
    max_connections: int | None
    workers: int
    worker_queue: int
    read_timeout: float | None
    write_timeout: float | None
    idle_timeout: float | None
    late_requests: float
    exit_wait: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """Times are in seconds, None for no limit. Where Kitex has a default that makes sense here, it is ours.

    `middlewares`        wrap every handler, the first outermost
    `unary_middlewares`  the same, further in, for methods that do not stream
    `error_handler`      says what an exception of a handler is to be instead, a business status perhaps
    `enforce_deadline`   whether a handler is cancelled when the deadline that came with the call is past. Without, the
                         handler sees it in `current().deadline`, and nobody acts on it
    `checksum`           whether the checksums of requests are compared, and answers carry one; for TTHeader alone
    `on_start`           called once the server listens, with the address it has got
    `max_message`        bytes of one request
    `max_connections`    further ones are closed at once
    `workers`            threads for plain `def` handlers
    `worker_queue`       calls that may wait for a worker; more are refused with INTERNAL_ERROR
    `read_timeout`       how long the rest of a request that has begun may stay away
    `write_timeout`      how long a peer may take nothing of its answers
    `idle_timeout`       how long a connection may stand without a request
    `late_requests`      on stop: how long connections stay open for requests already on their way
    `exit_wait`          on stop: how long calls in flight may take to end; then they are cancelled
    """

    middlewares: tuple[Middleware, ...] = ()
    unary_middlewares: tuple[Middleware, ...] = ()
    error_handler: ErrorHandler | None = None
    enforce_deadline: bool = False
    checksum: bool = False
    on_start: Callable[[Address], object] | None = None
    max_message: int = DEFAULT_MAX_MESSAGE
    max_connections: int | None = None
    workers: int = min(32, (os.cpu_count() or 1) + 4)
    worker_queue: int = 1024
    read_timeout: float | None = 5.0
    write_timeout: float | None = 5.0
    idle_timeout: float | None = 600.0
    late_requests: float = 0.1
    exit_wait: float = 5.0

    def __post_init__(self) -> None:
        if self.workers < 1 or self.worker_queue < 0 or self.max_message < 1:
            raise ValueError("a server needs at least one worker and one byte a message, and no negative queue")


def server_options(settings: ServerSettings) -> ServerOptions:
    """The options that `settings` spell. Raises TypeError for a name that is none."""
    values = dict(settings)
    for name in ("middlewares", "unary_middlewares"):
        if name in values:
            values[name] = tuple(values[name])  # type: ignore[arg-type]  # likewise
    return ServerOptions(**values)  # type: ignore[arg-type]  # the TypedDict has checked them by name
