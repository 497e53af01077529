"""Who cancels all tasks, as `asyncio.run` does in the end, finds those of calls, and those kept for the next ones."""

from __future__ import annotations

import asyncio
import gc
import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from kitexgen.runtime.contract.service import MethodInfo
from kitexgen.runtime.framing import FRAMED_BINARY
from kitexgen.runtime.net import TcpAddress
from kitexgen.runtime.server import Served, Server
from kitexgen.runtime.wire.native import pure_only
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.loops import loops_of
from tests.builders.services import NOTES, PING, SLOW, NotesClient, NotesHandler, args
from tests.builders.whole import pack

COUNT = 5
"""Calls that wait at once; so many tasks are kept then."""

NewLoop = Callable[[], asyncio.AbstractEventLoop]


class Handler(NotesHandler):
    async def echo(self, note: Any) -> Any:
        await asyncio.sleep(0)
        return note

    async def slow(self, text: str) -> str:
        if text == "quick":
            await asyncio.sleep(0.005)
            return text
        return await super().slow(text)


@pytest.fixture(params=loops_of(is_about_sockets=True).values(), ids=loops_of(is_about_sockets=True).keys())
def new_loop(request: pytest.FixtureRequest) -> NewLoop:
    made: NewLoop = request.param
    return made


@pytest.fixture(params=["compiled", "pure"], autouse=True)
def codec(request: pytest.FixtureRequest) -> Iterator[None]:
    with pure_only() if request.param == "pure" else nullcontext():
        yield


def run(new_loop: NewLoop, main: Callable[[Server, NotesHandler, NotesClient], Any]) -> list[dict[str, Any]]:
    """Run `main` with a server that has kept tasks, and its client. Gives what the loop has to say of mistakes."""
    said: list[dict[str, Any]] = []

    async def with_both() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
        handler = Handler()
        server = Server(Served(NOTES, handler), address="127.0.0.1:0", late_requests=0, exit_wait=5)
        await server.start()
        client = NotesClient("n", hosts=[str(server.address)], transport="ttheader", pool="mux")
        assert await asyncio.gather(*(client.slow("quick") for _ in range(COUNT))) == ["quick"] * COUNT
        await main(server, handler, client)

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(with_both())
    gc.collect()
    return said


async def cancel(tasks: set[asyncio.Task[Any]]) -> list[Any]:
    for task in tasks:
        task.cancel()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def ends(tasks: set[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)  # when there were none, this is where one learns of one's own


async def waiting(handler: NotesHandler, client: NotesClient) -> set[asyncio.Task[Any]]:
    """Calls that wait in the handler."""
    calls = {asyncio.create_task(client.slow("x")) for _ in range(COUNT)}
    await handler.entered.wait()
    await client.ping()
    return calls


@pytest.mark.parametrize("waits", [False, True])
def test_those_of_others(new_loop: NewLoop, *, waits: bool) -> None:
    async def main(server: Server, handler: NotesHandler, client: NotesClient) -> None:
        if waits:
            await waiting(handler, client)
            assert server.in_flight == COUNT
        others = asyncio.all_tasks() - {asyncio.current_task()}
        ended = await cancel(others)
        assert all(isinstance(each, asyncio.CancelledError) for each in ended)
        assert len(ended) >= (2 * COUNT if waits else 0)
        assert server.in_flight == 0
        assert await client.slow("quick") == "quick"  # both are well
        await client.close()
        await server.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    assert run(new_loop, main) == []


@pytest.mark.parametrize("waits", [False, True])
def test_one_s_own_too(new_loop: NewLoop, *, waits: bool) -> None:
    async def main(server: Server, handler: NotesHandler, client: NotesClient) -> None:
        if waits:
            await waiting(handler, client)
        everyone = asyncio.all_tasks()
        me = asyncio.current_task()
        assert me is not None
        for task in everyone:
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ends(everyone - {me})
        me.uncancel()
        await client.close()
        await server.stop()
        assert asyncio.all_tasks() == {me}

    assert run(new_loop, main) == []


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize(("method", "destroyed"), [(PING, 0), (SLOW, 1)], ids=["over", "at work"])
def test_a_program_that_stops_nothing(new_loop: NewLoop, method: MethodInfo, destroyed: int, *, waits: bool) -> None:
    """Calls come until the very end, when all other tasks have been cancelled. Only those cut off are worth a word."""
    peer = socket.socket()
    ping, last = (pack(FRAMED_BINARY, MessageKind.CALL, each.name, 1, args(each)) for each in (PING, method))
    running: set[asyncio.Task[None]] = set()

    async def calls_at_the_end() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            peer.sendall(last)

    async def main(server: Server, handler: NotesHandler, client: NotesClient) -> None:
        if waits:
            await waiting(handler, client)
        address = server.address
        assert isinstance(address, TcpAddress)
        peer.connect((address.host, address.port))
        peer.sendall(ping)
        assert await asyncio.get_running_loop().run_in_executor(None, peer.recv, 1 << 16)
        task = asyncio.create_task(calls_at_the_end())
        running.add(task)
        # On CPython 3.12 and 3.13 its error has the frame of who cancelled all tasks, with those: nobody may keep it.
        task.add_done_callback(running.discard)
        await asyncio.sleep(0)

    with peer, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # of sockets: it does not close them either
        said = run(new_loop, main)
        assert [each["message"] for each in said] == ["Task was destroyed but it is pending!"] * destroyed
        assert (b"ping" in peer.recv(1 << 16)) == (method is PING)
