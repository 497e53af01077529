"""ClientOptions: what can be set on a client, and what it is when nobody sets it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import EllipsisType
from typing import TypedDict, get_args

from kitexgen.runtime.call.endpoint import ErrorHandler, Middleware
from kitexgen.runtime.call.key_values import NOTHING
from kitexgen.runtime.call.settings import check_seconds, one_or_several
from kitexgen.runtime.channel.idle import IdleLimits
from kitexgen.runtime.channel.pending_calls import MuxLimits
from kitexgen.runtime.channel.reporter import PoolName, Reporter
from kitexgen.runtime.channel.warm_up import WarmUp
from kitexgen.runtime.client.format import check_word, client_format
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE, Format, ProtocolName, TransportName
from kitexgen.runtime.framing.validation import Guard, PayloadValidator, guards
from kitexgen.runtime.net.address import Address, parse_address
from kitexgen.runtime.net.tls import ClientTls
from kitexgen.runtime.service.info import Payload

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
    pool: PoolName
    idle: IdleLimits
    mux: MuxLimits
    reporter: Reporter | None
    warm_up: WarmUp | None
    tls: ssl.SSLContext | None
    server_hostname: str | None
    middlewares: Sequence[Middleware]
    unary_middlewares: Sequence[Middleware]
    instance_middlewares: Sequence[Middleware]
    error_handler: ErrorHandler | None
    caller: str
    tags: Mapping[str, str]
    checksum: bool
    validators: Sequence[PayloadValidator]
    stream_middlewares: Sequence[Middleware]
    send_middlewares: Sequence[Middleware]
    receive_middlewares: Sequence[Middleware]
    receive_timeout: float | None
    streams_per_connection: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """Times are in seconds, None for no limit. Where Kitex has a default that makes sense here, it is ours.

    `hosts`                  where the service is: calls start at each in turn, and go on to the next while one is not
                             up
    `format`                 transport and protocol. Kitex's clients speak framed binary to services of Thrift, and
                             `ttheader_framed` to those of Protobuf, as do ours (`client.format`)
    `timeout`                for a call that does not bring its own; the time to connect is part of it. A call that
                             brings `math.inf` has no limit
    `connect_timeout`        for one attempt to connect
    `max_message`            bytes of one message: a longer request is not sent, a longer answer not read
    `pool`                   `long` keeps connections for further calls, one at a time on each; `short` makes one for
                             each call; `mux` lets calls share them, which takes a TTHeader transport (the default then)
                             and a server that answers out of order, or at least in TTHeader
    `idle`                   which idle connections the long pool keeps
    `mux`                    how calls share connections in the mux pool
    `reporter`               is told of connections made, refused and used again
    `warm_up`                connections to make on `async with` or `with`, before the first call
    `tls`                    secures connections: the `tls` of the settings, an `ssl.SSLContext`, and their
                             `server_hostname`, the name that certificates must bear where it is not the host's
    `middlewares`            wrap every call, the first outermost
    `unary_middlewares`      the same, further out, for methods that do not stream
    `instance_middlewares`   wrap every attempt at one address, which they know
    `error_handler`          says what an error of connection or protocol, or one the peer answered, is to be instead
    `caller`                 the name of the service that this client is part of; callees are told
    `tags`                   put into `RpcInfo.tags` of every call, for middlewares
    `checksum`               whether requests carry a checksum, and those of answers are compared; for TTHeader alone
    `validators`             say more of payloads, and check what the other side says; for TTHeader alone
    `stream_middlewares`     wrap the opening of every stream, further out than `middlewares`, which wrap it too. The
                             request is None, the answer the stream
    `send_middlewares`       wrap the sending of every message of a stream; the request is the message
    `receive_middlewares`    wrap the receiving; the answer is the message, None at the end
    `receive_timeout`        how long each message of a stream may take to come
    `streams_per_connection` how many streams may share one. The protocol cannot hold back a single stream, so a slow
                             reader of one holds up all that share its connection; with 1 it holds up nobody
    `tells_connect_timeout`  whether `connect_timeout` was given, not a default: callees are told of it then
    """

    hosts: tuple[Address, ...] = ()
    format: Format = field(default=Format("framed", "binary"))
    timeout: float | None = None
    connect_timeout: float | None = DEFAULT_CONNECT_TIMEOUT
    max_message: int = DEFAULT_MAX_MESSAGE
    pool: PoolName = "long"
    idle: IdleLimits = field(default_factory=IdleLimits)
    mux: MuxLimits = field(default_factory=MuxLimits)
    reporter: Reporter | None = None
    warm_up: WarmUp | None = None
    tls: ClientTls | None = None
    middlewares: tuple[Middleware, ...] = ()
    unary_middlewares: tuple[Middleware, ...] = ()
    instance_middlewares: tuple[Middleware, ...] = ()
    error_handler: ErrorHandler | None = None
    caller: str = ""
    tags: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    checksum: bool = False
    validators: tuple[PayloadValidator, ...] = ()
    stream_middlewares: tuple[Middleware, ...] = ()
    send_middlewares: tuple[Middleware, ...] = ()
    receive_middlewares: tuple[Middleware, ...] = ()
    receive_timeout: float | None = None
    streams_per_connection: int = 1
    tells_connect_timeout: bool = False
    guards: tuple[Guard, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "guards", guards(checksum=self.checksum, validators=self.validators))


def client_options(
    payload: Payload = Payload.THRIFT,
    /,
    *,
    hosts: Sequence[str] = (),
    transport: TransportName | EllipsisType = ...,
    protocol: ProtocolName | EllipsisType = ...,
    timeout: float | None = None,
    connect_timeout: float | EllipsisType | None = ...,
    max_message: int = DEFAULT_MAX_MESSAGE,
    pool: PoolName = "long",
    idle: IdleLimits | None = None,
    mux: MuxLimits | None = None,
    reporter: Reporter | None = None,
    warm_up: WarmUp | None = None,
    tls: ssl.SSLContext | None = None,
    server_hostname: str | None = None,
    middlewares: Sequence[Middleware] = (),
    unary_middlewares: Sequence[Middleware] = (),
    instance_middlewares: Sequence[Middleware] = (),
    error_handler: ErrorHandler | None = None,
    caller: str = "",
    tags: Mapping[str, str] = NOTHING,
    checksum: bool = False,
    validators: Sequence[PayloadValidator] = (),
    stream_middlewares: Sequence[Middleware] = (),
    send_middlewares: Sequence[Middleware] = (),
    receive_middlewares: Sequence[Middleware] = (),
    receive_timeout: float | None = None,
    streams_per_connection: int = 1,
) -> ClientOptions:
    """The options that the keyword arguments of a client spell; names and defaults are those of `ClientSettings`.

    `payload` says in which IDL the service of the client is written.

    Raises ValueError for an address or a name that is none and for settings that do not go together, TypeError for an
    unknown argument.
    """
    if isinstance(hosts, str):
        raise TypeError(f'`hosts` is a list of addresses: write hosts=["{hosts}"]')
    if streams_per_connection < 1:
        raise ValueError("a connection carries at least one stream: `streams_per_connection` is 1 or more")
    check_word("pool", pool, get_args(PoolName))
    check_seconds("timeout", timeout)
    check_seconds("receive_timeout", receive_timeout)
    if connect_timeout is not ...:
        check_seconds("connect_timeout", connect_timeout)
    _check_pool_settings(pool, idle, mux)
    return ClientOptions(
        hosts=tuple(map(parse_address, hosts)),
        format=client_format(payload, transport, protocol, pool),
        timeout=timeout,
        connect_timeout=DEFAULT_CONNECT_TIMEOUT if connect_timeout is ... else connect_timeout,
        tells_connect_timeout=connect_timeout is not ...,
        max_message=max_message,
        pool=pool,
        idle=idle or IdleLimits(),
        mux=mux or MuxLimits(),
        reporter=reporter,
        warm_up=warm_up,
        tls=_client_tls(tls, server_hostname),
        middlewares=one_or_several(middlewares),
        unary_middlewares=one_or_several(unary_middlewares),
        instance_middlewares=one_or_several(instance_middlewares),
        error_handler=error_handler,
        caller=caller,
        tags=dict(tags),
        checksum=checksum,
        validators=one_or_several(validators),
        stream_middlewares=one_or_several(stream_middlewares),
        send_middlewares=one_or_several(send_middlewares),
        receive_middlewares=one_or_several(receive_middlewares),
        receive_timeout=receive_timeout,
        streams_per_connection=streams_per_connection,
    )


def _check_pool_settings(pool: PoolName, idle: IdleLimits | None, mux: MuxLimits | None) -> None:
    """Refuse the settings of another pool: whoever gives them believes in something that is not so."""
    if idle is not None and pool != "long":
        raise ValueError(f"`idle` is for pool `long`; pool `{pool}` keeps no idle connections")
    if mux is not None and pool != "mux":
        raise ValueError(f'`mux` is for pool `mux`, and this is `{pool}`: add pool="mux"')


def _client_tls(context: ssl.SSLContext | None, server_hostname: str | None) -> ClientTls | None:
    if context is not None:
        return ClientTls(context, server_hostname)
    if server_hostname is not None:
        raise ValueError("`server_hostname` is for TLS: give `tls` too, an ssl.SSLContext")
    return None
