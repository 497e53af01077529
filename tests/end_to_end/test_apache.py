"""Apache Thrift's Python client and server against ours, in every transport and protocol both have."""

from __future__ import annotations

import asyncio
import importlib
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kitexgen.runtime.errors import ApplicationError
from kitexgen.runtime.server import Server
from tests.builders.services import Note, NotesBlockingClient, NotesClient, NotesHandler, Refused
from tests.end_to_end.endpoints import PLAIN, Speaks, spoken
from tests.end_to_end.foreign_server import foreign_server

pytestmark = pytest.mark.interop

pytest.importorskip("thrift.protocol", reason="Apache Thrift's Python library is not installed")

from thrift.protocol.TBinaryProtocol import TBinaryProtocol  # noqa: E402
from thrift.protocol.TCompactProtocol import TCompactProtocol  # noqa: E402
from thrift.Thrift import TApplicationException  # noqa: E402
from thrift.transport.TSocket import TSocket  # noqa: E402
from thrift.transport.TTransport import TBufferedTransport, TFramedTransport, TTransportException  # noqa: E402

TRANSPORTS = {"framed": TFramedTransport, "buffered": TBufferedTransport}
PROTOCOLS = {"binary": TBinaryProtocol, "compact": TCompactProtocol}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package that Apache's compiler writes for `notes.thrift`: its modules `ttypes` and `Notes`."""
    if shutil.which("thrift") is None:
        pytest.skip("Apache's compiler `thrift` is not on the path")
    out = tmp_path_factory.mktemp("apache")
    idl = Path(__file__).parent / "notes.thrift"
    subprocess.run(["thrift", "--gen", "py:package_prefix=", "-out", out, idl], check=True)
    sys.path.insert(0, str(out))
    try:
        yield {name: importlib.import_module(f"notes.{name}") for name in ("ttypes", "Notes")}
    finally:
        sys.path.remove(str(out))


@pytest.fixture(params=PLAIN)
def speaks(request: pytest.FixtureRequest) -> Speaks:
    """As elsewhere, without TTHeader: what Apache calls so is another header."""
    return spoken(request.param)


def protocol_on(trans: Any, speaks: Speaks) -> Any:
    return PROTOCOLS[speaks["protocol"]](TRANSPORTS[speaks["transport"]](trans))


async def test_their_client_calls_our_server(
    tcp_server: Server, handler: NotesHandler, generated: Any, speaks: Speaks
) -> None:
    types, service = generated["ttypes"], generated["Notes"]
    host, port = str(tcp_server.address).split(":")

    def calls() -> None:
        protocol = protocol_on(TSocket(host, int(port)), speaks)
        client = service.Client(protocol)
        protocol.trans.open()
        with closing(protocol.trans):
            assert client.echo(types.Note(text="hé", count=-3)) == types.Note(text="hé", count=-3)
            assert client.add(2, 3) == 5
            assert client.all() == [types.Note(text="a", count=0), types.Note(text="b", count=-1)]
            client.ping()
            client.tell("oneway")
            with pytest.raises(types.Refused) as refused:
                client.fail("declared")
            assert (refused.value.code, refused.value.why) == (1, "declared")
            with pytest.raises(TApplicationException) as failed:
                client.fail("plain failure")
            assert (failed.value.type, failed.value.message) == (6, "biz error: plain failure")
            client.ping()  # the connection is still good

    await asyncio.to_thread(calls)
    assert await handler.told.get() == "oneway"


class TheirHandler:
    """What an Apache server runs."""

    def __init__(self, types: Any) -> None:
        self.types = types
        self.told: list[str] = []

    def ping(self) -> None:
        """Nothing to do."""

    def echo(self, note: Any) -> Any:
        return note

    def add(self, a: int, b: int) -> int:
        return a + b

    def all(self) -> list[Any]:
        return [self.types.Note(text="a", count=0), self.types.Note(text="b", count=-1)]

    def fail(self, how: str) -> None:
        if how == "declared":
            raise self.types.Refused(code=1, why=how)
        raise ValueError(how)

    def tell(self, text: str) -> None:
        self.told.append(text)


@pytest.fixture
def theirs(generated: Any, speaks: Speaks) -> Iterator[tuple[str, TheirHandler]]:
    """The address of an Apache server, and its handler."""
    handler = TheirHandler(generated["ttypes"])
    processor = generated["Notes"].Processor(handler)

    def serve_one(accepted: socket.socket) -> None:
        trans = TSocket()
        trans.setHandle(accepted)
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
        with pytest.raises(ApplicationError):
            await notes.fail("plain failure")
        await notes.tell("oneway")
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
