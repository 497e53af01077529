"""What a server calls when it starts and stops, and in which order."""

from __future__ import annotations

import asyncio
import logging

import pytest

from kitexgen.runtime.errors import ConnectError
from kitexgen.runtime.net import Address, Connection, dial
from kitexgen.runtime.server import Served, Server
from tests.builders.services import CLOCK, ClockHandler, NotesClient


def clock_server(**settings: object) -> Server:
    return Server(Served(CLOCK, ClockHandler()), address="127.0.0.1:0", **settings)  # type: ignore[arg-type]


async def test_hooks_run_in_order_plain_and_async() -> None:
    seen: list[object] = []

    def plain(address: Address) -> None:
        seen.append(("plain", address))

    async def waiting(address: Address) -> None:
        await asyncio.sleep(0)
        seen.append(("waiting", address))

    async def goodbye() -> None:
        await asyncio.sleep(0)
        seen.append("goodbye")

    server = clock_server(on_start=[plain, waiting], on_stop=[goodbye, lambda: seen.append("gone")])
    async with server:
        address = server.address
        assert seen == [("plain", address), ("waiting", address)]
    assert seen[2:] == ["goodbye", "gone"]


async def test_a_start_hook_that_fails_stops_the_server() -> None:
    found: list[Address] = []

    def broken(address: Address) -> None:
        found.append(address)
        raise LookupError("no database")

    stopped: list[bool] = []
    server = clock_server(on_start=broken, on_stop=lambda: stopped.append(True))
    with pytest.raises(LookupError, match="no database"):
        await server.start()
    assert stopped == [True]
    async with NotesClient("late", hosts=[str(found[0])]) as late:
        with pytest.raises(ConnectError):
            await late.ping()


async def test_a_stop_hook_that_fails_is_told_and_keeps_nobody(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []

    def broken() -> None:
        raise LookupError("not registered")

    with caplog.at_level(logging.ERROR, "kitexgen.server"):
        async with clock_server(on_stop=[broken, lambda: seen.append("next")]):
            pass
    assert seen == ["next"]
    assert "LookupError: not registered" in caplog.text


async def test_stop_hooks_run_while_the_server_still_accepts() -> None:
    accepted: list[bool] = []

    class Peer:
        def on_connect(self, connection: Connection) -> None:
            self.connection = connection

        def on_data(self, data: bytes) -> None: ...
        def on_end(self) -> None: ...
        def on_uncongested(self) -> None: ...
        def on_lost(self, error: Exception | None) -> None: ...

    async def leave_discovery() -> None:
        # Clients that do not know yet still come, and must be served.
        peer = await dial(server.address, Peer, 5)
        peer.connection.abort()
        await peer.connection.wait_closed()
        accepted.append(True)

    server = clock_server(on_stop=leave_discovery, late_requests=0)
    async with server:
        pass
    assert accepted == [True]


async def test_nothing_is_left_when_a_server_has_stopped() -> None:
    before = asyncio.all_tasks()
    async with clock_server() as server, NotesClient("n", hosts=[str(server.address)]):
        assert server.in_flight == 0
    assert asyncio.all_tasks() == before
    assert (server.in_flight, server.connections) == (0, 0)
