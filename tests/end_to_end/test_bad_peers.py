"""What a server does with clients that are slow, rude, broken or hostile. The rows of reference/wire.md 9.1."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from kitexgen.runtime.framing import (
    BUFFERED_BINARY,
    BUFFERED_COMPACT,
    FRAMED_BINARY,
    FRAMED_COMPACT,
    Format,
)
from kitexgen.runtime.protocol import read_body, read_exception
from kitexgen.runtime.server import Served, Server
from kitexgen.runtime.server.connection import READ_AHEAD
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import (
    ADD,
    ECHO,
    NOTES,
    PING,
    SLOW,
    TALK,
    TELL,
    Note,
    NotesClient,
    NotesHandler,
    args,
    result,
)
from tests.builders.whole import pack
from tests.end_to_end.endpoints import RawPeer

FORMATS = (FRAMED_BINARY, FRAMED_COMPACT, BUFFERED_BINARY, BUFFERED_COMPACT)


async def test_pipelined_requests_are_answered_in_order(tcp_server: Server) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        stream = b"".join(
            pack(FORMATS[number % 4], MessageKind.CALL, "add", number, args(ADD, a=number, b=1))
            for number in range(200)
        )
        await peer.send(stream)
        for number in range(200):
            reply = await peer.next()
            assert reply is not None
            assert (reply.format, reply.sequence_id) == (FORMATS[number % 4], number)
            assert ADD.result is not None
            assert read_body(reply, ADD.result) == result(ADD, success=number + 1)


async def test_a_request_may_come_byte_by_byte(tcp_server: Server) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        for byte in pack(FRAMED_BINARY, MessageKind.CALL, "ping", 1, args(PING)):
            await peer.send(bytes((byte,)))
            await asyncio.sleep(0)
        reply = await peer.next()
        assert reply is not None
        assert reply.kind is MessageKind.REPLY


@pytest.mark.parametrize(
    "start",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"\x00\x00\x00\x10\x80\x01\x01\x01",  # a frame with message type 257 follows
        b"\x80\x01\x00\x01\xff\xff\xff\xff",  # a name of negative length
    ],
)
async def test_what_is_no_message_closes_without_an_answer(tcp_server: Server, start: bytes) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        await peer.send(start + bytes(64))
        assert await peer.receive() == b""


@pytest.mark.parametrize("kind", [MessageKind.REPLY, MessageKind.EXCEPTION])
async def test_a_message_that_is_no_call_closes_without_an_answer(tcp_server: Server, kind: MessageKind) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        await peer.call("ping", args(PING), kind=kind)
        assert await peer.next() is None


async def test_a_call_without_a_name_closes_without_an_answer(tcp_server: Server) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        await peer.call("", args(PING))
        assert await peer.next() is None


@pytest.mark.parametrize("format", FORMATS)
async def test_arguments_that_cannot_be_read_are_answered_and_the_connection_closes(
    tcp_server: Server, format: Format
) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        await peer.call("echo", args(PING), sequence_id=-5, format=format)  # without the required argument
        reply = await peer.next()
        assert reply is not None
        assert (reply.kind, reply.method, reply.sequence_id) == (MessageKind.EXCEPTION, "echo", -5)
        error = read_exception(reply)
        assert (error.type, error.message) == (7, "echo_args: required field note is not set")
        assert await peer.next() is None


@pytest.mark.parametrize("format", FORMATS)
async def test_an_unknown_method_is_answered_and_the_connection_closes(tcp_server: Server, format: Format) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        await peer.call("nosuch", args(PING), sequence_id=5, format=format)
        reply = await peer.next()
        assert reply is not None
        assert (reply.format, reply.sequence_id) == (format, 5)
        error = read_exception(reply)
        assert (error.type, error.message) == (20, "unknown service , method nosuch")
        assert await peer.next() is None


async def test_an_unknown_oneway_method_gets_no_answer(tcp_server: Server) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        await peer.call("nosuch", args(PING), kind=MessageKind.ONEWAY)
        assert await peer.next() is None


async def test_a_streaming_method_is_refused_and_the_connection_stays(tcp_server: Server) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        await peer.call("talk", args(TALK, note=Note(text="x")))
        reply = await peer.next()
        assert reply is not None
        assert "method talk streams" in read_exception(reply).message
        await peer.call("ping", args(PING))
        assert await peer.next() is not None


async def test_the_idl_decides_whether_there_is_an_answer(tcp_server: Server, handler: NotesHandler) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        await peer.call("tell", args(TELL, text="a"), sequence_id=1)  # oneway, sent as a call
        await peer.call("ping", args(PING), sequence_id=2, kind=MessageKind.ONEWAY)
        reply = await peer.next()
        assert reply is not None
        assert (reply.method, reply.sequence_id) == ("ping", 2)
    assert await handler.told.get() == "a"


async def test_a_oneway_call_is_served_although_its_peer_is_gone(tcp_server: Server, handler: NotesHandler) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        await peer.call("tell", args(TELL, text="a"), kind=MessageKind.ONEWAY)
        await peer.call("tell", args(TELL, text="b"), kind=MessageKind.ONEWAY)
    assert [await handler.told.get(), await handler.told.get()] == ["a", "b"]


async def test_a_peer_that_sends_no_more_still_gets_its_answers(tcp_server: Server) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        await peer.call("add", args(ADD, a=1, b=1), sequence_id=1)
        await peer.call("add", args(ADD, a=2, b=2), sequence_id=2)
        peer.finish()
        first, second = await peer.next(), await peer.next()
        assert first is not None
        assert second is not None
        assert (first.sequence_id, second.sequence_id) == (1, 2)
        assert await peer.next() is None


async def test_a_message_cut_short_is_dropped(tcp_server: Server) -> None:
    with await RawPeer.connect(tcp_server) as peer:
        await peer.send(pack(FRAMED_BINARY, MessageKind.CALL, "ping", 1, args(PING))[:-1])
        peer.finish()
        assert await peer.next() is None


@pytest.mark.parametrize("format", FORMATS)
async def test_a_message_past_the_limit_closes_without_an_answer(format: Format) -> None:
    async with Server(Served(NOTES, NotesHandler()), address="127.0.0.1:0", late_requests=0, max_message=100) as server:
        with await RawPeer.connect(server) as peer:
            await peer.call("ping", args(PING), format=format)
            assert await peer.next() is not None
            await peer.call("echo", args(ECHO, note=Note(text="x" * 100)), format=format)
            assert await peer.next() is None


async def test_further_connections_than_allowed_are_closed() -> None:
    settings = {"address": "127.0.0.1:0", "late_requests": 0}
    async with Server(Served(NOTES, NotesHandler()), max_connections=2, **settings) as server:  # type: ignore[arg-type]
        with await RawPeer.connect(server) as first, await RawPeer.connect(server) as second:
            for peer in (first, second):
                await peer.call("ping", args(PING))
                assert await peer.next() is not None
            with await RawPeer.connect(server) as third:
                assert await third.receive() == b""
            await first.call("ping", args(PING))
            assert await first.next() is not None


async def test_a_peer_that_does_not_read_is_not_read_from(tcp_server: Server) -> None:
    """It may send until the buffers of both machines are full; the server takes a bounded part of it into memory."""
    call = pack(FRAMED_BINARY, MessageKind.CALL, "echo", 1, args(ECHO, note=Note(text="x" * 100_000)))
    with await RawPeer.connect(tcp_server) as peer:
        sent = 0

        async def flood() -> None:
            nonlocal sent
            while True:
                await peer.send(call)
                sent += 1

        flooding = asyncio.create_task(flood())
        shared = tcp_server._shared
        assert shared is not None
        while not (shared.connections and all(_is_held(each) for each in shared.connections)):
            await asyncio.sleep(0.01)
        (connection,) = shared.connections
        assert connection._connection is not None
        assert connection._decoder.pending <= READ_AHEAD + 512 * 1024
        assert connection._connection.unsent <= 2 * len(call) + READ_AHEAD
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)
        for _ in range(sent):  # nothing was lost: once it reads, it gets every answer
            assert await peer.next() is not None


def _is_held(connection: object) -> bool:
    below = connection._connection  # type: ignore[attr-defined]
    return below is not None and below.congested and not below._transport.is_reading()


async def test_many_connections(tcp_server: Server) -> None:
    with ExitStack() as stack:
        peers = [stack.enter_context(await RawPeer.connect(tcp_server)) for _ in range(300)]
        for number, peer in enumerate(peers):
            await peer.call("add", args(ADD, a=number, b=0), sequence_id=number)
        for number, peer in enumerate(peers):
            reply = await peer.next()
            assert reply is not None
            assert reply.sequence_id == number


async def test_a_slow_call_holds_up_no_other_connection(tcp_server: Server, handler: NotesHandler) -> None:
    with await RawPeer.connect(tcp_server) as slow:
        await slow.call("slow", args(SLOW, text="x"))
        await handler.entered.wait()
        async with NotesClient("notes", hosts=[str(tcp_server.address)]) as notes:
            await notes.ping()
        handler.gate.set()
        assert await slow.next() is not None
