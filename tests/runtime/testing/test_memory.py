"""A generated client joined to its handler in memory."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from kitexgen.runtime.call import current
from kitexgen.runtime.client.options import ClientSettings
from kitexgen.runtime.errors import ApplicationError, BizStatusError, IncompleteHandler, RpcTimeout
from kitexgen.runtime.net import MemoryAddress
from kitexgen.runtime.server import Served, Server
from kitexgen.runtime.testing import ScriptedPeer, ToldClock, connected, connected_blocking
from tests.builders.services import NOTES, Note, NotesBlockingClient, NotesClient, NotesHandler, Refused


@pytest.mark.parametrize("transport", ["framed", "buffered", "ttheader", "ttheader_framed"])
async def test_calls(transport: str) -> None:
    handler = NotesHandler()
    settings = ClientSettings(transport=transport)  # type: ignore[typeddict-item]  # one of the four
    async with connected(NotesClient, handler, client_settings=settings) as notes:
        assert await notes.echo(Note(text="hello", count=3)) == Note(text="hello", count=3)
        assert await notes.add(2, 3) == 5  # a plain handler, on a worker
        with pytest.raises(Refused):
            await notes.fail("declared")
        with pytest.raises(ApplicationError) as caught:
            await notes.fail("silent")
        assert isinstance(await notes.all(), list)
        await notes.tell("oneway")
        assert await handler.told.get() == "oneway"
    assert (caught.value.remote or "").startswith("memory:Notes-")


async def test_business_status_travels() -> None:
    class Poor(NotesHandler):
        async def ping(self) -> None:
            raise BizStatusError(42, "no money", {"left": "0"})

    async with connected(NotesClient, Poor(), client_settings={"transport": "ttheader"}) as notes:
        with pytest.raises(BizStatusError) as caught:
            await notes.ping()
    assert (caught.value.code, caught.value.message, caught.value.extra) == (42, "no money", {"left": "0"})


async def test_two_at_once_do_not_meet() -> None:
    class Other(NotesHandler):
        async def echo(self, note: Note) -> Note:
            return Note(text="other")

    async with connected(NotesClient, NotesHandler()) as one, connected(NotesClient, Other()) as other:
        assert (await one.echo(Note(text="one"))).text == "one"
        assert (await other.echo(Note(text="one"))).text == "other"


async def test_settings_reach_both_sides() -> None:
    seen: list[tuple[str, object]] = []

    def witness(side: str):  # type: ignore[no-untyped-def]
        def middleware(call_next):  # type: ignore[no-untyped-def]
            async def endpoint(info, arguments):  # type: ignore[no-untyped-def]
                seen.append((side, type(info.address)))
                return await call_next(info, arguments)

            return endpoint

        return middleware

    async with connected(
        NotesClient,
        NotesHandler(),
        client_settings={"instance_middlewares": [witness("client")]},
        server_settings={"middlewares": [witness("server")]},
    ) as notes:
        await notes.ping()
    assert seen == [("client", MemoryAddress), ("server", MemoryAddress)]


def test_a_timeout_in_told_time() -> None:
    clock = ToldClock()

    async def main() -> None:
        async with connected(NotesClient, NotesHandler()) as notes:
            with pytest.raises(RpcTimeout) as caught:
                await notes.slow("never", timeout=3600)
            assert (caught.value.seconds, caught.value.elapsed) == (3600, 3600)

    clock.run(main())
    assert 3599 < clock() < 3700


def test_a_deadline_that_is_passed_on_in_told_time() -> None:
    clock = ToldClock()
    left: list[float] = []

    class Passing(NotesHandler):
        async def slow(self, text: str) -> str:
            await asyncio.sleep(45)
            serving = current()
            assert serving is not None
            assert serving.deadline is not None
            left.append(serving.deadline.left())
            return text

    async def main() -> None:
        async with connected(NotesClient, Passing(), client_settings={"transport": "ttheader"}) as notes:
            assert await notes.slow("on its way", timeout=60) == "on its way"

    clock.run(main())
    assert left == [15.0]


def test_an_idle_connection_is_closed_in_told_time() -> None:
    clock = ToldClock()

    async def main() -> None:
        async with (
            Server(Served(NOTES, NotesHandler()), address="memory:idle", idle_timeout=600.0, late_requests=0.0),
            ScriptedPeer.connected_to("memory:idle") as peer,
        ):
            assert await peer.read() == b""

    clock.run(main())
    assert 600 < clock() < 602


async def test_nothing_is_left_behind() -> None:
    before = asyncio.all_tasks()
    async with connected(NotesClient, NotesHandler()) as notes:
        await asyncio.gather(*(notes.echo(Note(text=str(number))) for number in range(20)))
    assert asyncio.all_tasks() == before


async def test_an_incomplete_handler_is_told_at_once() -> None:
    with pytest.raises(IncompleteHandler):
        async with connected(NotesClient, object()):
            pass


def test_a_blocking_client_of_many_threads() -> None:
    with connected_blocking(NotesBlockingClient, NotesHandler()) as notes:
        assert notes.add(2, 3) == 5
        with pytest.raises(Refused):
            notes.fail("declared")
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda number: notes.echo(Note(text=str(number))).text, range(100)))
    assert answers == [str(number) for number in range(100)]
