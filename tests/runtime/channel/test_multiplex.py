"""A shared stream on a connection that goes nowhere: writing, congestion, and errors of one's own."""

from __future__ import annotations

import asyncio

import pytest

from kitexgen.runtime.channel import Lane, Multiplex, MuxLimits
from kitexgen.runtime.errors import ConnectionClosed
from kitexgen.runtime.framing import FRAMED_BINARY, Packet
from kitexgen.runtime.net import Connection
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders import mux
from tests.builders.services import ADD, result
from tests.builders.transport import MemoryTransport, joined
from tests.builders.whole import pack


def connected() -> tuple[Multiplex, Connection, MemoryTransport]:
    stream = Multiplex(MuxLimits(), max_message=1000)
    connection, transport = joined(stream)
    return stream, connection, transport


async def begun(stream: Multiplex, *numbers: int) -> list[asyncio.Task[Packet]]:
    """Calls that have been written, each by a lane of its own."""
    calls = [asyncio.create_task(Lane(stream).call([mux.request(number)])) for number in numbers]
    for _ in range(3):
        await asyncio.sleep(0)
    return calls


async def test_the_calls_of_one_loop_turn_leave_in_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, connection, transport = connected()
    writes: list[bytes] = []
    monkeypatch.setattr(transport, "write", writes.append)
    calls = await begun(stream, 1, 2, 3)
    assert writes == [b"".join(mux.request(number) for number in (1, 2, 3))]
    connection.data_received(mux.reply(2) + mux.reply(3) + mux.reply(1))
    assert [mux.value(await call) for call in calls] == [1, 2, 3]


async def test_calls_wait_while_the_peer_takes_nothing() -> None:
    stream, connection, transport = connected()
    connection.pause_writing()
    patient, hasty = await begun(stream, 1, 2)
    assert (transport.written, stream.in_flight) == (b"", 0)
    hasty.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hasty
    connection.resume_writing()
    for _ in range(3):
        await asyncio.sleep(0)
    assert transport.written == mux.request(1)  # the cancelled one was never sent
    connection.data_received(mux.reply(1))
    assert mux.value(await patient) == 1


async def test_a_stream_that_ends_before_a_request_was_sent_is_worth_another_try() -> None:
    stream, connection, transport = connected()
    connection.pause_writing()
    lane = Lane(stream)
    call = asyncio.create_task(lane.call([mux.request(1)]))
    await asyncio.sleep(0)
    connection.connection_lost(None)
    with pytest.raises(ConnectionClosed):
        await call
    assert (transport.written, lane.is_reused, lane.heard_nothing) == (b"", True, True)


async def test_each_call_has_an_error_of_its_own() -> None:
    stream, connection, _ = connected()
    calls = await begun(stream, 1, 2)
    cause = ConnectionResetError(104, "whatever")
    connection.connection_lost(cause)
    errors = await asyncio.gather(*calls, return_exceptions=True)
    assert [str(error) for error in errors] == ["connection lost: Connection reset by peer"] * 2
    assert errors[0] is not errors[1]
    assert all(isinstance(error, ConnectionClosed) and error.__cause__.__cause__ is cause for error in errors)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"HTTP/1.1 200 OK\r\n", "bad version"),
        (pack(FRAMED_BINARY, MessageKind.REPLY, "add", 1, result(ADD, success=1)), "an answer without TTHeader"),
        (mux.reply(1)[:18] + (2000).to_bytes(4, "big") + mux.reply(1)[22:], "past the limit of 1000"),
    ],
    ids=["no message", "no TTHeader", "too large"],
)
async def test_what_is_no_answer_ends_the_stream(data: bytes, words: str) -> None:
    stream, connection, transport = connected()
    (call,) = await begun(stream, 1)
    connection.data_received(data)
    with pytest.raises(ConnectionClosed, match=f"connection closed after an error: .*{words}"):
        await call
    assert transport.was_aborted()
    connection.data_received(mux.reply(1))  # too late, for nobody


async def test_oneway_calls_wait_for_room_and_for_nothing_else() -> None:
    stream, connection, transport = connected()
    await Lane(stream).send([mux.request(1)])
    assert (transport.written, stream.in_flight) == (mux.request(1), 0)
    connection.data_received(mux.reply(1))  # from a server whose IDL has an answer
    assert stream.is_usable
    connection.eof_received()
    with pytest.raises(ConnectionClosed, match="closed by the peer"):
        await Lane(stream).send([mux.request(2)])


async def test_a_stream_without_a_connection() -> None:
    stream = Multiplex(MuxLimits())
    assert not stream.is_usable
    stream.close()
    await stream.wait_closed()
    with pytest.raises(RuntimeError, match="not connected"):
        await stream.call([mux.request(1)])
