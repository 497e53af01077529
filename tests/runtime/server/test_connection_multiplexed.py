"""A connection on which a multiplexing client's calls run beside each other."""

from __future__ import annotations

from kitexgen.runtime.errors import ApplicationErrorType
from kitexgen.runtime.framing import TTHEADER_BINARY
from kitexgen.runtime.framing.ttheader import Flag, TTHeader
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.protocol import read_exception
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.bench import Bench, concurrent, messages
from tests.builders.services import PING, SLOW, args
from tests.builders.whole import pack


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
