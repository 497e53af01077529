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
from tests.builders.services import ClockClient, NotesClient, NotesHandler
from tests.end_to_end.endpoints import PLAIN, Speaks, spoken
from tests.end_to_end.foreign_notes import TheirHandler, call_ours, call_theirs, call_theirs_blocking
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
            call_ours(TClient(loaded.Notes, protocol), loaded, TApplicationException)

    await asyncio.to_thread(calls)
    assert await handler.told.get() == "oneway"


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
        await call_theirs(notes, handler)
    async with ClockClient("clock", hosts=[address], **speaks) as clock:
        with pytest.raises(UnknownMethod):
            await clock.now()


def test_our_blocking_client_calls_their_server(theirs: tuple[str, TheirHandler], speaks: Speaks) -> None:
    call_theirs_blocking(theirs[0], speaks)
