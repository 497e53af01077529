"""Listening: accepted connections, each with a receiver of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import Callable
from contextlib import suppress

from kitexgen.runtime.net.address import Address, TcpAddress, UnixAddress
from kitexgen.runtime.net.connection import Connection, Receiver, address_of

BACKLOG = 1024
"""Connections the kernel may hold before they are accepted; a burst of new clients should not be refused."""


class Listener:
    """A listening socket. `address` is where it really listens: a port of 0 has become a number."""

    def __init__(self, server: asyncio.Server, address: Address, inode: int | None) -> None:
        self._server = server
        self._inode = inode
        self.address = address

    def close(self) -> None:
        """Accept no more; connections already accepted live on. Removes the file of a unix socket. May be repeated."""
        self._server.close()
        if isinstance(self.address, UnixAddress) and self._inode is not None:
            with suppress(FileNotFoundError):
                # Someone else may listen on the same path by now: only our own file goes.
                if os.stat(self.address.path).st_ino == self._inode:
                    os.unlink(self.address.path)
            self._inode = None


async def listen(address: Address, make_receiver: Callable[[], Receiver], *, backlog: int = BACKLOG) -> Listener:
    """Listen on `address`; `:port` is every interface, port 0 any free one. Raises OSError when that cannot be.

    A socket file that a killed process left behind is replaced, as Kitex does.
    """
    loop = asyncio.get_running_loop()

    def connection() -> Connection:
        return Connection(make_receiver(), loop)

    if isinstance(address, TcpAddress):
        server = await loop.create_server(connection, _interface(address), address.port, backlog=backlog)
        return Listener(server, _bound(server), None)
    # asyncio would unlink whatever socket stands at a path, even one that is being served; so we bind it ourselves.
    bound = _bind_unix(address.path)
    server = await loop.create_unix_server(connection, sock=bound, backlog=backlog)
    return Listener(server, address, os.stat(address.path).st_ino)


def _interface(address: TcpAddress) -> str | None:
    """None is every interface, IPv4 and IPv6; but each would get a free port of its own, so `:0` means IPv4 alone."""
    if address.host:
        return address.host
    return None if address.port else "0.0.0.0"


def _bind_unix(path: str) -> socket.socket:
    _remove_stale(path)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(path)
    except BaseException:
        bound.close()
        raise
    return bound


def _bound(server: asyncio.Server) -> Address:
    """Where it listens; of several sockets (an IPv4 and an IPv6 one) the IPv4 one's, which more clients can reach."""
    sockets = sorted(server.sockets, key=lambda each: each.family != socket.AF_INET)
    return address_of(sockets[0].getsockname())


def _remove_stale(path: str) -> None:
    """Remove a socket file nobody listens on; anything else is left for `bind` to refuse."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            return
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
        except OSError:
            return
