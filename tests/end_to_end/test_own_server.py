"""Handlers that call the server they run in, on the same loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from kitexgen.runtime.framing import FRAMED_BINARY
from kitexgen.runtime.protocol import open_answer, value_of
from kitexgen.runtime.server import Served, Server
from kitexgen.runtime.wire.native import pure_only
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ECHO, NOTES, PING, Note, NotesClient, NotesHandler, args
from tests.builders.whole import pack
from tests.end_to_end.endpoints import RawPeer


class Handler(NotesHandler):
    """`echo` of "n down" calls itself n times, one within the other; that of "at once n" calls n others at once."""

    notes: NotesClient

    async def echo(self, note: Note) -> Note:
        match note.text.split():
            case [steps, "down"] if int(steps):
                below = await self.notes.echo(Note(text=f"{int(steps) - 1} down", count=note.count))
                return Note(text=f"{steps} {below.text}", count=below.count + 1)
            case ["at", "once", number]:
                found = await asyncio.gather(*(self.notes.echo(Note(text="x", count=n)) for n in range(int(number))))
                return Note(text="all", count=sum(each.count for each in found))
        return note


@pytest.fixture(params=["compiled", "pure"], autouse=True)
def codec(request: pytest.FixtureRequest) -> Iterator[None]:
    with pure_only() if request.param == "pure" else nullcontext():
        yield


@pytest.fixture(params=["framed-long", "ttheader-long", "ttheader-mux"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    transport, pool = request.param.split("-")
    speaks: dict[str, Any] = {"transport": transport, "pool": pool}
    handler = Handler()
    async with (
        Server(Served(NOTES, handler), address="127.0.0.1:0", late_requests=0, exit_wait=0.5) as running,
        NotesClient("own", hosts=[str(running.address)], **speaks) as handler.notes,
    ):
        yield running


async def test_the_handler_waits_and_is_answered(server: Server) -> None:
    async with NotesClient("n", hosts=[str(server.address)]) as notes:
        for _ in range(2):  # the second time over connections that the compiled way reads itself
            assert await notes.echo(Note(text="5 down")) == Note(text="5 4 3 2 1 0 down", count=5)
            assert await notes.echo(Note(text="at once 20")) == Note(text="all", count=190)


async def test_what_is_pipelined_behind_it_is_answered_in_order(server: Server) -> None:
    def echo(text: str, sequence_id: int) -> bytes:
        return pack(FRAMED_BINARY, MessageKind.CALL, "echo", sequence_id, args(ECHO, note=Note(text=text)))

    texts = ["a", "3 down", "b", "at once 5", "c", "0 down", "2 down", "d"]
    with await RawPeer.connect(server) as peer:
        await peer.call("ping", args(PING))
        assert await peer.next() is not None
        await peer.send(b"".join(echo(text, number) for number, text in enumerate(texts)))
        answers = [open_answer(await peer.next_packet(), ECHO, number) for number in range(len(texts))]
    told = [value_of(answer, ECHO).text for answer in answers]
    assert told == ["a", "3 2 1 0 down", "b", "all", "c", "0 down", "2 1 0 down", "d"]
