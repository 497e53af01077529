"""One connection of a server, on a transport in memory and with a told clock."""

from __future__ import annotations

import asyncio
import contextvars
from contextlib import nullcontext
from typing import Any

import pytest

from kitexgen.runtime.errors import ApplicationErrorType
from kitexgen.runtime.framing import BUFFERED_BINARY, FRAMED_BINARY, TTHEADER_BINARY, Format, MessageDecoder
from kitexgen.runtime.framing.ttheader import Flag, TTHeader
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.net import Connection
from kitexgen.runtime.protocol import Message, read_exception, unpack
from kitexgen.runtime.server.connection import CALLS_PER_TURN, READ_AHEAD, ServerConnection
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.slow_peer import LEAST_TAKEN
from kitexgen.runtime.server.stack import server_stack, stream_endpoints
from kitexgen.runtime.server.usual_calls import LARGE_REPLY
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.native import is_compiled, pure_only
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ECHO, NOTES, PING, SLOW, TELL, Note, NotesHandler, args
from tests.builders.transport import MemoryTransport, joined
from tests.builders.whole import pack

VECTOR_14 = bytes.fromhex(
    "0000002b 1000 0000 00000000 0004 00 00 01 0001 0005 6372727374 0001 31 00 80010002 00000004 6e6f6e65 00000000 00"
)
"""Kitex's control frame, as captured."""


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
    bench.shared.is_stopping = bench.shared.is_draining = True
    _, transport = joined(ServerConnection(bench.shared))
    assert transport.is_closing()


async def test_late_requests_are_served_before_that() -> None:
    """Peers are told first; connections that still come have their time."""
    bench = Bench()
    bench.shared.is_stopping = True
    connection, transport = joined(ServerConnection(bench.shared))
    connection.data_received(ping())
    assert b"ping" in transport.written
    assert not transport.is_closing()


async def test_a_message_of_kitexs_own_kind_is_a_call_whose_reply_has_no_number() -> None:
    bench = Bench()
    call = bytearray(ping())
    call[7] = MessageKind.STREAM
    bench.connection.data_received(bytes(call))
    decoder = MessageDecoder()
    decoder.feed(bytes(bench.transport.written))
    packet = decoder.next_message()
    assert packet is not None
    message = unpack(packet)
    assert (message.kind, message.method, message.sequence_id) == (MessageKind.REPLY, "ping", 0)


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


@pytest.mark.parametrize("part", ["run", "raised"])
async def test_an_error_of_our_own_cuts_the_connection_off(
    part: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(NotesHandler):
        async def ping(self) -> None:
            raise ValueError("no")

    def broken(*_: object) -> bytes:
        raise AssertionError("a mistake in the framework")

    async def broken_too(*_: object) -> bytes:
        return broken()

    if part == "raised" and not is_compiled():
        pytest.skip("only the compiled way comes by there")
    if part == "raised":
        monkeypatch.setattr("kitexgen.runtime.server.usual_calls.raised", broken)
    else:
        monkeypatch.setattr("kitexgen.runtime.server.connection.run", broken_too)
    bench = Bench(handler=Failing())
    with pure_only() if part == "run" else nullcontext():
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


# Many requests at once.


async def test_handlers_that_do_not_wait_are_answered_within_the_read() -> None:
    bench = Bench()
    bench.connection.data_received(ping())
    assert b"ping" in bench.transport.written
    assert bench.shared.tasks == set()


async def test_pipelined_requests_are_answered_in_order_and_with_one_write() -> None:
    bench = Bench()
    writes: list[bytes] = []
    bench.transport.write = writes.append  # type: ignore[method-assign, assignment]
    bench.connection.data_received(b"".join(echo(f"note {number}", number) for number in range(1, 10)))
    assert len(writes) == 1
    assert [message.sequence_id for message in messages(writes[0])] == list(range(1, 10))


async def test_no_connection_takes_more_than_its_share_of_a_turn() -> None:
    bench = Bench()
    bench.connection.data_received(ping() * (3 * CALLS_PER_TURN) + ping()[:5])
    assert len(messages(bench.transport.written)) == CALLS_PER_TURN
    await asyncio.sleep(0)
    assert len(messages(bench.transport.written)) == CALLS_PER_TURN  # begun, and written with the end of the turn
    await bench.settle()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(messages(bench.transport.written)) == 3 * CALLS_PER_TURN
    bench.connection.data_received(ping()[5:])
    assert len(messages(bench.transport.written)) == 3 * CALLS_PER_TURN + 1


async def test_large_replies_do_not_gather() -> None:
    bench = Bench()
    writes: list[bytes] = []
    bench.transport.write = writes.append  # type: ignore[method-assign, assignment]
    bench.connection.data_received(echo("x" * LARGE_REPLY) * 3)
    assert len(writes) == 3


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


async def test_multiplexed_requests_run_beside_each_other() -> None:
    bench = Bench()
    bench.connection.data_received(concurrent("slow", 1, args(SLOW, text="first")))
    await bench.handler.entered.wait()
    bench.connection.data_received(concurrent("ping", 2, args(PING)) + concurrent("slow", 3, args(SLOW, text="x")))
    assert [message.sequence_id for message in messages(bench.transport.written)] == [2]
    assert len(bench.shared.tasks) == 2
    assert not bench.server.is_idle
    bench.handler.gate.set()
    await bench.settle()
    first, *others = [message.sequence_id for message in messages(bench.transport.written)]
    assert first == 2
    assert sorted(others) == [1, 3]
    headers = [message.header for message in messages(bench.transport.written)]
    assert [header.sequence_id for header in headers if header is not None] == [first, *others]


async def test_requests_without_the_flag_wait_for_each_other_in_ttheader_too() -> None:
    bench = Bench()
    slow = pack(TTHEADER_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text="x"))
    bench.connection.data_received(slow + pack(TTHEADER_BINARY, MessageKind.CALL, "ping", 2, args(PING)))
    await bench.handler.entered.wait()
    assert bench.transport.written == b""
    bench.handler.gate.set()
    await bench.settle()
    assert [message.sequence_id for message in messages(bench.transport.written)] == [1, 2]


async def test_a_multiplexing_peer_has_so_many_calls_at_work_and_then_waits() -> None:
    bench = Bench(max_concurrent=2)
    slow = [concurrent("slow", number, args(SLOW, text="x" * 1000)) for number in range(1, 200)]
    bench.connection.data_received(b"".join(slow))
    assert len(bench.shared.tasks) == 2
    assert not bench.transport.is_reading()
    bench.check(10**6)  # it is not the peer who is late
    assert not bench.transport.is_closing()
    bench.handler.gate.set()
    await bench.settle()
    assert bench.transport.is_reading()
    assert len(messages(bench.transport.written)) == len(slow)


async def test_a_multiplexed_connection_outlives_a_call_that_is_refused() -> None:
    bench = Bench()
    bench.connection.data_received(concurrent("slow", 1, args(SLOW, text="x")))
    unknown = TTHeader(sequence_id=2, flags=Flag.OUT_OF_ORDER)
    bench.connection.data_received(pack(TTHEADER_BINARY, MessageKind.CALL, "nosuch", 2, args(PING), header=unknown))
    (refused,) = messages(bench.transport.written)
    assert read_exception(refused).type == ApplicationErrorType.UNKNOWN_SERVICE
    assert refused.header is not None
    assert StringKey.CONNECTION_RESET not in refused.header.string_infos
    assert not bench.transport.is_closing()
    bench.handler.gate.set()
    await bench.settle()
    assert len(messages(bench.transport.written)) == 2


async def test_a_peer_that_multiplexes_is_told_by_a_control_frame_others_are_not() -> None:
    plain, multiplexing = Bench(), Bench()
    plain.connection.data_received(ping())
    multiplexing.connection.data_received(concurrent("slow", 1, args(SLOW, text="x")))
    before = plain.transport.written
    for bench in (plain, multiplexing):
        bench.shared.is_stopping = True
        bench.server.announce()
        await asyncio.sleep(0)
    assert plain.transport.written == before
    assert multiplexing.transport.written == VECTOR_14
    # It may begin no more calls, but those in flight, and those it had sent before it heard, are answered.
    multiplexing.connection.data_received(concurrent("ping", 2, args(PING)))
    multiplexing.server.drain()
    multiplexing.handler.gate.set()
    await multiplexing.settle()
    control, second, first = messages(multiplexing.transport.written)
    assert (control.method, second.sequence_id, first.sequence_id) == ("none", 2, 1)
    assert first.header is not None
    assert first.header.string_infos[StringKey.CONNECTION_RESET] == "1"
    assert multiplexing.transport.is_closing()


async def test_a_peer_that_closes_its_side_still_gets_all_its_answers() -> None:
    bench = Bench()
    bench.connection.data_received(b"".join(concurrent("slow", number, args(SLOW, text="x")) for number in (1, 2)))
    bench.connection.eof_received()
    assert not bench.transport.is_closing()
    bench.handler.gate.set()
    await bench.settle()
    assert len(messages(bench.transport.written)) == 2
    assert bench.transport.is_closing()


async def test_more_calls_than_may_be_in_flight_are_refused_and_the_connection_lives() -> None:
    bench = Bench(max_in_flight=1)
    bench.connection.data_received(concurrent("slow", 1, args(SLOW, text="x")))
    bench.connection.data_received(concurrent("ping", 2, args(PING)))
    (refused,) = messages(bench.transport.written)
    error = read_exception(refused)
    assert (error.type, error.message) == (6, "request over limit: too many calls are in flight")
    assert bench.shared.refused == 1
    bench.handler.gate.set()
    await bench.settle()
    bench.connection.data_received(concurrent("ping", 3, args(PING)))
    assert [message.sequence_id for message in messages(bench.transport.written)] == [2, 1, 3]


async def test_a_half_request_is_given_its_time_while_others_are_at_work() -> None:
    bench = Bench(read_timeout=5)
    bench.connection.data_received(concurrent("slow", 1, args(SLOW, text="x")) + concurrent("ping", 2, args(PING))[:9])
    bench.check(4)
    assert not bench.transport.is_closing()
    bench.check(6)
    assert bench.transport.is_closing()


async def test_a_handler_that_cancels_its_own_task_is_answered_for() -> None:
    class Rash(NotesHandler):
        async def slow(self, text: str) -> str:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(0)
            return text

    bench = Bench(handler=Rash())
    bench.connection.data_received(pack(FRAMED_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text="x")))
    await bench.settle()
    (told,) = messages(bench.transport.written)
    assert read_exception(told).message == "biz error: the handler was cancelled"


async def test_a_handler_may_set_itself_a_time() -> None:
    class Hasty(NotesHandler):
        async def slow(self, text: str) -> str:
            try:
                async with asyncio.timeout(0):
                    await asyncio.get_running_loop().create_future()
            except TimeoutError:
                return "in time"
            return text

    bench = Bench(handler=Hasty())
    bench.connection.data_received(pack(FRAMED_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text="x")))
    await bench.settle()
    assert b"in time" in bench.transport.written
