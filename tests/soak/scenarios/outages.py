"""Servers that die, come back, and freeze, under load."""

from __future__ import annotations

import asyncio

from tests.builders.services import NotesClient
from tests.soak.load import Tally, calling, echo
from tests.soak.processes import ServerProcess, descriptors, running, until_descriptors
from tests.soak.scenario import Result, Scale

_TIMEOUT = 0.5
"""Seconds of each call."""

_LATE = 1.0
"""Seconds by which a caller may learn of its timeout too late, on a machine where all of this shares two cores."""

_DOCUMENTED = {"ConnectError", "ConnectionClosed", "RpcTimeout"}


async def killed(scale: Scale) -> Result:
    result = Result(
        "A server killed and started again",
        "calls fail with documented errors, and go on within a second of its return",
    )
    tally, recoveries = Tally(), []
    async with running() as server:
        open_here = descriptors()
        clients = _clients(server)
        async with calling(tally, clients, scale.callers // 4, _patient):
            for _ in range(scale.rounds):
                await asyncio.sleep(1.0)
                await server.kill()
                await asyncio.sleep(0.5)
                await server.start()
                recoveries.append(await _until_answered(tally))
        for client in clients:
            await client.close()
        left = await until_descriptors(open_here)
    _check(tally, left - open_here)
    assert max(recoveries) < 1.0, f"calls went on {max(recoveries):.2f} s after the server was back"
    result.add("times killed", scale.rounds)
    result.add("calls answered", f"{tally.answered:,}")
    result.add("calls failed", tally.failed())
    result.add("first answer after the server was back, at the latest", f"{1000 * max(recoveries):.0f} ms")
    result.add("answers of other calls", tally.wrong)
    result.add("sockets left", 0)
    return result


async def frozen(scale: Scale) -> Result:
    result = Result(
        "A server frozen (SIGSTOP) and thawed", "every call ends at its timeout, and no late answer meets another call"
    )
    tally, recoveries = Tally(), []
    async with running() as server:
        open_here = descriptors()
        clients = _clients(server)
        async with calling(tally, clients, scale.callers // 4, _patient):
            for _ in range(scale.rounds):
                await asyncio.sleep(1.0)
                server.freeze()
                try:
                    await asyncio.sleep(3 * _TIMEOUT)
                finally:
                    server.thaw()
                recoveries.append(await _until_answered(tally))
        for client in clients:
            await client.close()
        left = await until_descriptors(open_here)
    _check(tally, left - open_here)
    assert tally.failures["RpcTimeout"], "no call ran out of time, although nobody answered"
    assert tally.slowest_failure < _TIMEOUT + _LATE, (
        f"a call of {_TIMEOUT} s failed after {tally.slowest_failure:.2f} s"
    )
    result.add("times frozen", scale.rounds)
    result.add("calls answered", f"{tally.answered:,}")
    result.add("calls failed", tally.failed())
    result.add(
        f"a call with a timeout of {1000 * _TIMEOUT:.0f} ms failed after, at the latest", _ms(tally.slowest_failure)
    )
    result.add("first answer after the thaw, at the latest", _ms(max(recoveries)))
    result.add("answers of other calls", tally.wrong)
    result.add("sockets left", 0)
    return result


def _clients(server: ServerProcess) -> list[NotesClient]:
    return [
        NotesClient("soak", hosts=[server.address], transport="framed"),
        NotesClient("soak", hosts=[server.address], transport="ttheader"),
        NotesClient("soak", hosts=[server.address], transport="ttheader", pool="mux"),
        NotesClient("soak", hosts=[server.address], transport="framed", pool="short"),
    ]


async def _patient(tally: Tally, notes: NotesClient) -> None:
    await echo(tally, notes, timeout=_TIMEOUT)
    await asyncio.sleep(0.002)


async def _until_answered(tally: Tally) -> float:
    """Seconds until the next call is answered."""
    clock = asyncio.get_running_loop().time
    began, before = clock(), tally.answered
    async with asyncio.timeout(10):
        while tally.answered == before:
            await asyncio.sleep(0.005)
    return clock() - began


def _check(tally: Tally, left: int) -> None:
    assert not tally.wrong, f"{tally.wrong} answers belonged to other calls"
    assert not set(tally.failures) - _DOCUMENTED, tally.failed()
    assert left <= 0, f"{left} sockets are left"


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"
