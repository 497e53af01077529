"""The threads of plain handlers: order, room, figures, and what happens to calls that are given up."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator

import pytest

from kitexgen.runtime.errors import OverLimit
from kitexgen.runtime.server.workers import WorkerPool

NAME: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="nobody")


class Gate:
    """A function that blocks its thread until it is let through."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.open = threading.Event()

    def __call__(self, value: object = None) -> object:
        self.entered.release()
        assert self.open.wait(20)
        return value

    async def is_entered(self) -> None:
        await asyncio.to_thread(self.entered.acquire)


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    made = WorkerPool(2, 1)
    yield made
    made.close()


async def test_values_errors_and_context_variables_come_and_go(pool: WorkerPool) -> None:
    def fail() -> None:
        raise StopIteration("an awkward one")

    NAME.set("caller")
    assert await pool.run(NAME.get) == "caller"
    assert await pool.run(lambda: NAME.set("changed")) is not None
    assert NAME.get() == "caller"
    with pytest.raises(RuntimeError, match="StopIteration"):
        await pool.run(fail)
    with pytest.raises(KeyError):
        await pool.run({}.__getitem__, "missing")


async def test_threads_are_started_as_they_are_needed(pool: WorkerPool) -> None:
    names = {await pool.run(lambda: threading.current_thread().name) for _ in range(5)}
    assert names == {"kitexgen-worker_0"}
    gate = Gate()
    calls = [asyncio.create_task(pool.run(gate, number)) for number in range(2)]
    for _ in calls:
        await gate.is_entered()
    gate.open.set()
    assert await asyncio.gather(*calls) == [0, 1]


async def test_what_finds_no_room_is_refused_at_once_and_all_is_counted() -> None:
    now = 100.0
    pool, gate = WorkerPool(1, 1, clock=lambda: now), Gate()
    runs = asyncio.create_task(pool.run(gate, "ran"))
    await gate.is_entered()
    waits = asyncio.create_task(pool.run(lambda: "waited"))
    await asyncio.sleep(0)
    with pytest.raises(OverLimit, match="no worker thread is free, 1 at work, 1 waiting"):
        await pool.run(gate)
    found = pool.statistics
    assert (found.at_work, found.waiting, found.refused, found.started) == (1, 1, 1, 0)
    now = 103.0
    gate.open.set()
    assert [await runs, await waits] == ["ran", "waited"]
    found = pool.statistics
    assert (found.at_work, found.waiting, found.refused, found.started) == (0, 0, 1, 2)
    assert (found.queued_seconds, found.longest_queued) == (3.0, 3.0)
    pool.close()


async def test_a_call_that_is_given_up_while_it_waits_is_never_run() -> None:
    pool, gate = WorkerPool(1, 1), Gate()
    ran: list[str] = []
    first = asyncio.create_task(pool.run(gate))
    await gate.is_entered()
    second = asyncio.create_task(pool.run(ran.append, "second"))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    with pytest.raises(OverLimit):
        await pool.run(ran.append, "third")  # its place is taken until a thread has seen it
    gate.open.set()
    await first
    await pool.run(ran.append, "fourth")
    assert ran == ["fourth"]
    assert pool.statistics.started == 2
    pool.close()


async def test_a_call_that_is_given_up_while_it_runs_keeps_its_thread() -> None:
    pool, gate = WorkerPool(1, 0), Gate()
    call = asyncio.create_task(pool.run(gate))
    await gate.is_entered()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    with pytest.raises(OverLimit):
        await pool.run(int)
    gate.open.set()
    while pool.statistics.at_work:
        await asyncio.sleep(0)
    assert await pool.run(int) == 0
    pool.close()


async def test_closing_cancels_what_waits_and_ends_the_threads() -> None:
    pool, gate = WorkerPool(1, 1), Gate()
    runs = asyncio.create_task(pool.run(gate, "ran"))
    await gate.is_entered()
    waits = asyncio.create_task(pool.run(int))
    await asyncio.sleep(0)
    pool.close()
    with pytest.raises(asyncio.CancelledError):
        await waits
    gate.open.set()
    assert await runs == "ran"
    for thread in pool._threads:
        await asyncio.to_thread(thread.join, 20)
        assert not thread.is_alive()


def test_a_handler_that_outlives_its_loop_harms_nobody() -> None:
    pool, gate = WorkerPool(1, 0), Gate()

    async def begin() -> None:
        call = asyncio.create_task(pool.run(gate))
        await gate.is_entered()
        call.cancel()

    asyncio.run(begin())
    gate.open.set()
    pool._threads[0].join(20)
    assert not pool._threads[0].is_alive()
