"""Volo and us. Where its peers are not asked for, or cannot be had, the tests here are skipped; in CI, where they are
asked for, they fail instead, lest nobody notice that nothing was shown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from kitexgen.runtime.server import Served
from tests.builders.time_limit import time_limit
from tests.interop_kitex.caller import Caller, OpenCaller, OurCaller, PeerCaller
from tests.interop_kitex.conftest import code, loop_thread
from tests.interop_kitex.handlers import EchoHandler, LoudEchoHandler, ProbeHandler
from tests.interop_kitex.loop_thread import LoopThread
from tests.interop_kitex.ours import Code, serving
from tests.interop_kitex.ways import Way
from tests.peers.building import Peers, PeersUnavailable
from tests.peers.kitex_processes import KitexClient, KitexServer
from tests.peers.volo_build import build

__all__ = ["code", "loop_thread", "time_limit"]

BACKWARD = "RPC_BACKWARD_"
"""Volo's clients read only those backward values whose keys begin so."""


@pytest.fixture(scope="session", autouse=True)
def volo() -> Peers:
    """Built before any test begins, whose time would be over long before the first build is."""
    try:
        return build()
    except PeersUnavailable as reason:
        if os.environ.get("CI") == "true" and os.environ.get("KITEXGEN_VOLO") == "1":
            pytest.fail(str(reason))
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def volo_server(volo: Peers) -> Iterator[str]:
    """Its address. The Volo peers speak the lines of the Kitex ones."""
    with KitexServer(volo.server) as server:
        yield server.address


@pytest.fixture(scope="session")
def volo_client(volo: Peers) -> Iterator[KitexClient]:
    with KitexClient(volo.client) as client:
        yield client


@pytest.fixture(scope="session")
def our_server(code: Code, loop_thread: LoopThread) -> Iterator[str]:
    """The address of our server of all three services."""
    served = (
        Served(code.echo_service.SERVICE, EchoHandler(code.echo), is_fallback=True),
        Served(code.probe_service.SERVICE, ProbeHandler(code, backward_prefix=BACKWARD)),
        Served(code.loud_service.SERVICE, LoudEchoHandler(code.echo)),
    )
    with serving(loop_thread, *served) as address:
        yield address


@pytest.fixture
def open_caller(code: Code, loop_thread: LoopThread, request: pytest.FixtureRequest) -> Iterator[OpenCaller]:
    """Opens callers for ways between Volo and us."""
    with ExitStack() as opened:

        def open_(way: Way, address: str) -> Caller:
            if way.we_call:
                return opened.enter_context(OurCaller(code, loop_thread, way, address))
            client: KitexClient = request.getfixturevalue("volo_client")
            return opened.enter_context(PeerCaller(code, client, way, address))

        yield open_
