"""Calls of every kind to one server connection, and what it does with them: over a transport in memory, or a socket."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import termios
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from kitexgen.runtime import BizStatusError, current, metainfo
from kitexgen.runtime.framing import FRAMED_BINARY, TTHEADER_BINARY, TTHeader
from kitexgen.runtime.framing.format import TTHEADER_FRAMED_BINARY, Format
from kitexgen.runtime.net import Connection, TcpAddress
from kitexgen.runtime.net.socket_transport import attach
from kitexgen.runtime.server.connection import ServerConnection
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.stack import server_layers, server_stack, stream_endpoints
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.native import pure_only
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ECHO, NOTES, Note, NotesHandler, Refused, args
from tests.builders.transport import joined
from tests.builders.whole import pack

FORMATS = (FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY)
INFOS = {"isn": "Notes", "RPC_PERSIST_p": "1", "RPC_TRANSIT_t": "2", "RPC_TRANSIT_UPSTREAM_u": "3"}


class Handler(NotesHandler):
    """Does what the text says, and writes down what it sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] = []

    async def echo(self, note: Note) -> Any:
        info = current()
        assert info is not None
        task = asyncio.current_task()
        self.seen.append(
            (
                (note.text, note.count, info.method.name, info.sequence_id, info.caller, info.caller_method),
                (info.timeout, info.deadline is not None, str(info.address), info.header, info.metainfo),
                (metainfo.all_persistent(), metainfo.all_transient(), info.tags, info.destination),
            )
        )
        info.tags["own"] = "this call's"
        metainfo.set_persistent("left", "behind")  # nothing to the next call
        answer = await self._answer(note.text)
        assert asyncio.current_task() is task
        assert current() is info
        return answer

    async def _answer(self, text: str) -> Any:
        match text:
            case "wait" | "wait and fail":
                await asyncio.sleep(0)
                await asyncio.get_running_loop().run_in_executor(None, int)
                if text == "wait and fail":
                    raise Refused(code=2)
            case "hang":
                await asyncio.get_running_loop().create_future()
            case "hang on":
                try:
                    await asyncio.get_running_loop().create_future()
                except asyncio.CancelledError as error:
                    return Note(text=f"stopped: {error}")
            case "hang and fail":
                try:
                    await asyncio.get_running_loop().create_future()
                except asyncio.CancelledError:
                    raise Refused(code=3) from None
            case "fail":
                raise ValueError("no")
            case "refuse":
                raise Refused(code=1, why="so")
            case "status":
                raise BizStatusError(7, "full", {"k": "v"})
            case "back":
                metainfo.send_backward("k", "v")
            case "nothing":
                return None
            case "wrong":
                return Note(text=b"bytes")  # type: ignore[arg-type]
            case "number":
                return 7
            case "cancelled":
                raise asyncio.CancelledError
            case "cancel":
                task: Any = asyncio.current_task()
                task.cancel()
            case "large":
                return Note(text="x" * 40_000)
        return Note(text="re:" + text, count=len(text))


TEXTS = ("", "a", "x" * 5000, "wait", "wait and fail", "fail", "refuse", "status", "back", "nothing", "wrong", "number")
MORE_TEXTS = ("cancelled", "cancel", "large", "\u00e9\U0001f600")


def through(call_next: Any) -> Any:
    async def endpoint(info: Any, request: Any) -> Any:
        info.tags["seen"] = "by a middleware"
        return await call_next(info, request)

    return endpoint


def loosely(call_next: Any) -> Any:
    """A middleware that is no coroutine function."""
    return lambda info, request: asyncio.ensure_future(call_next(info, request))


def call(text: str, format: Format = FRAMED_BINARY, sequence_id: int = 1, flags: int = 0, **infos: str) -> bytes:
    header = TTHeader(
        sequence_id=0, flags=flags, string_infos={**INFOS, **infos}, int_infos={3: "me", 20: "mine", 12: "250"}
    )
    message = args(ECHO, note=Note(text=text, count=3))
    return pack(format, MessageKind.CALL, "echo", sequence_id, message, header=header)


class Link(ABC):
    """How bytes reach a server's connection, and come back."""

    connection: Connection

    @abstractmethod
    async def open(self, server: ServerConnection) -> None:
        """Join `server` to the peer that we are."""

    @abstractmethod
    async def bring(self, chunk: bytes) -> None:
        """Have `chunk` come."""

    @abstractmethod
    def take(self) -> bool:
        """Take what was written; whether the server may still find something to read."""

    @abstractmethod
    def end(self) -> None:
        """Send no more."""

    @abstractmethod
    def close(self) -> tuple[bytes, bool]:
        """All that was written, and whether the server has closed or is about to."""


class InMemory(Link):
    """Chunks come whole; `outside` is whether they come out of the loop, or within the step of a task."""

    def __init__(self, *, outside: bool = True) -> None:
        self._outside = outside

    async def open(self, server: ServerConnection) -> None:
        self.connection, self._transport = joined(server)

    async def bring(self, chunk: bytes) -> None:
        if self._outside:
            asyncio.get_running_loop().call_soon(self.connection.data_received, chunk)
            await asyncio.sleep(0)
        else:
            self.connection.data_received(chunk)

    def take(self) -> bool:
        return False

    def end(self) -> None:
        self.connection.eof_received()

    def close(self) -> tuple[bytes, bool]:
        return self._transport.written, self._transport.is_closing()


class OverSocket(Link):
    """Chunks come as the system brings them. `room` is how many bytes of answers wait in the server's socket at most.

    A `lazy` peer takes nothing until all its calls are written.
    """

    def __init__(self, *, room: int | None = None, lazy: bool = False) -> None:
        self._room = room
        self._lazy = lazy
        self._written = bytearray()

    async def open(self, server: ServerConnection) -> None:
        loop = asyncio.get_running_loop()
        self._near, self._far = socket.socketpair()
        if self._room is not None:
            self._near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._room)
        self._near.setblocking(False)
        self._far.setblocking(False)
        self.connection = Connection(server, loop)
        await attach(self._near, self.connection, loop)
        self.connection.peer = TcpAddress("10.0.0.1", 1234)  # as in memory: handlers look at it

    async def bring(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        while view:
            try:
                view = view[self._far.send(view) :]
            except BlockingIOError:
                self._read()
                await asyncio.sleep(0)
        await asyncio.sleep(0)
        if not self._lazy:
            self._read()

    def take(self) -> bool:
        self._read()
        if self._near.fileno() < 0:
            return False
        unread: int = struct.unpack("i", fcntl.ioctl(self._near, termios.FIONREAD, bytes(4)))[0]
        return bool(unread) and self.connection.is_open

    def end(self) -> None:
        self._far.shutdown(socket.SHUT_WR)

    def close(self) -> tuple[bytes, bool]:
        self._read()
        is_closing = not self.connection.is_open
        self.connection.abort()
        self._far.close()
        return bytes(self._written), is_closing

    def _read(self) -> None:
        with suppress(BlockingIOError, ConnectionResetError):
            while data := self._far.recv(1 << 16):
                self._written += data


async def served(
    chunks: Sequence[bytes],
    middlewares: Sequence[Any] = (),
    *,
    link: Link | None = None,
    ends: bool = False,
    cancels_after: int | None = None,
    is_patient: bool = False,
    **more: Any,
) -> tuple[bytes, list[Any], bool]:
    """What a server does with what comes: what it writes, what its handler sees, whether it closes.

    Chunks come one right after the other; of a peer that `is_patient`, each when all before it is answered.
    """
    link = InMemory() if link is None else link
    loop, handler = asyncio.get_running_loop(), Handler()
    options = ServerOptions(middlewares=tuple(middlewares), **more)
    routes = Routes([Served(NOTES, handler)])
    endpoint = server_stack(options, routes, WorkerPool(1, 1))
    shared = Shared(
        routes, endpoint, options, loop, stream_endpoints(options, routes), is_bare=not server_layers(options)
    )
    server = ServerConnection(shared)
    await link.open(server)

    async def settle() -> None:
        while link.take() or shared.tasks or server._has_more or link.connection.unsent:
            await asyncio.sleep(0.0005)
        for _ in range(3):
            await asyncio.sleep(0)

    for chunk in chunks:
        await link.bring(chunk)
        if is_patient:
            await settle()
    if cancels_after is not None:
        for _ in range(cancels_after):
            await asyncio.sleep(0)
        for task in tuple(shared.tasks):
            task.cancel("enough")
    await settle()
    if ends:
        link.end()
        await settle()
        await asyncio.sleep(0.001)
        await settle()
    written, is_closed = link.close()
    shared.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return written, handler.seen, is_closed


async def expected(
    chunks: Sequence[bytes], middlewares: Sequence[Any] = (), **how: Any
) -> tuple[bytes, list[Any], bool]:
    """The same by the long way alone."""
    with pure_only():
        return await served(chunks, middlewares, **how)
