"""ClientOptions: what can be set on a client, and what it is when nobody sets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict, get_args

from kitexgen.runtime.call.endpoint import Middleware
from kitexgen.runtime.channel.idle import IdleLimits
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE, Format, ProtocolName, TransportName
from kitexgen.runtime.net.address import Address, parse_address


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """Times are in seconds, None for no limit. Where Kitex has a default that makes sense here, it is ours.

    `hosts`            where the service is: calls start at each in turn, and go on to the next while one is not up
    `format`           transport and protocol; Kitex's clients speak framed binary
    `timeout`          for a call that does not bring its own; the time to connect is part of it. A call that brings
                       `math.inf` has no limit
    `connect_timeout`  for one attempt. Kitex's 50 ms is too short for a loop that has other work to do
    `max_message`      bytes of one answer
    `idle`             which idle connections are kept
    `middlewares`      wrap every call, the first outermost
    """

    hosts: tuple[Address, ...] = ()
    format: Format = field(default=Format("framed", "binary"))
    timeout: float | None = None
    connect_timeout: float | None = 1.0
    max_message: int = DEFAULT_MAX_MESSAGE
    idle: IdleLimits = field(default_factory=IdleLimits)
    middlewares: tuple[Middleware, ...] = ()


def client_options(
    *,
    hosts: Sequence[str] = (),
    transport: TransportName = "framed",
    protocol: ProtocolName = "binary",
    timeout: float | None = None,
    connect_timeout: float | None = 1.0,
    max_message: int = DEFAULT_MAX_MESSAGE,
    idle: IdleLimits | None = None,
    middlewares: Sequence[Middleware] = (),
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
        connect_timeout=connect_timeout,
        max_message=max_message,
        idle=idle or IdleLimits(),
        middlewares=tuple(middlewares),
    )


def _check(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} `{value}` is unknown: use {' or '.join(allowed)}")
