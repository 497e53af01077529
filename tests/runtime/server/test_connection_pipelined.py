"""Requests one behind the other on a connection: in order, within bounds, and answered with few writes."""

from __future__ import annotations

import asyncio

from kitexgen.runtime.framing import FRAMED_BINARY, TTHEADER_BINARY
from kitexgen.runtime.server.connection import CALLS_PER_TURN, READ_AHEAD
from kitexgen.runtime.server.usual_calls import LARGE_REPLY
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.bench import Bench, echo, messages, ping
from tests.builders.services import ECHO, PING, SLOW, Note, args
from tests.builders.whole import pack


async def test_pipelined_requests_are_answered_in_order_and_with_one_write() -> None:
    bench = Bench()
    writes: list[bytes] = []
    bench.transport.write = writes.append  # type: ignore[method-assign, assignment]
    bench.connection.data_received(b"".join(echo(f"note {number}", number) for number in range(1, 10)))
    assert len(writes) == 1
    assert [message.sequence_id for message in messages(writes[0])] == list(range(1, 10))


async def test_requests_without_the_flag_wait_for_each_other_in_ttheader_too() -> None:
    bench = Bench()
    slow = pack(TTHEADER_BINARY, MessageKind.CALL, "slow", 1, args(SLOW, text="x"))
    bench.connection.data_received(slow + pack(TTHEADER_BINARY, MessageKind.CALL, "ping", 2, args(PING)))
    await bench.handler.entered.wait()
    assert bench.transport.written == b""
    bench.handler.gate.set()
    await bench.settle()
    assert [message.sequence_id for message in messages(bench.transport.written)] == [1, 2]


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
