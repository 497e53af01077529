"""What goes with a call the short way, and comes back with its answer."""

from __future__ import annotations

from typing import Any

import pytest

from kitexgen.runtime import metainfo
from kitexgen.runtime.errors import BizStatusError
from kitexgen.runtime.server import Served, Server
from tests.builders.services import NOTES, NotesClient, NotesHandler
from tests.end_to_end.usual.ways import WAYS, Shortcuts, warm


@pytest.fixture(params=[each for each in WAYS if each[1] != "framed"], ids="-".join)
def headed(request: pytest.FixtureRequest, tcp_server: Server) -> dict[str, Any]:
    pool, transport = request.param
    return {"hosts": [str(tcp_server.address)], "pool": pool, "transport": transport}


async def test_metainfo_and_timeout_travel(headed: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(headed, shortcuts) as notes:
        assert await notes.plain("who") == "|None|None"
        assert await notes.plain("who", timeout=30) == "|None|30.0"
        with metainfo.sending(persistent={"tenant": "acme"}):
            assert await notes.plain("who") == "|acme|None"
        assert await notes.plain("who", timeout=30) == "|None|30.0"
        assert shortcuts.missed == 0


async def test_a_call_made_in_a_handler_says_where(headed: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(headed, shortcuts) as inner:

        class Front(NotesHandler):
            async def slow(self, text: str) -> str:
                return await inner.plain(text)

        async with (
            Server(Served(NOTES, Front()), address="127.0.0.1:0") as front,
            NotesClient("front", hosts=[str(front.address)]) as notes,
        ):
            assert [await notes.slow("who") for _ in range(2)] == ["slow|None|None"] * 2
        assert await inner.plain("who") == "|None|None"
        assert shortcuts.missed == 1  # the first of `front`


async def test_what_comes_back_is_gathered(headed: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(headed, shortcuts) as notes:
        with metainfo.received_backward() as back:
            assert await notes.plain("back") == "back"
        assert back["served-by"] == "me"
        assert shortcuts.missed == 0


async def test_a_business_status_is_raised(headed: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(headed, shortcuts) as notes:
        with pytest.raises(BizStatusError, match="no money") as caught:
            await notes.plain("biz")
        assert (caught.value.code, caught.value.extra) == (7, {"k": "v"})
        assert await notes.add(1, 2) == 3
        assert shortcuts.missed == 0


async def test_a_peer_that_asks_for_it_is_called_on_another_connection(
    headed: dict[str, Any], shortcuts: Shortcuts
) -> None:
    async with warm(headed, shortcuts) as notes:
        assert await notes.plain("reset") == "reset"
        assert shortcuts.missed == 0
        assert await notes.add(1, 2) == 3
        assert shortcuts.missed == 1  # by the long way, which connects
