"""Both sides, from both makers. Without Go, or a way to its modules, the tests here are skipped; in CI (where both are
promised) they fail instead, lest nobody notice that nothing was shown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from kitexgen.runtime.server import Served
from tests.builders.generated import generate_code
from tests.builders.time_limit import time_limit
from tests.interop_kitex.caller import Caller, OpenCaller, OurCaller, PeerCaller
from tests.interop_kitex.handlers import EchoHandler, LoudEchoHandler, ProbeHandler
from tests.interop_kitex.loop_thread import LoopThread
from tests.interop_kitex.messages import MessagesHandler
from tests.interop_kitex.ours import Code, OurClient, Style, serving
from tests.interop_kitex.ways import BareTransport, Way
from tests.peers.building import Peers, PeersUnavailable
from tests.peers.kitex_build import IDL, SOURCES, build
from tests.peers.kitex_processes import KitexClient, KitexServer

__all__ = ["time_limit"]


@pytest.fixture(scope="session")
def kitex() -> Peers:
    try:
        return build()
    except PeersUnavailable as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def kitex_server(kitex: Peers) -> Iterator[KitexServer]:
    with KitexServer(kitex.server) as server:
        yield server


@pytest.fixture(scope="session")
def kitex_mux_server(kitex: Peers) -> Iterator[KitexServer]:
    with KitexServer(kitex.server, "-mux") as server:
        yield server


@pytest.fixture(scope="session")
def kitex_client(kitex: Peers) -> Iterator[KitexClient]:
    with KitexClient(kitex.client) as client:
        yield client


@pytest.fixture(scope="session")
def code(tmp_path_factory: pytest.TempPathFactory) -> Code:
    """Our code for the IDL of the peers."""
    return Code(generate_code([SOURCES / name for name in IDL], tmp_path_factory.mktemp("peers")))


@pytest.fixture(scope="session")
def loop_thread() -> Iterator[LoopThread]:
    with LoopThread() as thread:
        yield thread


@pytest.fixture(scope="session")
def our_server(code: Code, loop_thread: LoopThread) -> Iterator[str]:
    """The address of our server of all services, of both IDLs."""
    served = (
        Served(code.echo_service.SERVICE, EchoHandler(code.echo), is_fallback=True),
        Served(code.probe_service.SERVICE, ProbeHandler(code)),
        Served(code.loud_service.SERVICE, LoudEchoHandler(code.echo)),
        Served(code.messages_service.SERVICE, MessagesHandler(code)),
    )
    with serving(loop_thread, *served) as address:
        yield address


@pytest.fixture
def open_caller(code: Code, loop_thread: LoopThread, request: pytest.FixtureRequest) -> Iterator[OpenCaller]:
    """Opens callers for ways between Kitex and us."""
    with ExitStack() as opened:

        def open_(way: Way, address: str, *, checksum: bool = False) -> Caller:
            if way.we_call:
                return opened.enter_context(OurCaller(code, loop_thread, way, address, checksum=checksum))
            client: KitexClient = request.getfixturevalue("kitex_client")
            return opened.enter_context(PeerCaller(code, client, way, address, checksum=checksum))

        yield open_


@pytest.fixture(params=["framed", "buffered"])
def transport(request: pytest.FixtureRequest) -> BareTransport:
    found: BareTransport = request.param
    return found


@pytest.fixture(params=["asyncio", "blocking"])
def style(request: pytest.FixtureRequest) -> Style:
    found: Style = request.param
    return found


@pytest.fixture
def probe(
    code: Code, loop_thread: LoopThread, kitex_server: KitexServer, transport: BareTransport, style: Style
) -> Iterator[OurClient]:
    """Our client of Probe at the Kitex server."""
    with OurClient(
        loop_thread, code.probe_service.ProbeClient, style, hosts=[kitex_server.address], transport=transport
    ) as client:
        yield client
