"""The short way of a client's calls: to whoever calls, it ends as the long way does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kitexgen.runtime.call import Deadline, Endpoint, RpcInfo, call_options, middlewares
from kitexgen.runtime.channel import IdleLimits
from kitexgen.runtime.errors import RpcTimeout
from tests.builders.services import NotesBlockingClient, NotesClient
from tests.end_to_end.usual.ways import CALLS, Shortcuts, ended, through, warm


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
async def test_it_ends_as_the_long_way(
    settings: dict[str, Any], shortcuts: Shortcuts, call: Callable[[NotesClient], Awaitable[Any]]
) -> None:
    async with warm(settings, shortcuts) as short, warm(settings, shortcuts, middlewares=[through]) as long:
        for _ in range(2):
            assert await ended(call(short)) == await ended(call(long))
        assert await short.add(1, 2) == 3  # whatever that was, the client goes on


@pytest.mark.parametrize("name", ["void", "record", "declared", "numbered", "large", "enough time"])
async def test_these_go_the_short_way(settings: dict[str, Any], shortcuts: Shortcuts, name: str) -> None:
    async with warm(settings, shortcuts) as notes:
        await ended(CALLS[name](notes))
        assert shortcuts.missed == 0


async def test_many_at_once_go_the_short_way(settings: dict[str, Any], shortcuts: Shortcuts) -> None:
    idle = {"idle": IdleLimits(per_address=50)} if settings["pool"] == "long" else {}
    async with warm(settings, shortcuts, **idle) as notes:
        await asyncio.gather(*(notes.add(number, 1) for number in range(50)))
        shortcuts.missed = 0
        assert await asyncio.gather(*(notes.add(number, 1) for number in range(50))) == list(range(1, 51))
        assert shortcuts.missed == 0


async def test_what_is_said_for_a_call_sends_it_the_long_way(settings: dict[str, Any], shortcuts: Shortcuts) -> None:
    seen: list[str] = []

    def note(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, request: Any) -> Any:
            seen.append(info.method.name)
            return await call_next(info, request)

        return endpoint

    async with warm(settings, shortcuts) as notes:
        with middlewares(note):
            await notes.ping()
        assert (seen, shortcuts.missed) == (["ping"], 1)
        with call_options(timeout=60):
            await notes.ping()
        assert shortcuts.missed == 2
        with pytest.raises(RpcTimeout), call_options(deadline=Deadline.after(-1)):
            await notes.ping()


@pytest.mark.parametrize("layer", ["middlewares", "unary_middlewares", "instance_middlewares"])
async def test_a_client_with_layers_has_no_short_way(settings: dict[str, Any], layer: str) -> None:
    assert NotesClient("notes", **settings, **{layer: [through]})._kx_usual is None
    assert NotesClient("notes", **settings, error_handler=lambda info, error: error)._kx_usual is None
    assert NotesClient("notes", **settings)._kx_usual is not None


def test_clients_of_other_formats_and_pools_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert NotesClient("notes", transport="buffered")._kx_usual is None
    assert NotesClient("notes", protocol="compact")._kx_usual is None
    assert NotesClient("notes", pool="short")._kx_usual is None
    assert NotesClient("notes", transport="ttheader", checksum=True)._kx_usual is None
    assert NotesBlockingClient("notes", pool="mux")._kx_usual is None
    monkeypatch.setenv("KITEXGEN_SELF_CHECK", "1")
    assert NotesClient("notes")._kx_usual is None
