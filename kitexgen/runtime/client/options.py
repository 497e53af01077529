"""ClientOptions: what can be set on a client, and what it is when nobody sets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import EllipsisType
from typing import TypedDict, get_args

from kitexgen.runtime.call.endpoint import ErrorHandler, Middleware
from kitexgen.runtime.call.key_values import NOTHING
from kitexgen.runtime.channel.idle import IdleLimits
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE, Format, ProtocolName, TransportName
from kitexgen.runtime.net.address import Address, parse_address

DEFAULT_CONNECT_TIMEOUT = 1.0
"""Seconds. Kitex's 50 ms is too short for a loop that has other work to do."""


class ClientSettings(TypedDict, total=False):
    """The keyword arguments of clients; meaning and defaults stand at `ClientOptions`."""

    hosts: Sequence[str]
    transport: TransportName
    protocol: ProtocolName
    timeout: float | None
    connect_timeout: float | None
    max_message: int
    idle: IdleLimits
    middlewares: Sequence[Middleware]
    unary_middlewares: Sequence[Middleware]
    instance_middlewares: Sequence[Middleware]
    error_handler: ErrorHandler | None
    caller: str
    tags: Mapping[str, str]
    checksum: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """Times are in seconds, None for no limit. Where Kitex has a default that makes sense here, it is ours.

    `hosts`                  where the service is: calls start at each in turn, and go on to the next while one is not
                             up
    `format`                 transport and protocol; Kitex's clients speak framed binary
    `timeout`                for a call that does not bring its own; the time to connect is part of it. A call that
                             brings `math.inf` has no limit
    `connect_timeout`        for one attempt to connect
    `max_message`            bytes of one answer
    `idle`                   which idle connections are kept
    `middlewares`            wrap every call, the first outermost
    `unary_middlewares`      the same, further out, for methods that do not stream
    `instance_middlewares`   wrap every attempt at one address, which they know
    `error_handler`          says what an error of connection or protocol, or one the peer answered, is to be instead
    `caller`                 the name of the service that this client is part of; callees are told
    `tags`                   put into `RpcInfo.tags` of every call, for middlewares
    `checksum`               whether requests carry a checksum, and those of answers are compared; for TTHeader alone
    `tells_connect_timeout`  whether `connect_timeout` was given, not a default: callees are told of it then
    """

    hosts: tuple[Address, ...] = ()
    format: Format = field(default=Format("framed", "binary"))
    timeout: float | None = None
    connect_timeout: float | None = DEFAULT_CONNECT_TIMEOUT
    max_message: int = DEFAULT_MAX_MESSAGE
    idle: IdleLimits = field(default_factory=IdleLimits)
    middlewares: tuple[Middleware, ...] = ()
    unary_middlewares: tuple[Middleware, ...] = ()
    instance_middlewares: tuple[Middleware, ...] = ()
    error_handler: ErrorHandler | None = None
    caller: str = ""
    tags: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    checksum: bool = False
    tells_connect_timeout: bool = False


def client_options(
    *,
    hosts: Sequence[str] = (),
    transport: TransportName = "framed",
    protocol: ProtocolName = "binary",
    timeout: float | None = None,
    connect_timeout: float | EllipsisType | None = ...,
    max_message: int = DEFAULT_MAX_MESSAGE,
    idle: IdleLimits | None = None,
    middlewares: Sequence[Middleware] = (),
    unary_middlewares: Sequence[Middleware] = (),
    instance_middlewares: Sequence[Middleware] = (),
    error_handler: ErrorHandler | None = None,
    caller: str = "",
    tags: Mapping[str, str] = NOTHING,
    checksum: bool = False,
) -> ClientOptions:
    """The options that the keyword arguments of a client spell; names and defaults are those of `ClientSettings`.

    Raises ValueError for an address or a name that is none, TypeError for an unknown argument.
    """
    if isinstance(hosts, str):
        raise TypeError(f'`hosts` is a list of addresses: write hosts=["{hosts}"]')
    _check("transport", transport, get_args(TransportName))
    _check("protocol", protocol, get_args(ProtocolName))
    return ClientOptions(
        hosts=tuple(map(parse_address, hosts)),
        format=Format(transport, protocol),
        timeout=timeout,
        connect_timeout=DEFAULT_CONNECT_TIMEOUT if connect_timeout is ... else connect_timeout,
        tells_connect_timeout=connect_timeout is not ...,
        max_message=max_message,
        idle=idle or IdleLimits(),
        middlewares=tuple(middlewares),
        unary_middlewares=tuple(unary_middlewares),
        instance_middlewares=tuple(instance_middlewares),
        error_handler=error_handler,
        caller=caller,
        tags=dict(tags),
        checksum=checksum,
    )


def _check(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} `{value}` is unknown: use {' or '.join(allowed)}")
