"""The connections of a server that stops."""

from __future__ import annotations

import asyncio

from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.server.connection import ServerConnection
from tests.builders.bench import Bench, concurrent, messages, ping
from tests.builders.services import PING, SLOW, args
from tests.builders.transport import joined

VECTOR_14 = bytes.fromhex(
    "0000002b 1000 0000 00000000 0004 00 00 01 0001 0005 6372727374 0001 31 00 80010002 00000004 6e6f6e65 00000000 00"
)
"""Kitex's control frame, as captured."""


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
