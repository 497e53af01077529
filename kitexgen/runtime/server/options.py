"""ServerOptions: what can be set on a server, and what it is when nobody sets it."""

from __future__ import annotations

import os
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypedDict

from kitexgen.runtime.call.endpoint import ErrorHandler, Middleware
from kitexgen.runtime.call.settings import check_seconds, one_or_several
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE
from kitexgen.runtime.framing.validation import Guard, PayloadValidator, guards
from kitexgen.runtime.net.address import Address

StartHook: TypeAlias = Callable[[Address], Awaitable[object] | object]
"""Gets the address that the server has got; what it returns is awaited if it can be."""

StopHook: TypeAlias = Callable[[], Awaitable[object] | object]


class ServerSettings(TypedDict, total=False):
    """The keyword arguments of servers; meaning and defaults stand at `ServerOptions`."""

    middlewares: Sequence[Middleware]
    unary_middlewares: Sequence[Middleware]
    stream_middlewares: Sequence[Middleware]
    send_middlewares: Sequence[Middleware]
    receive_middlewares: Sequence[Middleware]
    error_handler: ErrorHandler | None
    enforce_deadline: bool
    checksum: bool
    validators: Sequence[PayloadValidator]
    requires_service_name: bool
    on_start: StartHook | Sequence[StartHook]
    on_stop: StopHook | Sequence[StopHook]
    max_message: int
    max_connections: int | None
    max_in_flight: int | None
    max_concurrent: int
    worker_threads: int
    worker_queue: int
    reuse_port: bool
    tls: ssl.SSLContext | None
    read_timeout: float | None
    arrival_timeout: float | None
    write_timeout: float | None
    idle_timeout: float | None
    late_requests: float
    exit_wait: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """Times are in seconds, None for no limit. Where Kitex has a default that makes sense here, it is ours.

    `middlewares`            wrap every handler, the first outermost
    `unary_middlewares`      the same, further in, for methods that do not stream
    `stream_middlewares`     the same for methods that stream; the request is the stream, the answer None
    `send_middlewares`       wrap the sending of every message of a stream; the request is the message
    `receive_middlewares`    wrap the receiving; the answer is the message, None when the client sends no more
    `error_handler`          says what an exception of a handler is to be instead, a business status perhaps
    `enforce_deadline`       whether a handler is cancelled when the deadline that came with the call is past. Without,
                             the handler sees it in `current().deadline`, and nobody acts on it
    `checksum`               whether the checksums of requests are compared, and answers carry one; for TTHeader alone
    `validators`             say more of payloads, and check what the other side says; for TTHeader alone
    `requires_service_name`  whether only requests that name their service are served, which takes a TTHeader; several
                             services may have methods of one name then
    `on_start`               hooks, or one: called in order once the server listens. One that fails stops the server
    `on_stop`                hooks, or one: called in order before the server stops. One that fails is in the log
    `max_message`            bytes of one message: a longer request closes its connection, a longer answer becomes an
                             INTERNAL_ERROR
    `max_connections`        further ones are closed at once
    `max_in_flight`          calls at work at the same time, over all connections; more are refused with INTERNAL_ERROR
    `max_concurrent`         calls at work at the same time for one multiplexed connection; more have to wait. So many
                             streams may be open on one connection; more are refused with INTERNAL_ERROR
    `worker_threads`         threads for plain `def` handlers
    `worker_queue`           calls that may wait for a thread; more are refused with INTERNAL_ERROR
    `reuse_port`             whether others may listen on the same port at the same time (SO_REUSEPORT)
    `tls`                    the context that secures connections; None for plain ones
    `read_timeout`           how long the rest of a request that has begun may stay away
    `arrival_timeout`        how long a request may take from its first byte to its last
    `write_timeout`          how long a peer may take to take 4 KB of its answers, or what is left of them
    `idle_timeout`           how long a connection may stand without a request
    `late_requests`          on stop: how long connections stay open for requests already on their way
    `exit_wait`              on stop: how long calls in flight may take to end; then they are cancelled
    """

    middlewares: tuple[Middleware, ...] = ()
    unary_middlewares: tuple[Middleware, ...] = ()
    stream_middlewares: tuple[Middleware, ...] = ()
    send_middlewares: tuple[Middleware, ...] = ()
    receive_middlewares: tuple[Middleware, ...] = ()
    error_handler: ErrorHandler | None = None
    enforce_deadline: bool = False
    checksum: bool = False
    validators: tuple[PayloadValidator, ...] = ()
    requires_service_name: bool = False
    on_start: tuple[StartHook, ...] = ()
    on_stop: tuple[StopHook, ...] = ()
    max_message: int = DEFAULT_MAX_MESSAGE
    max_connections: int | None = None
    max_in_flight: int | None = None
    max_concurrent: int = 1024
    worker_threads: int = min(32, (os.cpu_count() or 1) + 4)
    worker_queue: int = 1024
    reuse_port: bool = False
    tls: ssl.SSLContext | None = None
    read_timeout: float | None = 5.0
    arrival_timeout: float | None = 60.0
    write_timeout: float | None = 5.0
    idle_timeout: float | None = 600.0
    late_requests: float = 0.1
    exit_wait: float = 5.0
    guards: tuple[Guard, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "guards", guards(checksum=self.checksum, validators=self.validators))
        for name in ("worker_threads", "max_message", "max_concurrent"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        for name in ("worker_queue", "max_connections", "max_in_flight"):
            if (getattr(self, name) or 0) < 0:
                raise ValueError(f"{name} must not be negative")
        for name in ("read_timeout", "arrival_timeout", "write_timeout", "idle_timeout"):
            check_seconds(name, getattr(self, name))
        for name in ("late_requests", "exit_wait"):
            check_seconds(name, getattr(self, name), has_limit=True)


_LISTS = (
    "middlewares",
    "unary_middlewares",
    "stream_middlewares",
    "send_middlewares",
    "receive_middlewares",
    "validators",
    "on_start",
    "on_stop",
)


def server_options(settings: ServerSettings) -> ServerOptions:
    """The options of `settings`. Raises TypeError for an unknown name or a bad type, ValueError for a bad value."""
    values: dict[str, object] = dict(settings)
    for name in _LISTS:
        if name in values:
            values[name] = one_or_several(values[name])
    return ServerOptions(**values)  # type: ignore[arg-type]  # the TypedDict has checked them by name
