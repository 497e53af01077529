"""Dialling: a connection to an address, within a time."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypedDict, TypeVar

from kitexgen.runtime.errors import ConnectError
from kitexgen.runtime.net.address import Address, MemoryAddress, TcpAddress, UnixAddress
from kitexgen.runtime.net.blocking import BlockingConnection
from kitexgen.runtime.net.connection import Connection, Receiver
from kitexgen.runtime.net.memory import connect_memory, dial_memory
from kitexgen.runtime.net.probing import probe_when_silent
from kitexgen.runtime.net.reason import reason
from kitexgen.runtime.net.shared import SharedConnection
from kitexgen.runtime.net.socket_transport import attach
from kitexgen.runtime.net.tls import SHUTDOWN_TIMEOUT, ClientTls

_LEAST = 0.001
"""Seconds: a socket timeout of 0 would mean not to wait at all, which `connect` reports as an error of its own."""

AnyReceiver = TypeVar("AnyReceiver", bound=Receiver)


async def dial(
    address: Address,
    make_receiver: Callable[[], AnyReceiver],
    timeout: float | None,
    tls: ClientTls | None = None,
) -> AnyReceiver:
    """Connect to `address`; the receiver's `on_connect` has run when this returns it.

    `timeout` is in seconds, None for no limit; a TLS handshake is part of it. Raises ConnectError when no connection
    came up. In memory nothing takes time, and there is nothing to secure.
    """
    if isinstance(address, MemoryAddress):
        return await dial_memory(address, make_receiver)
    secured: _Secured = {} if tls is None else _secured(tls, address, timeout)
    loop = asyncio.get_running_loop()
    receiver = make_receiver()

    try:
        async with asyncio.timeout(timeout) as allowance:
            connected = await _connect_on(loop, address)
            try:
                connection = Connection(receiver, loop)
                if tls is None:
                    await attach(connected, connection, loop)
                else:
                    await loop.create_connection(lambda: connection, sock=connected, **secured)
            except BaseException:
                connected.close()
                raise
    except TimeoutError as error:
        # The operating system has its own, longer patience (ETIMEDOUT is a TimeoutError too).
        words = _too_slow(timeout) if allowance.expired() and timeout is not None else reason(error)
        raise ConnectError(words, remote=str(address)) from error
    except OSError as error:
        raise ConnectError(_failure(error, tls), remote=str(address)) from error
    return receiver


async def _connect_on(loop: asyncio.AbstractEventLoop, address: TcpAddress | UnixAddress) -> socket.socket:
    """A socket of `loop` that is connected, to the first of a host's addresses that takes it."""
    if isinstance(address, UnixAddress):
        return await _connect_one(loop, socket.AF_UNIX, address.path)
    host = address.host or "localhost"
    failure: OSError = ConnectionError(f"{host} has no address")
    for family, _, _, _, name in await _resolve(loop, host, address.port):
        try:
            return await _connect_one(loop, family, name)
        except OSError as error:
            failure = error
    raise failure


async def _resolve(loop: asyncio.AbstractEventLoop, host: str, port: int) -> list[tuple[Any, ...]]:
    """What `getaddrinfo` says; only names are asked of the network, which takes a thread."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (socket.gaierror, UnicodeError):
        with _names_as_known():
            return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)


@contextmanager
def _names_as_known() -> Iterator[None]:
    """A name that cannot be one (a label of 64 characters) is one that nobody knows."""
    try:
        yield
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from error


async def _connect_one(loop: asyncio.AbstractEventLoop, family: int, name: Any) -> socket.socket:
    connected = socket.socket(family, socket.SOCK_STREAM)
    try:
        connected.setblocking(False)
        await loop.sock_connect(connected, name)
        if family != socket.AF_UNIX:
            _prepare_tcp(connected)
    except BaseException:
        connected.close()
        raise
    return connected


def dial_blocking(address: Address, timeout: float | None, tls: ClientTls | None = None) -> BlockingConnection:
    """Connect to `address` with a plain socket; arguments and errors as in `dial`."""
    return BlockingConnection(_connect(address, timeout, tls), address)


def dial_shared(address: Address, timeout: float | None, tls: ClientTls | None = None) -> SharedConnection:
    """The same, for a connection that threads share."""
    return SharedConnection(_connect(address, timeout, tls), address)


def _connect(address: Address, timeout: float | None, tls: ClientTls | None) -> socket.socket:
    if isinstance(address, MemoryAddress):
        return connect_memory(address)
    name = None if tls is None else tls.name_at(address)
    ends = None if timeout is None else time.monotonic() + timeout
    try:
        if isinstance(address, TcpAddress):
            connected = _connect_tcp(address, ends)
        else:
            connected = _connect_unix(address.path, ends)
        return connected if tls is None else _secure(connected, tls, name, ends)
    except TimeoutError as error:
        words = reason(error) if timeout is None else _too_slow(timeout)
        raise ConnectError(words, remote=str(address)) from error
    except OSError as error:
        raise ConnectError(_failure(error, tls), remote=str(address)) from error


class _Secured(TypedDict, total=False):
    """The arguments by which asyncio's connecting functions are told of TLS."""

    ssl: ssl.SSLContext
    server_hostname: str
    ssl_handshake_timeout: float
    ssl_shutdown_timeout: float


def _secured(tls: ClientTls, address: Address, timeout: float | None) -> _Secured:
    arguments = _Secured(
        ssl=tls.context,
        server_hostname=tls.name_at(address) or "",  # to asyncio, "" is no name and None the host's
        ssl_shutdown_timeout=SHUTDOWN_TIMEOUT,
    )
    if timeout is not None:
        # The allowance round all of it ends first, and says so in our words.
        arguments["ssl_handshake_timeout"] = timeout + 1
    return arguments


def _failure(error: OSError, tls: ClientTls | None) -> str:
    """Why no connection came up. A peer that expects no TLS closes when it reads a handshake."""
    cut = isinstance(error, ssl.SSLEOFError | ConnectionResetError | ConnectionAbortedError | BrokenPipeError)
    if tls is not None and cut:
        return "cannot connect: the peer closed during the TLS handshake; perhaps it does not speak TLS"
    return f"cannot connect: {reason(error)}"


def _secure(connected: socket.socket, tls: ClientTls, name: str | None, ends: float | None) -> ssl.SSLSocket:
    """The handshake. Closes the socket when it fails."""
    try:
        connected.settimeout(_left(ends))
        return tls.context.wrap_socket(connected, server_hostname=name)
    except BaseException:
        connected.close()
        raise


def _left(ends: float | None) -> float | None:
    return None if ends is None else max(ends - time.monotonic(), _LEAST)


def _connect_tcp(address: TcpAddress, ends: float | None) -> socket.socket:
    """A connection to the first of the host's addresses that takes one, before the moment `ends`."""
    host = address.host or "localhost"
    failure: OSError = ConnectionError(f"{host} has no address")
    with _names_as_known():
        names = socket.getaddrinfo(host, address.port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _, name in names:
        connected = socket.socket(family, kind, protocol)
        try:
            connected.settimeout(_left(ends))
            connected.connect(name)
            _prepare_tcp(connected)
            return connected
        except OSError as error:
            connected.close()
            failure = error
        except BaseException:
            connected.close()
            raise
    raise failure


def _prepare_tcp(connected: socket.socket) -> None:
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    probe_when_silent(connected)


def _connect_unix(path: str, ends: float | None) -> socket.socket:
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connected.settimeout(_left(ends))
        connected.connect(path)
    except BaseException:
        connected.close()
        raise
    return connected


def _too_slow(timeout: float) -> str:
    return f"no connection within {timeout:g} s"
