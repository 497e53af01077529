"""How long a connection waits for its peer: for a request, for the rest of one, for answers to be taken."""

from __future__ import annotations

import pytest

from kitexgen.runtime.framing import BUFFERED_BINARY, FRAMED_BINARY, Format, MessageDecoder
from kitexgen.runtime.protocol import read_exception, unpack
from kitexgen.runtime.server.slow_peer import LEAST_TAKEN
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.bench import Bench, concurrent, echo, ping
from tests.builders.services import PING, SLOW, args
from tests.builders.whole import pack


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


async def test_a_half_request_is_given_its_time_while_others_are_at_work() -> None:
    bench = Bench(read_timeout=5)
    bench.connection.data_received(concurrent("slow", 1, args(SLOW, text="x")) + concurrent("ping", 2, args(PING))[:9])
    bench.check(4)
    assert not bench.transport.is_closing()
    bench.check(6)
    assert bench.transport.is_closing()
