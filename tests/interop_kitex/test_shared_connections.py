"""Our mux pools on Kitex's servers: a multiplexing one, which answers in any order, and an ordinary one."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kitexgen.runtime.framing import TransportName
from tests.interop_kitex.ours import Code
from tests.peers.building import Peers
from tests.peers.kitex_processes import KitexServer

pytestmark = pytest.mark.interop


@pytest.mark.parametrize("transport", ["ttheader", "ttheader_framed"])
@pytest.mark.parametrize("flags", [("--mux",), ()], ids=["mux", "ordinary"])
async def test_calls_share_a_connection(
    kitex: Peers, code: Code, transport: TransportName, flags: tuple[str, ...]
) -> None:
    """Short sleeps begun after long ones are answered first by one server, in their turn by the other."""
    probe: Any = code.probe_service.ProbeClient
    with KitexServer(kitex.server, *flags) as server:
        settings = {"hosts": [server.address], "pool": "mux", "transport": transport}
        async with probe("probe", **settings) as client:
            durations = [*range(20, 0, -1)]
            assert await asyncio.gather(*map(client.sleep, durations)) == durations
            assert [*client._kx_pool.dump().shared.values()] == [1]

        def calls() -> list[str]:
            with probe.blocking("probe", **settings) as blocking, ThreadPoolExecutor(16) as threads:
                return [*threads.map(lambda n: blocking.give_string(str(n)), range(300))]

        assert await asyncio.to_thread(calls) == [str(n) for n in range(300)]


async def test_a_server_that_stops_says_so(kitex: Peers, code: Code) -> None:
    """Its control frame retires the connection; the call in flight still gets its answer."""
    probe: Any = code.probe_service.ProbeClient
    with KitexServer(kitex.server, "--mux", "--exit-wait", "5s") as server:
        async with probe("probe", hosts=[server.address], pool="mux") as client:
            slow = asyncio.create_task(client.sleep(500))
            assert await client.give_string("behind") == "behind"  # so the call before it has arrived too
            (stream,) = client._kx_pool._streams
            server._input.close()  # which stops it
            while stream.is_usable:
                await asyncio.sleep(0.001)
            assert await slow == 500
            await stream.wait_closed()
