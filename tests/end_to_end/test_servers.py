"""Servers: their life, their limits, their onion."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kitexgen.runtime.call import Endpoint, RpcInfo, current
from kitexgen.runtime.errors import ApplicationError, ConnectError, ConnectionClosed, IncompleteHandler
from kitexgen.runtime.net import Address, TcpAddress
from kitexgen.runtime.server import Served, Server, serve
from tests.builders.services import (
    CLOCK,
    NOTES,
    SLOW,
    ClockHandler,
    NotesClient,
    NotesHandler,
    Refused,
    args,
)
from tests.end_to_end.endpoints import RawPeer


async def refused(address: str) -> None:
    """Return when nobody listens at `address` any more."""
    while True:
        async with NotesClient("late", hosts=[address]) as late:
            try:
                await late.ping()
            except ConnectError:
                return
            except ConnectionClosed:
                """It stops, and was still accepting."""


async def test_stopping_finishes_what_is_in_flight(handler: NotesHandler) -> None:
    server = Server(Served(NOTES, handler), address="127.0.0.1:0", late_requests=0)
    await server.start()
    async with NotesClient("notes", hosts=[str(server.address)]) as notes:
        call = asyncio.create_task(notes.slow("accepted"))
        await handler.entered.wait()
        stopping = asyncio.create_task(server.stop())
        await refused(str(server.address))
        assert not stopping.done()
        handler.gate.set()
        assert await call == "accepted"
        await stopping


async def test_stopping_answers_requests_that_wait_their_turn(handler: NotesHandler) -> None:
    server = Server(Served(NOTES, handler), address="127.0.0.1:0", late_requests=0)
    await server.start()
    with await RawPeer.connect(server) as peer:
        await peer.call("slow", args(SLOW, text="first"), sequence_id=1)
        await peer.call("slow", args(SLOW, text="second"), sequence_id=2)
        await handler.entered.wait()
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0)
        handler.gate.set()
        first, second = await peer.next(), await peer.next()
        assert first is not None
        assert second is not None
        assert (first.sequence_id, second.sequence_id) == (1, 2)
        assert await peer.next() is None
        await stopping


async def test_stopping_gives_up_on_calls_that_do_not_end(handler: NotesHandler) -> None:
    server = Server(Served(NOTES, handler), address="127.0.0.1:0", late_requests=0, exit_wait=0.01)
    await server.start()
    with await RawPeer.connect(server) as peer:
        await peer.call("slow", args(SLOW, text="x"))
        await handler.entered.wait()
        await server.stop()
        assert await peer.next() is None


async def test_stopping_twice_and_not_starting_at_all() -> None:
    server = Server(Served(CLOCK, ClockHandler()), address="127.0.0.1:0")
    await server.stop()
    with pytest.raises(RuntimeError, match="does not listen"):
        _ = server.address
    await server.start()
    with pytest.raises(RuntimeError, match="starts once"):
        await server.start()
    await server.stop()
    await server.stop()


async def test_an_address_that_is_taken(tmp_path: Path) -> None:
    for address in ("127.0.0.1:0", f"unix:{tmp_path}/x.sock"):
        async with Server(Served(CLOCK, ClockHandler()), address=address) as server:
            with pytest.raises(OSError, match="in use"):
                async with Server(Served(CLOCK, ClockHandler()), address=str(server.address)):
                    """Not reached."""


async def test_a_handler_that_lacks_methods_is_refused() -> None:
    class Half:
        async def ping(self) -> None: ...
        async def echo(self, note: object) -> object: ...

        add = 3  # not callable

    with pytest.raises(IncompleteHandler) as caught:
        Server(Served(NOTES, Half()))
    assert str(caught.value) == "Half cannot serve Notes: it has no methods add, slow, plain, all, fail, tell, talk"


async def test_the_onion_sees_every_call(handler: NotesHandler) -> None:
    seen: list[str] = []

    def layer(name: str) -> Callable[[Endpoint], Endpoint]:
        def middleware(call_next: Endpoint) -> Endpoint:
            async def endpoint(info: RpcInfo, request: Any) -> Any:
                seen.append(f"{name} {info.full_name} {request.how}")
                try:
                    return await call_next(info, request)
                except Exception as error:
                    seen.append(f"{name} {type(error).__name__}")
                    raise

            return endpoint

        return middleware

    settings: dict[str, Any] = {"address": "127.0.0.1:0", "late_requests": 0}
    async with (
        Server(Served(NOTES, handler), middlewares=[layer("outer"), layer("inner")], **settings) as server,
        NotesClient("n", hosts=[str(server.address)], middlewares=[layer("client")]) as notes,
    ):
        with pytest.raises(Refused):
            await notes.fail("declared")
    assert seen == [
        "client n.fail declared",
        "outer Notes.fail declared",
        "inner Notes.fail declared",
        "inner Refused",
        "outer Refused",
        "client Refused",
    ]


class Curious(NotesHandler):
    """Tells what `current` says, on the loop and on a worker."""

    async def slow(self, text: str) -> str:
        return self.plain(text)

    def plain(self, text: str) -> str:
        info = current()
        assert info is not None
        assert isinstance(info.address, TcpAddress)
        return f"{info.side} {info.full_name} {info.address.host} {threading.current_thread().name.split('_')[0]}"


async def test_handlers_can_ask_which_call_they_serve() -> None:
    async with (
        Server(Served(NOTES, Curious()), address="127.0.0.1:0", late_requests=0) as server,
        NotesClient("n", hosts=[str(server.address)]) as notes,
    ):
        assert await notes.slow("x") == "server Notes.slow 127.0.0.1 MainThread"
        assert await notes.plain("x") == "server Notes.plain 127.0.0.1 kitexgen-worker"
        assert current() is None


class Blocking(NotesHandler):
    """Its plain method holds a worker until `release`."""

    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()
        self.taken = threading.Semaphore(0)

    def plain(self, text: str) -> str:
        self.taken.release()
        assert self.release.wait(20)
        return text


async def test_more_plain_calls_than_fit_are_refused() -> None:
    handler = Blocking()
    settings: dict[str, Any] = {"address": "127.0.0.1:0", "late_requests": 0}
    async with (
        Server(Served(NOTES, handler), worker_threads=1, worker_queue=1, **settings) as server,
        NotesClient("n", hosts=[str(server.address)]) as notes,
    ):
        running = asyncio.create_task(notes.plain("runs"))
        await asyncio.to_thread(handler.taken.acquire)
        waiting = asyncio.create_task(notes.plain("waits"))
        while server._workers is None or server._workers._taken < 2:
            await asyncio.sleep(0)
        with pytest.raises(ApplicationError) as caught:
            await notes.plain("refused")
        assert (caught.value.type, caught.value.message) == (
            6,
            "request over limit: no worker thread is free, 1 at work, 1 waiting",
        )
        handler.release.set()
        assert [await running, await waiting] == ["runs", "waits"]
        statistics = server.worker_statistics
        assert (statistics.started, statistics.refused) == (2, 1)
        assert 0 <= statistics.longest_queued <= statistics.queued_seconds


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_serve_ends_at_a_signal(handler: NotesHandler, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    started: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve(Served(NOTES, handler), address="127.0.0.1:0", on_start=started.set_result, late_requests=0)
    )
    address = str(await started)
    async with NotesClient("n", hosts=[address]) as notes:
        call = asyncio.create_task(notes.slow("in flight"))
        await handler.entered.wait()
        os.kill(os.getpid(), number)
        await refused(address)
        handler.gate.set()
        assert await call == "in flight"
    await serving
    assert signal.getsignal(number) == before


async def test_cancelling_serve_stops_the_server(handler: NotesHandler) -> None:
    started: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve(Served(NOTES, handler), address="127.0.0.1:0", on_start=started.set_result, late_requests=0)
    )
    address = str(await started)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    async with NotesClient("n", hosts=[address]) as notes:
        with pytest.raises(ConnectError):
            await notes.ping()


async def test_servers_share_a_port_if_both_say_so() -> None:
    settings: dict[str, Any] = {"late_requests": 0, "reuse_port": True}
    async with Server(Served(CLOCK, ClockHandler()), address="127.0.0.1:0", **settings) as first:
        address = str(first.address)
        async with Server(Served(CLOCK, ClockHandler()), address=address, **settings) as second:
            assert second.address == first.address
        with pytest.raises(OSError, match="in use"):
            async with Server(Served(CLOCK, ClockHandler()), address=address):
                """Not reached."""


async def test_a_socket_that_listens_already_is_used_and_left_to_its_owner(
    tmp_path: Path, handler: NotesHandler
) -> None:
    path = tmp_path / "inherited.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        server = Server(Served(NOTES, handler), late_requests=0)
        await server.start(listening=listening)
        async with NotesClient("n", hosts=[f"unix:{path}"]) as notes:
            await notes.ping()
        await server.stop()
    assert path.exists()


async def test_calls_that_are_given_up_at_the_end_are_no_errors(
    handler: NotesHandler, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server(Served(NOTES, handler), address="127.0.0.1:0", late_requests=0, exit_wait=0.01)
    await server.start()
    with await RawPeer.connect(server) as peer:
        await peer.call("slow", args(SLOW, text="x"))
        await handler.entered.wait()
        await server.stop()
    assert [record.getMessage() for record in caplog.records if record.levelname != "INFO"] == [
        "1 calls are not over after 0.01 s: cancelled"
    ]


async def test_a_handler_that_refuses_to_be_cancelled_does_not_keep_the_server(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("kitexgen.runtime.server.server._CANCEL_WAIT", 0.01)

    class Deaf(NotesHandler):
        async def slow(self, text: str) -> str:
            while not self.gate.is_set():
                self.entered.set()
                try:
                    await self.gate.wait()
                except asyncio.CancelledError:
                    continue
            return text

    deaf = Deaf()
    server = Server(Served(NOTES, deaf), address="127.0.0.1:0", late_requests=0, exit_wait=0.01)
    await server.start()
    with await RawPeer.connect(server) as peer:
        await peer.call("slow", args(SLOW, text="x"))
        await deaf.entered.wait()
        await server.stop()
    assert "1 calls do not end although they are cancelled" in caplog.text
    deaf.gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
