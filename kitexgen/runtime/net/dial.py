"""Dialling: a connection to an address, within a time."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import TypeVar

from kitexgen.runtime.errors import ConnectError
from kitexgen.runtime.net.address import Address, TcpAddress
from kitexgen.runtime.net.blocking import BlockingConnection
from kitexgen.runtime.net.connection import Connection, Receiver
from kitexgen.runtime.net.reason import reason

_LEAST = 0.001
"""Seconds: a socket timeout of 0 would mean not to wait at all, which `connect` reports as an error of its own."""

AnyReceiver = TypeVar("AnyReceiver", bound=Receiver)


async def dial(address: Address, make_receiver: Callable[[], AnyReceiver], timeout: float | None) -> AnyReceiver:
    """Connect to `address`; the receiver's `on_connect` has run when this returns it.

    `timeout` is in seconds, None for no limit. Raises ConnectError when no connection came up.
    """
    loop = asyncio.get_running_loop()
    receiver = make_receiver()

    def connection() -> Connection:
        return Connection(receiver, loop)

    try:
        async with asyncio.timeout(timeout) as allowance:
            if isinstance(address, TcpAddress):
                await loop.create_connection(connection, address.host or "localhost", address.port)
            else:
                await loop.create_unix_connection(connection, address.path)
    except TimeoutError as error:
        # The operating system has its own, longer patience (ETIMEDOUT is a TimeoutError too).
        words = _too_slow(timeout) if allowance.expired() and timeout is not None else reason(error)
        raise ConnectError(words, remote=str(address)) from error
    except OSError as error:
        raise ConnectError(f"cannot connect: {reason(error)}", remote=str(address)) from error
    return receiver


def dial_blocking(address: Address, timeout: float | None) -> BlockingConnection:
    """Connect to `address` with a plain socket; arguments and errors as in `dial`."""
    try:
        if isinstance(address, TcpAddress):
            connected = _connect_tcp(address, timeout)
        else:
            connected = _connect_unix(address.path, timeout)
    except TimeoutError as error:
        words = reason(error) if timeout is None else _too_slow(timeout)
        raise ConnectError(words, remote=str(address)) from error
    except OSError as error:
        raise ConnectError(f"cannot connect: {reason(error)}", remote=str(address)) from error
    return BlockingConnection(connected, address)


def _connect_tcp(address: TcpAddress, timeout: float | None) -> socket.socket:
    """A connection to the first of the host's addresses that takes one; `timeout` is for all of them together."""
    ends = None if timeout is None else time.monotonic() + timeout
    host = address.host or "localhost"
    failure: OSError = ConnectionError(f"{host} has no address")
    for family, kind, protocol, _, name in socket.getaddrinfo(host, address.port, type=socket.SOCK_STREAM):
        connected = socket.socket(family, kind, protocol)
        try:
            connected.settimeout(None if ends is None else max(ends - time.monotonic(), _LEAST))
            connected.connect(name)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connected
        except OSError as error:
            connected.close()
            failure = error
        except BaseException:
            connected.close()
            raise
    raise failure


def _connect_unix(path: str, timeout: float | None) -> socket.socket:
    connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connected.settimeout(timeout)
        connected.connect(path)
    except BaseException:
        connected.close()
        raise
    return connected


def _too_slow(timeout: float) -> str:
    return f"no connection within {timeout:g} s"
