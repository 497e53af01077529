"""Listening: accepted connections, each with a receiver of its own.

Not `loop.create_server`: when that is closed while a connection is being accepted, the connection is lost with an
AssertionError in the log, and those in the kernel's queue are reset. A server that restarts must lose none.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import ssl
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeAlias

from kitexgen.runtime.net.address import Address, MemoryAddress, TcpAddress, UnixAddress
from kitexgen.runtime.net.connection import Connection, Receiver, address_of
from kitexgen.runtime.net.memory import MemoryListener
from kitexgen.runtime.net.reason import reason
from kitexgen.runtime.net.socket_transport import attach
from kitexgen.runtime.net.tls import HANDSHAKE_TIMEOUT, SHUTDOWN_TIMEOUT, check_server_context

_LOG = logging.getLogger("kitexgen.net")

BACKLOG = 1024
"""Connections the kernel may hold before they are accepted; a burst of new clients should not be refused."""

_ACCEPTS_PER_TURN = 64
"""Connections accepted in one loop turn, so that a flood of them does not stop the calls of the others."""

_PAUSE = 0.1
"""Seconds without accepting once descriptors or memory have run out: connections that close must make room first."""

_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

_NO_FAMILY = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})


class SocketListener:
    """Listening sockets. `address` is where they really listen: a port of 0 has become a number."""

    def __init__(
        self,
        sockets: list[socket.socket],
        make_receiver: Callable[[], Receiver],
        loop: asyncio.AbstractEventLoop,
        tls: ssl.SSLContext | None,
        *,
        owns_file: bool = True,
        admits: Callable[[int], bool] | None = None,
    ) -> None:
        self._sockets = sockets
        self._make_receiver = make_receiver
        self._loop = loop
        self._tls = tls
        self._admits = admits
        self._adopting: dict[asyncio.Task[None], Connection] = {}
        self._pauses: dict[socket.socket, asyncio.TimerHandle] = {}
        self._inode: int | None = None
        self.address = address_of(sockets[0].getsockname())
        if isinstance(self.address, UnixAddress) and owns_file:
            self._inode = os.stat(self.address.path).st_ino
        for each in sockets:
            loop.add_reader(each, self._accept, each)

    async def close(self) -> None:
        """Accept no more, and return when those accepted have their receivers. May be repeated.

        Connections that wait in the kernel are still accepted: their peers believe themselves connected. Accepted ones
        live on. The file of a unix socket is removed.
        """
        sockets, self._sockets = self._sockets, []
        for pause in self._pauses.values():
            pause.cancel()
        for each in sockets:
            self._loop.remove_reader(each)
            with suppress(OSError):
                while self._accept_one(each):
                    pass
            each.close()
        self._remove_file()
        if self._adopting:
            await asyncio.wait(self._adopting)

    def _accept(self, listening: socket.socket) -> None:
        try:
            for _ in range(_ACCEPTS_PER_TURN):
                if not self._accept_one(listening):
                    return
        except OSError as error:
            if error.errno not in _EXHAUSTED:
                raise
            # The socket stays readable: without a pause the loop would spin on it.
            _LOG.error("cannot accept on %s: %s; trying again in %g s", self.address, error.strerror, _PAUSE)
            self._loop.remove_reader(listening)
            self._pauses[listening] = self._loop.call_later(_PAUSE, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        del self._pauses[listening]
        self._loop.add_reader(listening, self._accept, listening)

    def _accept_one(self, listening: socket.socket) -> bool:
        """Accept a connection; False when none waits."""
        try:
            accepted, _ = listening.accept()
        except (BlockingIOError, InterruptedError):
            return False
        except ConnectionAbortedError:
            return True  # the peer was faster; the next one may still be there
        if not self._has_room():
            _LOG.warning("a connection to %s closed: there are too many already", self.address)
            accepted.close()
            return True
        accepted.setblocking(False)
        connection = Connection(self._make_receiver(), self._loop)
        task = self._loop.create_task(self._adopt(accepted, connection))
        self._adopting[task] = connection
        task.add_done_callback(self._adopting.__delitem__)
        return True

    def _has_room(self) -> bool:
        """Whether one more connection may come."""
        if self._admits is None or self._admits(len(self._adopting)):
            return True
        # Some of them may be open, and be counted as such too, although their tasks have not ended yet.
        return self._admits(sum(not each.is_open for each in self._adopting.values()))

    async def _adopt(self, accepted: socket.socket, connection: Connection) -> None:
        try:
            if accepted.family != socket.AF_UNIX:
                # asyncio sets it for sockets that it makes itself. Without it a second small write waits for the peer's
                # acknowledgement of the first, which the peer holds back for 40 ms.
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                await attach(accepted, connection, self._loop)
            else:
                await self._loop.connect_accepted_socket(
                    lambda: connection,
                    accepted,
                    ssl=self._tls,
                    ssl_handshake_timeout=HANDSHAKE_TIMEOUT,
                    ssl_shutdown_timeout=SHUTDOWN_TIMEOUT,
                )
        except OSError as error:
            _LOG.warning("a connection to %s broke while it was accepted: %s", self.address, reason(error))
            accepted.close()

    def _remove_file(self) -> None:
        if isinstance(self.address, UnixAddress) and self._inode is not None:
            with suppress(FileNotFoundError):
                # Someone else may listen on the same path by now: only our own file goes.
                if os.stat(self.address.path).st_ino == self._inode:
                    os.unlink(self.address.path)
        self._inode = None


Listener: TypeAlias = SocketListener | MemoryListener
"""What `listen` gives: it has an `address`, and can be closed."""


async def listen(
    address: Address,
    make_receiver: Callable[[], Receiver],
    *,
    backlog: int = BACKLOG,
    tls: ssl.SSLContext | None = None,
    reuse_port: bool = False,
    listening: socket.socket | None = None,
    admits: Callable[[int], bool] | None = None,
) -> Listener:
    """Listen on `address`; `:port` is every interface, port 0 any free one. OSError, naming it, when that cannot be,
    ValueError for a `tls` that is a client's.

    A socket file that a killed process left behind is replaced, as Kitex does. With `tls`, receivers are made for
    connections whose handshake is done; the others are logged and closed. In memory there is nothing to secure. With
    `reuse_port`, all who say so may listen on one TCP port, and the kernel deals the connections out among them.
    `listening` is a socket that listens already, in place of new ones; the file of a unix one is not removed.

    `admits` is asked before a connection gets its receiver, which with `tls` may take a while, or never happen: it is
    told how many are that far, and says whether there is room for one more; without, the connection is closed.
    """
    if isinstance(address, MemoryAddress):
        return MemoryListener(address, make_receiver)
    if tls is not None:
        check_server_context(tls)
    loop = asyncio.get_running_loop()
    if listening is not None:
        listening.setblocking(False)
        return SocketListener([listening], make_receiver, loop, tls, owns_file=False, admits=admits)
    try:
        sockets = await _bind(address, loop, reuse_port)
    except OSError as error:
        raise OSError(error.errno, f"cannot listen on {address}: {reason(error)}") from error
    for each in sockets:
        each.listen(backlog)
        each.setblocking(False)
    return SocketListener(sockets, make_receiver, loop, tls, admits=admits)


def reserve(address: TcpAddress | UnixAddress, *, backlog: int = BACKLOG) -> tuple[Address, list[socket.socket]]:
    """Take an address for other processes, which start later: the address with its real port, and what keeps it.

    A TCP port is only kept: the others listen on it with `reuse_port`. A unix socket listens already, and is inherited.
    Raises OSError when somebody else listens there, or the system cannot share ports.
    """
    if isinstance(address, UnixAddress):
        bound = _bind_unix(address.path)
        bound.listen(backlog)
        return address, [bound]
    if not hasattr(socket, "SO_REUSEPORT"):
        raise OSError(errno.EOPNOTSUPP, "this system cannot share a port between processes (SO_REUSEPORT)")
    names = socket.getaddrinfo(_interface(address), address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    if address.port:
        # With SO_REUSEPORT a server of the same user that listens there would go unnoticed, and get half the calls.
        for each in _bind_all(_families(names), reuse_port=False):
            each.close()
    sockets = _bind_all(_families(names), reuse_port=True)
    return TcpAddress(address.host, sockets[0].getsockname()[1]), sockets


def _families(names: Iterable[Any]) -> Iterator[tuple[socket.AddressFamily, Any]]:
    """Family and name of what `getaddrinfo` gave."""
    return ((family, name) for family, _, _, _, name in names)


async def _bind(
    address: TcpAddress | UnixAddress, loop: asyncio.AbstractEventLoop, reuse_port: bool
) -> list[socket.socket]:
    if not isinstance(address, TcpAddress):
        return [_bind_unix(address.path)]
    names = await loop.getaddrinfo(_interface(address), address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return _bind_all(_families(names), reuse_port)


def _interface(address: TcpAddress) -> str | None:
    """None is every interface, IPv4 and IPv6; but each would get a free port of its own, so `:0` means IPv4 alone."""
    if address.host:
        return address.host
    return None if address.port else "0.0.0.0"


def _bind_all(names: Iterable[tuple[socket.AddressFamily, Any]], reuse_port: bool) -> list[socket.socket]:
    """A bound socket for each name, the IPv4 ones first: more clients can reach those. All or none."""
    sockets: list[socket.socket] = []
    try:
        for family, name in sorted(set(names), key=lambda each: each[0] != socket.AF_INET):
            try:
                _bind_tcp(family, name, reuse_port, sockets)
            except OSError as error:
                # A host can name IPv6 addresses on a machine that has switched IPv6 off.
                if not sockets or family != socket.AF_INET6 or error.errno not in _NO_FAMILY:
                    raise
    except BaseException:
        for each in sockets:
            each.close()
        raise
    return sockets


def _bind_tcp(family: socket.AddressFamily, name: Any, reuse_port: bool, sockets: list[socket.socket]) -> None:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # IPv4 has a socket of its own
        bound.bind(name)
    except BaseException:
        bound.close()
        raise
    sockets.append(bound)


def _bind_unix(path: str) -> socket.socket:
    _remove_stale(path)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(path)
    except BaseException:
        bound.close()
        raise
    return bound


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
            return  # someone's, or not ours to touch: `bind` says what is wrong
