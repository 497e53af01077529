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
from tests.builders.services import NotesClient, NotesHandler
from tests.end_to_end.endpoints import PLAIN, Speaks, spoken
from tests.end_to_end.foreign_notes import TheirHandler, call_ours, call_theirs, call_theirs_blocking
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
            call_ours(client, types, TApplicationException)

    await asyncio.to_thread(calls)
    assert await handler.told.get() == "oneway"


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
        await call_theirs(notes, handler)
        with pytest.raises(ApplicationError):
            await notes.fail("plain failure")


def test_our_blocking_client_calls_their_server(theirs: tuple[str, TheirHandler], speaks: Speaks) -> None:
    call_theirs_blocking(theirs[0], speaks)
