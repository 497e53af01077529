"""Calls the short way that take too long, whose caller goes away, or whose connection does; and which is next."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from kitexgen.runtime.channel import MuxLimits
from kitexgen.runtime.errors import ConnectError, ConnectionClosed, RpcError, RpcTimeout
from kitexgen.runtime.server import Served, Server
from tests.builders.services import NOTES, NotesBlockingClient, NotesClient, NotesHandler
from tests.end_to_end.usual.ways import Handler, Shortcuts, warm


async def test_a_call_that_takes_too_long(settings: dict[str, Any], shortcuts: Shortcuts, handler: Handler) -> None:
    async with warm(settings, shortcuts) as notes:
        with pytest.raises(RpcTimeout) as caught:
            await notes.slow("a", timeout=0.03)
        error = caught.value
        assert (error.service, error.method, error.remote) == ("notes", "slow", settings["hosts"][0])
        assert error.elapsed is not None
        assert error.elapsed >= 0.03
        handler.gate.set()
        assert shortcuts.missed == 0
        assert await notes.slow("b", timeout=60) == "b"


async def test_no_time_at_all_is_no_time(settings: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(settings, shortcuts) as notes:
        with pytest.raises(RpcTimeout):
            await notes.ping(timeout=0)
        assert await notes.add(1, 2) == 3


async def test_a_caller_that_goes_away(settings: dict[str, Any], shortcuts: Shortcuts, handler: Handler) -> None:
    async with warm(settings, shortcuts) as notes:
        call = asyncio.create_task(notes.slow("a", timeout=60))
        await handler.entered.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await call
        assert "notes.slow" in str(caught.value.__cause__)
        assert notes._kx_pool.dump().in_use == 0
        handler.gate.set()
        assert await notes.slow("b") == "b"
        assert shortcuts.missed == (1 if settings["pool"] == "long" else 0)  # its connection was closed


async def test_a_connection_that_died_idle_is_replaced(shortcuts: Shortcuts, settings: dict[str, Any]) -> None:
    async with Server(Served(NOTES, NotesHandler()), address="127.0.0.1:0", exit_wait=0) as first:
        address = str(first.address)
        notes = NotesClient("notes", **{**settings, "hosts": [address]})
        await notes.ping()
    async with Server(Served(NOTES, NotesHandler()), address=address):
        assert await notes.add(1, 2) == 3
        await notes.close()


async def test_a_request_that_a_dead_connection_took_is_sent_again() -> None:
    """The peer closes when the second request comes: nobody could have seen that before it was sent."""
    heard: list[int] = []

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = len(heard)
        heard.append(0)
        backend_reader, backend_writer = await asyncio.open_connection("127.0.0.1", behind.address.port)  # type: ignore[union-attr]
        while data := await reader.read(65536):
            heard[connection] += 1
            if connection == 0 and heard[0] == 2:
                break
            backend_writer.write(data)
            writer.write(await backend_reader.read(65536))
        writer.close()
        backend_writer.close()

    async with Server(Served(NOTES, NotesHandler()), address="127.0.0.1:0") as behind:
        proxy = await asyncio.start_server(peer, "127.0.0.1", 0)
        hosts = [f"127.0.0.1:{proxy.sockets[0].getsockname()[1]}"]
        for pool in ("long", "mux"):
            heard.clear()
            async with NotesClient("notes", hosts=hosts, pool=pool) as notes:  # type: ignore[arg-type]
                await notes.ping()
                assert await notes.add(1, 2) == 3
            assert heard == [2, 1]
        heard.clear()
        with NotesBlockingClient("notes", hosts=hosts) as blocking:
            await asyncio.to_thread(blocking.ping)
            assert await asyncio.to_thread(blocking.add, 1, 2) == 3
        assert heard == [2, 1]
        proxy.close()
        await proxy.wait_closed()


async def test_a_call_whose_peer_goes_away_says_where(
    settings: dict[str, Any], shortcuts: Shortcuts, handler: Handler, tcp_server: Server
) -> None:
    async with warm(settings, shortcuts) as notes:
        calls = [asyncio.create_task(notes.slow("a")) for _ in range(2 if settings["pool"] == "mux" else 1)]
        await handler.entered.wait()
        await tcp_server.stop()
        for call in calls:
            with pytest.raises(RpcError) as caught:
                await call
            assert isinstance(caught.value, ConnectError | ConnectionClosed)  # one that was alone may try again
            assert (caught.value.service, caught.value.method) == ("notes", "slow")


async def test_a_full_connection_refuses_as_the_long_way(tcp_server: Server, handler: Handler) -> None:
    settings = {"hosts": [str(tcp_server.address)], "pool": "mux", "mux": MuxLimits(in_flight=1)}
    async with NotesClient("notes", **settings) as notes:  # type: ignore[arg-type]
        await notes.ping()
        call = asyncio.create_task(notes.slow("a"))
        await handler.entered.wait()
        with pytest.raises(RpcError, match="1 calls are in flight"):
            await notes.ping()
        handler.gate.set()
        assert await call == "a"


async def test_hosts_are_called_in_turn(handler: Handler) -> None:
    counts: list[int] = []

    class Counting(NotesHandler):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        async def ping(self) -> None:
            counts.append(self.number)

    async with (
        Server(Served(NOTES, Counting(0)), address="127.0.0.1:0") as first,
        Server(Served(NOTES, Counting(1)), address="127.0.0.1:0") as second,
    ):
        hosts = [str(first.address), str(second.address)]
        for pool in ("long", "mux"):
            counts.clear()
            async with NotesClient("notes", hosts=hosts, pool=pool) as notes:  # type: ignore[arg-type]
                for _ in range(8):
                    await notes.ping()
            assert counts == [0, 1] * 4


async def test_after_the_end_it_says_so(settings: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(settings, shortcuts) as notes:
        pass
    with pytest.raises(RpcError, match="the client is closed"):
        await notes.ping()


async def test_nothing_of_a_call_stays(settings: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(settings, shortcuts, timeout=60) as notes:
        for _ in range(50):
            await notes.add(1, 2)
        gc.collect()
        before = len(gc.get_objects())
        for number in range(2000):
            await notes.add(1, 2, timeout=60 + number % 100)
        gc.collect()
        # What is kept, on both sides, is how calls with the last timeouts begin: less than an object for two calls.
        assert len(gc.get_objects()) - before < 1000
