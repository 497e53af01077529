"""One connection of a server, on a transport in memory and with a told clock."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

import pytest

from kitexgen.runtime.framing import BUFFERED_BINARY, FRAMED_BINARY, Format, MessageDecoder
from kitexgen.runtime.net import Connection
from kitexgen.runtime.protocol import pack, read_exception, unpack
from kitexgen.runtime.server.connection import LEAST_TAKEN, READ_AHEAD, ServerConnection
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.stack import server_stack
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ECHO, NOTES, PING, SLOW, TELL, Note, NotesHandler, args
from tests.builders.transport import MemoryTransport, joined


class Bench:
    """A server connection and all round it."""

    def __init__(self, handler: NotesHandler | None = None, **options: Any) -> None:
        self.handler = handler or NotesHandler()
        loop = asyncio.get_running_loop()
        chosen = ServerOptions(**options)
        routes = Routes([Served(NOTES, self.handler)])
        self.now = 0.0
        stack = server_stack(chosen, routes, WorkerPool(1, 1))
        self.shared = Shared(routes, stack, chosen, loop, clock=lambda: self.now)
        self.server = ServerConnection(self.shared)
        self.connection: Connection
        self.transport: MemoryTransport
        self.connection, self.transport = joined(self.server)

    def check(self, seconds: float) -> None:
        """Look at the connection `seconds` after its beginning."""
        self.server.check(seconds)

    async def settle(self) -> None:
        """Return when no call is at work and all is written."""
        while self.shared.tasks:
            await asyncio.sleep(0)
        await asyncio.sleep(0)


def ping(format: Format = FRAMED_BINARY) -> bytes:
    return pack(format, MessageKind.CALL, "ping", 1, args(PING))


def echo(text: str, sequence_id: int = 1) -> bytes:
    return pack(FRAMED_BINARY, MessageKind.CALL, "echo", sequence_id, args(ECHO, note=Note(text=text)))


async def test_a_connection_that_stays_idle_is_closed() -> None:
    bench = Bench(idle_timeout=10)
    bench.check(9.9)
    assert not bench.transport.is_closing()
    bench.check(10.1)
    assert bench.transport.is_closing()


async def test_no_limit_is_no_limit() -> None:
    bench = Bench(idle_timeout=None, read_timeout=None, arrival_timeout=None, write_timeout=None)
    bench.connection.data_received(ping()[:5])
    bench.check(10**9)
    assert not bench.transport.is_closing()


@pytest.mark.parametrize("format", [FRAMED_BINARY, BUFFERED_BINARY])
async def test_a_request_that_does_not_end_is_answered_if_framed_and_the_connection_closes(format: Format) -> None:
    bench = Bench(read_timeout=5, idle_timeout=1000)
    bench.connection.data_received(ping(format)[:-1])
    bench.check(4.9)
    assert not bench.transport.is_closing()
    bench.check(5.5)
    assert bench.transport.is_closing()
    if format == BUFFERED_BINARY:
        assert bench.transport.written == b""
        return
    decoder = MessageDecoder()
    decoder.feed(bench.transport.written)
    packet = decoder.next_message()
    assert packet is not None
    error = read_exception(unpack(packet))
    assert (error.type, error.message) == (7, "connection read timeout 10.0.0.1:1234")


async def test_a_request_without_so_much_as_its_envelope_is_not_answered() -> None:
    bench = Bench(read_timeout=5)
    bench.connection.data_received(ping()[:10])
    bench.check(6)
    assert bench.transport.is_closing()
    assert bench.transport.written == b""


async def test_a_call_at_work_is_given_all_the_time_it_wants() -> None:
    bench = Bench(read_timeout=1, idle_timeout=1, write_timeout=1)
    bench.connection.data_received(pack(FRAMED_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text="x")))
    await bench.handler.entered.wait()
    bench.check(10**6)
    assert not bench.transport.is_closing()
    bench.handler.gate.set()
    await bench.settle()
    assert b"slow" in bench.transport.written


async def test_a_peer_that_takes_nothing_is_cut_off() -> None:
    bench = Bench(write_timeout=5, idle_timeout=None)
    bench.transport.swallows = False
    bench.connection.data_received(echo("x" * 10_000))
    await bench.settle()
    assert bench.transport.pending
    bench.check(0)
    bench.check(4)
    bench.transport.pending -= LEAST_TAKEN  # it is slow, not gone
    bench.check(6)
    bench.transport.pending -= LEAST_TAKEN - 1  # nearly gone
    bench.check(10.9)
    assert not bench.transport.was_aborted()
    bench.check(11.1)
    assert bench.transport.was_aborted()


async def test_a_peer_that_has_taken_all_its_answers_begins_anew() -> None:
    bench = Bench(write_timeout=5, idle_timeout=None)
    bench.transport.swallows = False
    bench.connection.data_received(ping())
    bench.check(0)
    bench.transport.pending = 0
    bench.check(4)
    bench.connection.data_received(ping())
    bench.check(6)
    bench.check(10.9)
    assert not bench.transport.was_aborted()


async def test_a_request_that_trickles_in_is_given_so_long_and_no_longer() -> None:
    bench = Bench(read_timeout=5, arrival_timeout=20, idle_timeout=1000)
    request = ping()
    for at in range(len(request) - 1):
        bench.now = at * 2.0
        bench.connection.data_received(request[at : at + 1])
        bench.check(bench.now + 1)
        if bench.transport.is_closing():
            break
    assert bench.now == 20


async def test_each_request_has_its_own_time_to_arrive() -> None:
    bench = Bench(read_timeout=5, arrival_timeout=20, idle_timeout=1000)
    request = ping()
    bench.connection.data_received(request[:3])
    for at in range(1, 30):
        bench.now = at * 4.0
        bench.connection.data_received(request[3:] + request[:3])
        bench.check(bench.now + 4)
    assert not bench.transport.is_closing()
    assert bench.transport.written.count(b"ping") == 29


async def test_a_closing_connection_whose_peer_takes_nothing_is_cut_off_too() -> None:
    bench = Bench(write_timeout=5)
    bench.transport.swallows = False
    bench.connection.data_received(pack(FRAMED_BINARY, MessageKind.CALL, "nosuch", 1, args(PING)))
    assert bench.transport.is_closing()
    assert not bench.transport.was_aborted()
    bench.check(0)
    bench.check(5.1)
    assert bench.transport.was_aborted()


async def test_further_requests_wait_while_one_is_at_work() -> None:
    bench = Bench()
    bench.connection.data_received(pack(FRAMED_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text="x")))
    await bench.handler.entered.wait()
    call = pack(FRAMED_BINARY, MessageKind.CALL, "echo", 2, args(ECHO, note=Note(text="x" * 1000)))
    taken = 0
    while bench.transport.is_reading():
        bench.connection.data_received(call)
        taken += len(call)
    assert READ_AHEAD <= taken < READ_AHEAD + len(call)
    bench.handler.gate.set()
    while not bench.transport.is_reading():
        await asyncio.sleep(0)
    await bench.settle()
    assert bench.transport.written.count(b"echo") == taken // len(call)


async def test_nothing_is_begun_while_answers_pile_up() -> None:
    bench = Bench()
    bench.connection.pause_writing()
    bench.connection.data_received(ping() * 2)
    await bench.settle()
    assert bench.transport.written == b""
    bench.connection.resume_writing()
    await bench.settle()
    assert bench.transport.written.count(b"ping") == 2


async def test_answers_of_one_read_are_one_write() -> None:
    bench = Bench()
    writes: list[bytes] = []
    bench.transport.write = writes.append  # type: ignore[method-assign, assignment]
    unknown = pack(FRAMED_BINARY, MessageKind.CALL, "talk", 1, args(ECHO, note=Note(text="x")))
    bench.connection.data_received(unknown * 3)
    assert len(writes) == 1
    assert writes[0].count(b"method talk streams") == 3


async def test_draining_lets_an_idle_connection_go_and_a_busy_one_finish() -> None:
    idle = Bench()
    idle.server.drain()
    assert idle.transport.is_closing()
    busy = Bench()
    busy.connection.data_received(ping()[:7])
    busy.server.drain()
    assert not busy.transport.is_closing()
    busy.connection.data_received(ping()[7:])
    await busy.settle()
    assert busy.transport.is_closing()
    assert b"ping" in busy.transport.written


async def test_a_connection_accepted_while_the_server_stops_is_let_go() -> None:
    bench = Bench()
    bench.shared.is_stopping = True
    _, transport = joined(ServerConnection(bench.shared))
    assert transport.is_closing()


async def test_a_lost_connection_does_not_stop_its_call() -> None:
    bench = Bench()
    bench.connection.data_received(pack(FRAMED_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text="x")))
    await bench.handler.entered.wait()
    bench.connection.connection_lost(ConnectionResetError())
    assert bench.shared.connections == set()
    assert len(bench.shared.tasks) == 1
    bench.handler.gate.set()
    await bench.settle()
    assert bench.transport.written == b""
    bench.check(10**6)  # nothing left to look at


async def test_an_error_of_our_own_cuts_the_connection_off(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> bytes:
        raise AssertionError("a mistake in the framework")

    monkeypatch.setattr("kitexgen.runtime.server.connection.run", broken)
    bench = Bench()
    bench.connection.data_received(ping())
    await bench.settle()
    assert bench.transport.was_aborted()
    assert "an error of kitexgen's own" in caplog.text


async def test_what_a_oneway_call_fails_with_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Deaf(NotesHandler):
        async def tell(self, text: str) -> None:
            raise ValueError("not heard")

    bench = Bench(handler=Deaf())
    bench.connection.data_received(pack(FRAMED_BINARY, MessageKind.ONEWAY, "tell", 1, args(TELL, text="x")))
    await bench.settle()
    assert bench.transport.written == b""
    assert "Notes.tell failed, and being oneway can tell nobody" in caplog.text
    assert "ValueError: not heard" in caplog.text


SECRET: contextvars.ContextVar[str] = contextvars.ContextVar("secret", default="nothing")


async def test_calls_share_no_context_variables() -> None:
    class Careless(NotesHandler):
        async def slow(self, text: str) -> str:
            found = SECRET.get()
            SECRET.set(text)
            return f"found {found}"

    bench = Bench(handler=Careless())
    calls = (pack(FRAMED_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text=text)) for text in ("one", "two"))
    bench.connection.data_received(b"".join(calls))
    await bench.settle()
    assert bench.transport.written.count(b"found nothing") == 2
