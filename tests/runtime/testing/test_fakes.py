"""Scripted peers, as servers and as clients."""

from __future__ import annotations

import pytest

from kitexgen.runtime.errors import ApplicationError, ConnectionClosed
from kitexgen.runtime.framing import FRAMED_BINARY
from kitexgen.runtime.protocol import read_body
from kitexgen.runtime.server import Served, Server
from kitexgen.runtime.testing import ScriptedPeer, scripted
from tests.builders.services import ADD, ECHO, NOTES, PING, Note, NotesClient, NotesHandler, args, result


@pytest.mark.parametrize("address", ["memory:scripted", "127.0.0.1:0"])
async def test_a_scripted_server(address: str) -> None:
    async def script(peer: ScriptedPeer) -> None:
        call = await peer.expect_call(ADD)
        assert read_body(call, ADD.arguments) == args(ADD, a=2, b=3)
        peer.reply(call, result(ADD, success=5))
        call = await peer.expect_call(PING)
        peer.refuse(call, ApplicationError(6, "out of order"))
        assert await peer.read_message() is None
        assert await peer.read() == b""

    async with scripted(address, script) as where, NotesClient("notes", hosts=[where]) as notes:
        assert await notes.add(2, 3) == 5
        with pytest.raises(ApplicationError, match=r"^out of order "):
            await notes.ping()


async def test_a_server_that_breaks_in_the_middle() -> None:
    async def script(peer: ScriptedPeer) -> None:
        await peer.expect_call(PING)
        peer.write(b"\x00\x00\x00\x40\x80\x01")
        await peer.drain()
        await peer.close()

    async with scripted("memory:breaks", script) as where, NotesClient("notes", hosts=[where]) as notes:
        with pytest.raises(ConnectionClosed):
            await notes.ping()


async def test_a_failed_script_fails_the_test() -> None:
    async def script(peer: ScriptedPeer) -> None:
        await peer.expect_call(ECHO)

    async def call() -> None:
        async with scripted("memory:fails", script) as where, NotesClient("notes", hosts=[where]) as notes:
            with pytest.raises(ConnectionClosed):
                await notes.ping()

    with pytest.raises(AssertionError, match=r"^a call of echo was expected, not CALL ping$"):
        await call()


async def test_connections_without_a_script_are_closed() -> None:
    async with scripted("memory:nobody") as where, ScriptedPeer.connected_to(where) as peer:
        assert await peer.read() == b""


async def test_a_scripted_client() -> None:
    async with (
        Server(Served(NOTES, NotesHandler()), address="memory:served", late_requests=0.0),
        ScriptedPeer.connected_to("memory:served") as peer,
    ):
        peer.call(ECHO, args(ECHO, note=Note(text="hello")), sequence_id=7, format=FRAMED_BINARY)
        answer = await peer.read_message()
        assert answer is not None
        assert answer.sequence_id == 7
        assert ECHO.result is not None
        assert read_body(answer, ECHO.result) == result(ECHO, success=Note(text="hello"))
        peer.pause()
        peer.resume()
        peer.abort()
