"""Real sockets: servers and clients for every test here. Everything waits for something; nothing may wait for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kitexgen.runtime.client import options
from kitexgen.runtime.server import Served, Server
from tests.builders.services import CLOCK, NOTES, ClockHandler, NotesHandler
from tests.builders.time_limit import time_limit
from tests.end_to_end.endpoints import SPOKEN, Speaks, spoken

__all__ = ["time_limit"]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients wait for a connection as long as a test may take: on a busy machine the default second is soon over."""
    monkeypatch.setattr(options, "DEFAULT_CONNECT_TIMEOUT", 30.0)


@pytest.fixture(params=SPOKEN)
def speaks(request: pytest.FixtureRequest) -> Speaks:
    """Transport and protocol of the client; the server finds out."""
    return spoken(request.param)


@pytest.fixture
def handler() -> NotesHandler:
    return NotesHandler()


@pytest.fixture(params=["tcp", "unix"])
async def server(request: pytest.FixtureRequest, handler: NotesHandler, tmp_path: Path) -> AsyncIterator[Server]:
    """A server of two services, on each kind of socket."""
    address = "127.0.0.1:0" if request.param == "tcp" else f"unix:{tmp_path}/notes.sock"
    served = (Served(NOTES, handler), Served(CLOCK, ClockHandler()))
    async with Server(*served, address=address, late_requests=0, exit_wait=0.5) as running:
        yield running


@pytest.fixture
async def tcp_server(handler: NotesHandler) -> AsyncIterator[Server]:
    """The same on TCP alone, for tests to which the socket makes no difference."""
    async with Server(Served(NOTES, handler), address="127.0.0.1:0", late_requests=0, exit_wait=0.5) as running:
        yield running
