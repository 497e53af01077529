"""thriftpy2's client and server against ours, in every transport and protocol both have."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kitexgen.runtime.errors import UnknownMethod
from kitexgen.runtime.server import Server
from tests.builders.services import ClockClient, Note, NotesBlockingClient, NotesClient, NotesHandler, Refused
from tests.end_to_end.endpoints import PLAIN, Speaks, spoken
from tests.end_to_end.foreign_server import foreign_server

pytestmark = pytest.mark.interop

thriftpy2 = pytest.importorskip("thriftpy2", reason="thriftpy2 is not installed")

from thriftpy2.protocol.binary import TBinaryProtocol  # noqa: E402
from thriftpy2.protocol.compact import TCompactProtocol  # noqa: E402
from thriftpy2.thrift import TApplicationException, TClient, TProcessor  # noqa: E402
from thriftpy2.transport import TTransportException  # noqa: E402
from thriftpy2.transport import socket as their_sockets  # noqa: E402
from thriftpy2.transport.buffered import TBufferedTransport  # noqa: E402
from thriftpy2.transport.framed import TFramedTransport  # noqa: E402

TSocket: Any = their_sockets.TSocket
TRANSPORTS = {"framed": TFramedTransport, "buffered": TBufferedTransport}
PROTOCOLS = {"binary": TBinaryProtocol, "compact": TCompactProtocol}


@pytest.fixture(scope="module")
def loaded() -> Any:
    """What thriftpy2 makes of `notes.thrift`."""
    return thriftpy2.load(str(Path(__file__).parent / "notes.thrift"), module_name="peer_notes_thrift")


@pytest.fixture(params=PLAIN)
def speaks(request: pytest.FixtureRequest) -> Speaks:
    """As elsewhere, without TTHeader: what Apache calls so is another header."""
    return spoken(request.param)


def protocol_on(trans: Any, speaks: Speaks) -> Any:
    return PROTOCOLS[speaks["protocol"]](TRANSPORTS[speaks["transport"]](trans))


async def test_their_client_calls_our_server(
    tcp_server: Server, handler: NotesHandler, loaded: Any, speaks: Speaks
) -> None:
    host, port = str(tcp_server.address).split(":")

    def calls() -> None:
        protocol = protocol_on(TSocket(host, int(port)), speaks)
        protocol.trans.open()
        with closing(protocol.trans):
            client = TClient(loaded.Notes, protocol)
            assert client.echo(loaded.Note(text="hé", count=-3)) == loaded.Note(text="hé", count=-3)
            assert client.add(2, 3) == 5
            assert client.all() == [loaded.Note(text="a", count=0), loaded.Note(text="b", count=-1)]
            client.ping()
            client.tell("oneway")
            with pytest.raises(loaded.Refused) as refused:
                client.fail("declared")
            assert (refused.value.code, refused.value.why) == (1, "declared")
            with pytest.raises(TApplicationException) as failed:
                client.fail("plain failure")
            assert (failed.value.type, failed.value.message) == (6, "biz error: plain failure")
            client.ping()

    await asyncio.to_thread(calls)
    assert await handler.told.get() == "oneway"


class TheirHandler:
    """What a thriftpy2 server runs."""

    def __init__(self, loaded: Any) -> None:
        self.loaded = loaded
        self.told: list[str] = []

    def ping(self) -> None:
        """Nothing to do."""

    def echo(self, note: Any) -> Any:
        return note

    def add(self, a: int, b: int) -> int:
        return a + b

    def all(self) -> list[Any]:
        return [self.loaded.Note(text="a", count=0), self.loaded.Note(text="b", count=-1)]

    def fail(self, how: str) -> None:
        raise self.loaded.Refused(code=1, why=how)

    def tell(self, text: str) -> None:
        self.told.append(text)


@pytest.fixture
def theirs(loaded: Any, speaks: Speaks) -> Iterator[tuple[str, TheirHandler]]:
    """The address of a thriftpy2 server, and its handler."""
    handler = TheirHandler(loaded)
    processor = TProcessor(loaded.Notes, handler)

    def serve_one(accepted: socket.socket) -> None:
        trans = TSocket()
        trans.set_handle(accepted)
        protocol = protocol_on(trans, speaks)
        try:
            while True:
                processor.process(protocol, protocol)
        except (TTransportException, EOFError):
            return

    with foreign_server(serve_one) as address:
        yield address, handler


async def test_our_client_calls_their_server(theirs: tuple[str, TheirHandler], speaks: Speaks) -> None:
    address, handler = theirs
    async with NotesClient("notes", hosts=[address], **speaks) as notes:
        assert await notes.echo(Note(text="hé", count=-3)) == Note(text="hé", count=-3)
        assert await notes.add(2, 3) == 5
        assert await notes.all() == [Note(text="a"), Note(text="b", count=-1)]
        await notes.ping()
        with pytest.raises(Refused) as refused:
            await notes.fail("declared")
        assert refused.value == Refused(code=1, why="declared")
        await notes.tell("oneway")
    async with ClockClient("clock", hosts=[address], **speaks) as clock:
        with pytest.raises(UnknownMethod):
            await clock.now()
    while not handler.told:
        await asyncio.sleep(0)
    assert handler.told == ["oneway"]


def test_our_blocking_client_calls_their_server(theirs: tuple[str, TheirHandler], speaks: Speaks) -> None:
    address, _ = theirs
    with NotesBlockingClient("notes", hosts=[address], **speaks) as notes:
        assert notes.echo(Note(text="hé", count=-3)) == Note(text="hé", count=-3)
        assert notes.add(2, 3) == 5
        notes.ping()
        with pytest.raises(Refused):
            notes.fail("declared")
