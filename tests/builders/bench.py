"""Bench: a server's connection on a transport in memory, with a told clock; and what comes and goes over it."""

from __future__ import annotations

import asyncio
from typing import Any

from kitexgen.runtime.framing import FRAMED_BINARY, TTHEADER_BINARY, Format, MessageDecoder
from kitexgen.runtime.framing.ttheader import Flag, TTHeader
from kitexgen.runtime.net import Connection
from kitexgen.runtime.protocol import Message, unpack
from kitexgen.runtime.server.connection import ServerConnection
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.stack import server_stack, stream_endpoints
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ECHO, NOTES, PING, Note, NotesHandler, args
from tests.builders.transport import MemoryTransport, joined
from tests.builders.whole import pack


class Bench:
    """A server connection and all round it."""

    def __init__(self, handler: NotesHandler | None = None, **options: Any) -> None:
        self.handler = handler or NotesHandler()
        loop = asyncio.get_running_loop()
        chosen = ServerOptions(**options)
        routes = Routes([Served(NOTES, self.handler)])
        self.now = 0.0
        stack = server_stack(chosen, routes, WorkerPool(1, 1))
        self.shared = Shared(routes, stack, chosen, loop, stream_endpoints(chosen, routes), clock=lambda: self.now)
        self.server = ServerConnection(self.shared)
        self.connection: Connection
        self.transport: MemoryTransport
        self.connection, self.transport = joined(self.server)

    def check(self, seconds: float) -> None:
        """Look at the connection `seconds` after its beginning."""
        self.server.check(seconds)

    async def settle(self) -> None:
        """Return when no call is at work and all is written."""
        while self.shared.tasks or self.server._has_more:
            await asyncio.sleep(0)
        await asyncio.sleep(0)


def ping(format: Format = FRAMED_BINARY) -> bytes:
    return pack(format, MessageKind.CALL, "ping", 1, args(PING))


def echo(text: str, sequence_id: int = 1) -> bytes:
    return pack(FRAMED_BINARY, MessageKind.CALL, "echo", sequence_id, args(ECHO, note=Note(text=text)))


def concurrent(method: str, sequence_id: int, arguments: Any) -> bytes:
    """A request as a multiplexing client sends it."""
    header = TTHeader(sequence_id=sequence_id, flags=Flag.OUT_OF_ORDER)
    info = next(each for each in NOTES.all_methods() if each.name == method)
    return pack(TTHEADER_BINARY, MessageKind.CALL, info.name, sequence_id, arguments, header=header)


def messages(written: bytes) -> list[Message]:
    """All messages that were written."""
    decoder = MessageDecoder()
    decoder.feed(written)
    found = []
    while (packet := decoder.next_message()) is not None:
        found.append(unpack(packet))
    return found
