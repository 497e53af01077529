"""Calls that are cancelled or run out of time, at any moment of their life: no other call ever gets their answer."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

from kitexgen.runtime.client.options import ClientSettings
from tests.builders.services import NotesClient
from tests.soak.load import Tally, echo, slow
from tests.soak.processes import descriptors, running, until_descriptors
from tests.soak.scenario import Result, Scale

_KINDS: dict[str, ClientSettings] = {
    "framed, long pool": {"transport": "framed"},
    "TTHeader, long pool": {"transport": "ttheader"},
    "TTHeader, mux pool": {"transport": "ttheader", "pool": "mux"},
    "framed, short pool": {"transport": "framed", "pool": "short"},
}

_SHORT = 0.004
"""Seconds: calls take about as long, so that they are given up before, amid and after everything."""


async def run(scale: Scale) -> Result:
    result = Result("Calls given up", "an answer that comes too late is never taken for another call's")
    tallies = {name: Tally() for name in _KINDS}
    async with running() as server:
        open_here = descriptors()
        for name, kind in _KINDS.items():
            async with NotesClient("soak", hosts=[server.address], **kind) as notes:
                await _give_up(tallies[name], notes, scale)
        left = await until_descriptors(open_here)
    for name, tally in tallies.items():
        assert not tally.wrong, f"{name}: {tally.wrong} answers belonged to other calls"
        assert set(tally.failures) <= {"RpcTimeout"}, f"{name}: {tally.failed()}"
        assert tally.cancelled, f"{name}: no call was cancelled"
        assert tally.failures["RpcTimeout"], f"{name}: no call ran out of time"
    assert left <= open_here, f"{left - open_here} sockets are left"
    for name, tally in tallies.items():
        told = f"{tally.answered:,}, {tally.cancelled:,}, {tally.failures['RpcTimeout']:,}, {tally.wrong}"
        result.add(f"{name}: answered, cancelled, timed out, wrong", told)
    result.add("sockets left", 0)
    return result


async def _give_up(tally: Tally, notes: NotesClient, scale: Scale) -> None:
    dice = random.Random(7)
    ends = asyncio.get_running_loop().time() + scale.seconds / (2 * len(_KINDS))

    async def caller() -> None:
        while asyncio.get_running_loop().time() < ends:
            match dice.randrange(4):
                case 0:
                    await echo(tally, notes)
                case 1:
                    await echo(tally, notes, timeout=dice.uniform(0.0001, _SHORT))
                case 2:
                    await slow(tally, notes, dice.uniform(0, _SHORT), timeout=dice.uniform(0.0001, 2 * _SHORT))
                case 3:
                    call = asyncio.create_task(echo(tally, notes))
                    await asyncio.sleep(dice.uniform(0, _SHORT))
                    call.cancel()
                    with suppress(asyncio.CancelledError):
                        await call

    await asyncio.gather(*(caller() for _ in range(scale.callers // 8)))
