"""The short way of a blocking client's calls."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kitexgen.runtime.errors import RpcTimeout
from kitexgen.runtime.server import Server
from tests.builders.services import NotesBlockingClient
from tests.end_to_end.usual.ways import CALLS, Handler, Shortcuts, ended, through


@pytest.fixture(params=["framed", "ttheader_framed", "ttheader"])
def blocking(request: pytest.FixtureRequest, tcp_server: Server) -> dict[str, Any]:
    return {"hosts": [str(tcp_server.address)], "transport": request.param}


BLOCKING = ("void", "record", "zero", "list", "declared", "numbered", "oneway", "a stream", "unwritable", "large")


class Awaited:
    """A blocking client whose methods are awaited, each in a thread."""

    def __init__(self, client: NotesBlockingClient) -> None:
        self._client = client

    def plain(self, text: str) -> Awaitable[Any]:
        return asyncio.to_thread(self._client.slow, text)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._client, name)
        return lambda *arguments, **named: asyncio.to_thread(method, *arguments, **named)


@pytest.mark.parametrize("name", BLOCKING)
async def test_a_blocking_call_ends_as_the_long_way(blocking: dict[str, Any], handler: Handler, name: str) -> None:
    handler.gate.set()
    with (
        NotesBlockingClient("notes", **blocking) as short,
        NotesBlockingClient("notes", **blocking, middlewares=[through]) as long,
    ):
        assert short._kx_usual is not None
        assert long._kx_usual is None
        for _ in range(3):
            assert await ended(CALLS[name](Awaited(short))) == await ended(CALLS[name](Awaited(long)))  # type: ignore[arg-type]
        assert (short._kx_pool.dump().in_use, long._kx_pool.dump().in_use) == (0, 0)


async def test_a_blocking_call_that_takes_too_long(
    blocking: dict[str, Any], shortcuts: Shortcuts, handler: Handler
) -> None:
    with NotesBlockingClient("notes", **blocking) as notes:
        await asyncio.to_thread(notes.ping)
        shortcuts.missed = 0
        with pytest.raises(RpcTimeout) as caught:
            await asyncio.to_thread(notes.slow, "a", timeout=0.03)
        assert shortcuts.missed == 0
        assert (caught.value.method, caught.value.remote) == ("slow", blocking["hosts"][0])
        assert notes._kx_pool.dump().in_use == 0  # a channel that failed is not kept account of
        handler.gate.set()
        assert await asyncio.to_thread(notes.slow, "b", timeout=60) == "b"


async def test_threads_share_a_blocking_client(blocking: dict[str, Any], shortcuts: Shortcuts) -> None:
    wrong: list[int] = []
    with NotesBlockingClient("notes", **blocking) as notes:

        def work(number: int) -> None:
            wrong.extend(at for at in range(100) if notes.add(number, at) != number + at)

        threads = [threading.Thread(target=work, args=(number * 1000,)) for number in range(8)]
        for thread in threads:
            thread.start()
        await asyncio.to_thread(lambda: [thread.join() for thread in threads])
        assert wrong == []
        assert notes._kx_pool.dump().in_use == 0
        assert shortcuts.missed < 400
