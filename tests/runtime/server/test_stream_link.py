"""A server's connection of streams, frame by frame."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kitexgen.runtime.errors import ApplicationError
from kitexgen.runtime.framing import FRAMED_BINARY
from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame, StreamFrameDecoder
from kitexgen.runtime.net import Connection
from kitexgen.runtime.protocol.stream_exception import read_stream_exception, write_stream_exception
from kitexgen.runtime.server.connection import ServerConnection
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.stack import server_stack, stream_endpoints
from kitexgen.runtime.server.stream_link import ServerLink
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import NOTES, PING, Note, NotesHandler, args
from tests.builders.transport import MemoryTransport, joined
from tests.builders.whole import encode_frame, encode_payload, pack

HEADER, DATA, TRAILER, RST = FrameKind.HEADER, FrameKind.DATA, FrameKind.TRAILER, FrameKind.RST


class Bench:
    """A connection that begins as any does, and all round it."""

    def __init__(self, **options: Any) -> None:
        self.handler = NotesHandler()
        chosen = ServerOptions(**options)
        routes = Routes([Served(NOTES, self.handler)])
        stack = server_stack(chosen, routes, WorkerPool(1, 1))
        self.now = 0.0
        loop = asyncio.get_running_loop()
        self.shared = Shared(routes, stack, chosen, loop, stream_endpoints(chosen, routes), clock=lambda: self.now)
        self.connection: Connection
        self.transport: MemoryTransport
        self.connection, self.transport = joined(ServerConnection(self.shared))
        self._decoder = StreamFrameDecoder()
        self._read = 0

    @property
    def link(self) -> ServerLink:
        """What the connection has become."""
        (link,) = self.shared.connections
        assert isinstance(link, ServerLink)
        return link

    def take_in(self, *frames: bytes) -> None:
        self.connection.data_received(b"".join(frames))

    async def sent(self) -> list[StreamFrame]:
        """The frames sent since the last time, once no handler has more to do but wait."""
        for _ in range(5):
            await asyncio.sleep(0)
        data, self._read = self.transport.written[self._read :], len(self.transport.written)
        self._decoder.feed(data)
        return list(iter(self._decoder.next_frame, None))

    async def told(self) -> list[tuple[int, FrameKind]]:
        return [(frame.stream_id, frame.kind) for frame in await self.sent()]


def frame(kind: FrameKind, stream_id: int = 1, payload: bytes = b"", method: str = "talk", **infos: str) -> bytes:
    return encode_frame(StreamFrame(kind=kind, stream_id=stream_id, method=method, infos=infos, payload=payload))


def opening(stream_id: int = 1, method: str = "talk", service: str = "Notes") -> bytes:
    return frame(HEADER, stream_id, method=method, isn=service)


def note(text: str, stream_id: int = 1) -> bytes:
    return frame(DATA, stream_id, encode_payload(Note(text=text), Note))


def stop(stream_id: int = 1) -> bytes:
    return frame(RST, stream_id, write_stream_exception("talk", stream_id, ApplicationError(12007, "stop")), ttscp="a")


@pytest.mark.parametrize("size", [1, 3, 7, 8, 1000])
async def test_a_stream_however_its_bytes_come(size: int) -> None:
    bench = Bench()
    data = opening() + note("x") + frame(TRAILER)
    for at in range(0, len(data), size):
        bench.take_in(data[at : at + size])
    assert await bench.told() == [(1, HEADER), (1, DATA), (1, TRAILER)]
    assert await bench.handler.over.get() is None
    assert not bench.transport.is_closing()


async def test_streams_beside_each_other() -> None:
    bench = Bench()
    bench.take_in(opening(1), opening(-2), note("wait", 1), note("x", -2), frame(TRAILER, -2))
    assert await bench.told() == [(-2, HEADER), (-2, DATA), (-2, TRAILER)]
    bench.handler.gate.set()
    assert await bench.told() == [(1, HEADER), (1, DATA)]
    assert await bench.handler.over.get() is None
    bench.take_in(frame(TRAILER, 1))
    assert await bench.told() == [(1, TRAILER)]


async def test_frames_of_nobodys_stream_are_ignored() -> None:
    bench = Bench()
    bench.take_in(opening(), frame(TRAILER), note("late"), stop(), note("x", 99), stop(99), frame(FrameKind.META, 99))
    assert await bench.told() == [(1, HEADER), (1, TRAILER)]
    assert not bench.transport.is_closing()


@pytest.mark.parametrize(
    ("service", "method", "number", "text"),
    [
        ("Notes", "nosuch", 1, "unknown method nosuch (service Notes)"),
        ("Other", "nosuch", 20, "unknown service Other, method nosuch"),
        ("Notes", "echo", 6, "no streaming method: Notes.echo"),
    ],
)
async def test_what_is_not_served(service: str, method: str, number: int, text: str) -> None:
    bench = Bench()
    bench.take_in(opening(1, method, service))
    header, trailer = await bench.sent()
    assert (header.kind, trailer.kind) == (HEADER, TRAILER)
    error = read_stream_exception(trailer.payload)
    assert (error.type, error.message) == (number, text)
    # The connection stays; and who names no service is served by the one that has the method.
    bench.take_in(opening(2, service=""), note("x", 2), frame(TRAILER, 2))
    assert await bench.told() == [(2, HEADER), (2, DATA), (2, TRAILER)]


async def test_an_rst_stops_the_handler_and_is_answered() -> None:
    bench = Bench()
    bench.take_in(opening(), note("wait"))
    await bench.handler.entered.wait()
    bench.take_in(stop())
    header, trailer = await bench.sent()
    assert isinstance(await bench.handler.over.get(), asyncio.CancelledError)
    assert (header.kind, trailer.kind) == (HEADER, TRAILER)
    error = read_stream_exception(trailer.payload)
    shown = "biz error: [ttstream error, code=12007] [server-side stream] [canceled path: a] stop"
    assert (error.type, error.message) == (6, shown)


async def test_a_stream_opened_again_takes_the_place_of_the_first() -> None:
    bench = Bench()
    bench.take_in(opening(), note("wait"))
    await bench.handler.entered.wait()
    bench.take_in(opening(), note("x"))
    assert await bench.told() == [(1, HEADER), (1, DATA)]
    assert isinstance(await bench.handler.over.get(), asyncio.CancelledError)
    bench.take_in(frame(TRAILER))
    assert await bench.told() == [(1, TRAILER)]


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        pack(FRAMED_BINARY, MessageKind.CALL, "ping", 1, args(PING)),
        note("x")[:4] + bytes(20),
    ],
    ids=["http", "call", "zeros"],
)
async def test_what_is_no_frame_ends_the_connection(data: bytes) -> None:
    bench = Bench()
    bench.take_in(opening(), note("wait"), data)
    assert bench.transport.is_closing()
    assert isinstance(await bench.handler.over.get(), asyncio.CancelledError)
    assert await bench.told() == []


async def test_a_peer_that_goes_ends_its_streams() -> None:
    bench = Bench()
    bench.take_in(opening(), note("wait"))
    await bench.handler.entered.wait()
    bench.connection.connection_lost(None)
    assert isinstance(await bench.handler.over.get(), asyncio.CancelledError)
    assert not bench.shared.connections
    for _ in range(5):
        await asyncio.sleep(0)
    assert not bench.shared.tasks


async def test_no_more_streams_than_allowed() -> None:
    bench = Bench(max_concurrent=1)
    bench.take_in(opening(1), opening(2))
    _, trailer = await bench.sent()
    assert trailer.stream_id == 2
    assert read_stream_exception(trailer.payload).message == "request over limit: too many streams"
    assert bench.shared.refused == 1


async def test_draining() -> None:
    bench = Bench()
    bench.take_in(opening(1))
    bench.link.drain()
    bench.take_in(opening(2))
    _, trailer = await bench.sent()
    assert read_stream_exception(trailer.payload).message == "the server is stopping"
    assert not bench.transport.is_closing()
    bench.take_in(note("x", 1), frame(TRAILER, 1))
    assert await bench.told() == [(1, HEADER), (1, DATA), (1, TRAILER)]
    assert bench.transport.is_closing()


async def test_a_frame_that_is_not_finished() -> None:
    bench = Bench(read_timeout=5, arrival_timeout=20, idle_timeout=1000)
    bench.take_in(opening(), note("x")[:10])
    bench.link.check(5)
    assert not bench.transport.is_closing()
    bench.link.check(5.1)
    assert bench.transport.is_closing()


async def test_a_frame_that_comes_too_slowly() -> None:
    bench = Bench(read_timeout=5, arrival_timeout=20, idle_timeout=1000)
    bench.take_in(opening())
    link, data = bench.link, note("x")
    for at in range(7):
        bench.now = at * 4.0
        bench.take_in(data[at : at + 1])
        link.check(bench.now)
        if bench.transport.is_closing():
            break
    assert bench.now == 24


async def test_a_connection_without_streams() -> None:
    bench = Bench(idle_timeout=60)
    bench.take_in(opening())
    bench.link.check(100)  # a stream may be quiet for as long as it likes
    assert not bench.transport.is_closing()
    bench.now = 100
    bench.take_in(frame(TRAILER))
    await bench.sent()
    bench.link.check(160)
    assert not bench.transport.is_closing()
    bench.link.check(160.1)
    assert bench.transport.is_closing()


async def test_a_peer_that_takes_nothing() -> None:
    bench = Bench(write_timeout=5)
    bench.transport.swallows = False
    bench.take_in(opening(), note("x"))
    await bench.sent()
    bench.link.check(0)
    bench.link.check(5)
    assert not bench.transport.is_closing()
    bench.link.check(5.1)
    assert bench.transport.was_aborted()


async def test_a_late_stream_is_served_while_the_server_stops() -> None:
    bench = Bench()
    bench.shared.is_stopping = True
    bench.take_in(opening(), note("x"), frame(TRAILER))
    assert await bench.told() == [(1, HEADER), (1, DATA), (1, TRAILER)]
