"""One of several servers after the other is stopped in order and started again, under load: no call may be lost."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from kitexgen.runtime.client.options import ClientSettings
from tests.builders.services import NotesClient
from tests.soak.load import Tally, calling, echo, slow
from tests.soak.processes import running
from tests.soak.scenario import Result, Scale

_SERVERS = 3

_KINDS: dict[str, ClientSettings] = {
    "framed, long pool": {"transport": "framed"},
    "TTHeader, long pool": {"transport": "ttheader"},
    "TTHeader, mux pool": {"transport": "ttheader", "pool": "mux"},
    "framed, short pool": {"transport": "framed", "pool": "short"},
}


async def run(scale: Scale) -> Result:
    result = Result("Rolling restart", "servers that stop in order lose not one call that they accepted")
    tallies = {name: Tally() for name in _KINDS}
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(running()) for _ in range(_SERVERS)]
        hosts = [server.address for server in servers]
        for name, kind in _KINDS.items():
            client = await stack.enter_async_context(NotesClient("soak", hosts=hosts, timeout=10.0, **kind))
            await stack.enter_async_context(calling(tallies[name], [client], scale.callers // 16, _work))
        for _ in range(scale.rounds):
            for server in servers:
                await asyncio.sleep(0.5)
                await server.stop()
                await server.start()
        await asyncio.sleep(0.5)
    for name, tally in tallies.items():
        assert not tally.lost, f"{name}: {tally.lost} calls are lost: {tally.failed()}"
        assert not tally.failures, f"{name}: {tally.failed()}"
        assert not tally.wrong, f"{name}: {tally.wrong} answers belonged to other calls"
    result.add("servers, restarts", f"{_SERVERS}, {_SERVERS * scale.rounds}")
    for name, tally in tallies.items():
        result.add(
            f"{name}: calls answered, failed, lost", f"{tally.answered:,}, {sum(tally.failures.values())}, {tally.lost}"
        )
    return result


async def _work(tally: Tally, notes: NotesClient) -> None:
    """Some calls are at work while their server stops."""
    await echo(tally, notes)
    await slow(tally, notes, 0.05)
