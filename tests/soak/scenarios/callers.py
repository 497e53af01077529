"""Many callers for a long time: nothing grows, and nothing is left."""

from __future__ import annotations

import asyncio
import gc
import statistics
from contextlib import AsyncExitStack

from kitexgen.runtime.buffer import POOL
from kitexgen.runtime.channel.idle import IdleLimits
from kitexgen.runtime.client.options import ClientSettings
from tests.builders.services import NotesClient
from tests.soak.load import Tally, calling, echo, slow
from tests.soak.processes import AT_REST, descriptors, rss, running, until_descriptors
from tests.soak.scenario import Result, Scale

_FLAT = 0.03
"""What the memory of the last quarter may be above that of the second, besides `_SLACK`."""

_SLACK = 1024
"""KiB: what an allocator may keep of a peak."""


async def run(scale: Scale) -> Result:
    result = Result("Callers for a long time", "memory stays flat; tasks, sockets and connections return to zero")
    tally = Tally()
    async with running() as server:
        await server.counts()  # whatever is made on first use
        open_here, open_there = descriptors(), descriptors(server.pid)
        tasks_here = len(asyncio.all_tasks())
        samples: list[tuple[int, int]] = []
        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(NotesClient("soak", hosts=[server.address], timeout=30.0, **kind))
                for kind in _kinds(scale.callers)
            ]
            clock = asyncio.get_running_loop().time
            began = clock()
            async with calling(tally, clients, scale.callers, _mixed):
                ends = clock() + scale.seconds
                while clock() < ends:
                    await asyncio.sleep(1.0)
                    samples.append((rss(), rss(server.pid)))
            lasted = clock() - began  # measured: a busy loop wakes late, and the last calls are waited for
        gc.collect()
        left_here, left_there = await until_descriptors(open_here), await until_descriptors(open_there, server.pid)
        counts = await server.counts_at_rest()
    assert not tally.failures, tally.failed()
    assert not tally.wrong, f"{tally.wrong} answers belonged to other calls"
    assert len(asyncio.all_tasks()) <= tasks_here, "tasks are left in the client's process"
    assert not POOL.taken, f"{POOL.taken} blocks are left in the client's process"
    assert left_here <= open_here, f"{left_here - open_here} sockets are left in the client's process"
    assert left_there <= open_there, f"{left_there - open_there} sockets are left in the server's process"
    assert counts["tasks"] <= AT_REST, f"{counts['tasks']} tasks are left in the server"
    assert counts.get("ServerConnection", 0) <= 1, f"{counts['ServerConnection']} connections are left in the server"
    grown = [_growth([sample[side] for sample in samples]) for side in (0, 1)]
    result.add("callers", scale.callers)
    result.add("seconds, measured", f"{lasted:.0f}")
    result.add("calls answered, each its own", f"{tally.answered:,}")
    result.add("calls failed", sum(tally.failures.values()))
    result.add("median and 99th percentile", f"{tally.percentile(0.5):.0f} ms, {tally.percentile(0.99):.0f} ms")
    result.add("memory of the server, second and last quarter", grown[1])
    result.add("memory of the callers' process, likewise", grown[0])
    result.add("tasks, sockets, connections, blocks left", "0, 0, 0, 0")
    return result


def _kinds(callers: int) -> list[ClientSettings]:
    """Every way of calling. All connections are kept: making new ones is another scenario."""
    idle = IdleLimits(per_address=callers, total=callers)
    return [
        {"transport": "framed", "idle": idle},
        {"transport": "ttheader", "idle": idle},
        {"transport": "buffered", "idle": idle},
        {"transport": "ttheader_framed", "pool": "mux"},
    ]


async def _mixed(tally: Tally, notes: NotesClient) -> None:
    """Small ones and large ones, at once and after a while."""
    await echo(tally, notes)
    await echo(tally, notes, size=10_000 if tally.answered % 10 == 0 else 1000)
    await slow(tally, notes, 0.01)


def _growth(samples: list[int]) -> str:
    """Both medians, in words; raises AssertionError when the later one is higher than it may be."""
    quarter = max(len(samples) // 4, 1)
    early, late = statistics.median(samples[quarter : 2 * quarter]), statistics.median(samples[-quarter:])
    assert late <= early * (1 + _FLAT) + _SLACK, f"memory grew from {early} to {late} KiB"
    return f"{early / 1024:.1f} MiB, {late / 1024:.1f} MiB"
