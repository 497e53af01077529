"""One call at a time, on a connection that goes nowhere."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.channel import PingPong
from kitexgen.runtime.errors import BadVersion, ConnectionClosed, FrameTooLarge
from kitexgen.runtime.framing import BUFFERED_BINARY, FRAMED_BINARY, Packet
from kitexgen.runtime.net import Connection
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ADD, result
from tests.builders.transport import MemoryTransport, joined
from tests.builders.whole import pack
from tests.strategies.chunks import chunks

REPLY = pack(FRAMED_BINARY, MessageKind.REPLY, "add", 1, result(ADD, success=3))
PACKET = Packet(FRAMED_BINARY, pack(BUFFERED_BINARY, MessageKind.REPLY, "add", 1, result(ADD, success=3)))


def connected(max_message: int = 1000) -> tuple[PingPong, Connection, MemoryTransport]:
    channel = PingPong(max_message)
    connection, transport = joined(channel)
    return channel, connection, transport


async def begun(channel: PingPong, request: bytes = b"request") -> asyncio.Task[Packet]:
    """A call that has been sent."""
    call = asyncio.create_task(channel.call([request]))
    await asyncio.sleep(0)
    return call


@given(chunks(REPLY).flatmap(st.just))
def test_any_cut_of_the_answer_will_do(pieces: list[bytes]) -> None:
    async def main() -> None:
        channel, connection, transport = connected()
        call = await begun(channel)
        assert transport.written == b"request"
        for piece in pieces:
            connection.data_received(piece)
        assert await call == PACKET
        assert channel.is_healthy
        assert not channel.heard_nothing

    asyncio.run(main())


async def test_a_channel_serves_one_call_after_the_other() -> None:
    channel, connection, transport = connected()
    for _ in range(3):
        call = await begun(channel)
        assert channel.heard_nothing
        assert not channel.is_healthy  # it is taken
        connection.data_received(REPLY)
        assert await call == PACKET
    assert transport.written == b"request" * 3


async def test_two_calls_at_once_are_a_mistake_of_ours() -> None:
    channel, connection, _ = connected()
    call = await begun(channel)
    with pytest.raises(RuntimeError, match="a call is in flight"):
        await channel.call([b"second"])
    connection.data_received(REPLY)
    assert await call == PACKET


async def test_a_cancelled_call_ends_the_channel() -> None:
    channel, connection, transport = connected()
    call = await begun(channel)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert transport.was_aborted()
    assert not channel.is_healthy
    connection.data_received(REPLY)  # too late, for nobody
    with pytest.raises(ConnectionClosed, match="given up"):
        await channel.call([b"second"])


async def test_a_call_cancelled_as_its_answer_comes_ends_the_channel() -> None:
    channel, connection, transport = connected()
    call = await begun(channel)
    connection.data_received(REPLY)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert transport.was_aborted()


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"HTTP/1.1 200", BadVersion), ((2000).to_bytes(4, "big") + b"\x80\x01", FrameTooLarge)],
)
async def test_what_is_no_answer_ends_the_channel(data: bytes, error: type[Exception]) -> None:
    channel, connection, transport = connected()
    call = await begun(channel)
    connection.data_received(data)
    with pytest.raises(error):
        await call
    assert transport.was_aborted()


async def test_more_than_the_answer_ends_the_channel_but_not_the_call() -> None:
    for data in ([REPLY + b"\x00"], [REPLY, REPLY]):
        channel, connection, transport = connected()
        call = await begun(channel)
        for each in data:
            connection.data_received(each)
        assert await call == PACKET
        assert transport.was_aborted()
        assert not channel.is_healthy


async def test_what_comes_unasked_ends_the_channel() -> None:
    channel, connection, transport = connected()
    connection.data_received(REPLY)
    assert transport.was_aborted()
    assert not channel.is_healthy


async def test_an_end_fails_the_call() -> None:
    channel, connection, transport = connected()
    call = await begun(channel)
    assert connection.eof_received() is True
    with pytest.raises(ConnectionClosed, match="closed by the peer"):
        await call
    assert channel.heard_nothing
    assert transport.was_aborted()


async def test_a_loss_fails_the_call_with_its_cause() -> None:
    channel, connection, _ = connected()
    call = await begun(channel)
    cause = ConnectionResetError(104, "whatever")
    connection.connection_lost(cause)
    with pytest.raises(ConnectionClosed, match="connection lost: Connection reset by peer") as caught:
        await call
    assert caught.value.__cause__ is cause


async def test_an_idle_channel_that_ends_is_ill() -> None:
    channel, connection, _ = connected()
    connection.eof_received()
    assert not channel.is_healthy
    with pytest.raises(ConnectionClosed):
        await channel.call([b"x"])


async def test_sending_waits_for_room() -> None:
    channel, connection, transport = connected()
    connection.pause_writing()
    sending = asyncio.create_task(channel.send([b"oneway"]))
    await asyncio.sleep(0)
    assert transport.written == b"oneway"
    assert not sending.done()
    connection.resume_writing()
    await sending
    assert channel.is_healthy


async def test_sending_that_is_cancelled_or_fails_ends_the_channel() -> None:
    channel, connection, transport = connected()
    connection.pause_writing()
    sending = asyncio.create_task(channel.send([b"oneway"]))
    await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert transport.was_aborted()
    channel, connection, transport = connected()
    connection.pause_writing()
    sending = asyncio.create_task(channel.send([b"oneway"]))
    await asyncio.sleep(0)
    connection.connection_lost(None)
    with pytest.raises(ConnectionClosed):
        await sending


async def test_a_channel_without_a_connection() -> None:
    channel = PingPong()
    channel.close()
    await channel.wait_closed()
    with pytest.raises(RuntimeError, match="not connected"):
        await channel.call([b"x"])
