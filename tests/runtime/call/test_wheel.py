"""The wheel: deadlines are never noticed early, and late by no more than a tick."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from kitexgen.runtime.call.wheel import TICK, Allowance, Wheel, wheel_of
from kitexgen.runtime.testing import ToldClock


async def test_nothing_is_noticed_early() -> None:
    wheel = wheel_of(asyncio.get_running_loop())
    early: list[float] = []
    over = asyncio.Event()
    begin = time.monotonic()
    moments = [begin + step / 1300 for step in range(40)]

    def notice(at: float) -> None:
        early.append(time.monotonic() - at)
        if at == moments[-1]:
            over.set()

    for at in moments:
        wheel.add(at, at, notice)
    await over.wait()
    assert len(early) == len(moments)
    assert min(early) >= 0


async def test_a_loop_that_calls_early_is_asked_again() -> None:
    loop = asyncio.get_running_loop()
    wheel = Wheel(loop)
    noticed: list[str] = []
    at = time.monotonic() + 0.02
    wheel.add(at, "late", noticed.append)
    wheel._turn()
    assert noticed == []
    await asyncio.sleep(at + 2 * TICK - time.monotonic())
    assert noticed == ["late"]


def test_on_a_told_clock_all_is_exact() -> None:
    clock = ToldClock()
    noticed: list[float] = []

    async def main() -> None:
        wheel = wheel_of(asyncio.get_running_loop())
        for at in (0.0021, 0.001, 3600.5):
            wheel.add(at, at, lambda at: noticed.append(clock() - at))
        await asyncio.sleep(4000)

    clock.run(main())
    assert noticed == [0, 0, 0]


async def test_what_is_popped_is_not_called() -> None:
    wheel = wheel_of(asyncio.get_running_loop())
    noticed: list[str] = []
    soon = time.monotonic() + 0.001
    first, second = wheel.add(soon, "a", noticed.append), wheel.add(soon, "b", noticed.append)
    assert first is second
    first.pop("a")
    await asyncio.sleep(0.001 + 2 * TICK)
    assert noticed == ["b"]


async def test_one_timer_serves_all_and_goes_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    handles: list[asyncio.TimerHandle] = []
    call_later = loop.call_later

    def count(*arguments: Any) -> asyncio.TimerHandle:
        handles.append(call_later(*arguments))
        return handles[-1]

    monkeypatch.setattr(loop, "call_later", count)
    wheel = Wheel(loop)
    begin = time.monotonic() + 0.01
    buckets = [(wheel.add(begin + step / 100, step, lambda _: None), step) for step in range(2000)]
    assert len(handles) == 1
    wheel.add(begin - 0.005, "earlier", lambda _: None)
    assert len(handles) == 2
    assert handles[0].cancelled()
    for bucket, step in buckets:
        bucket.pop(step)
    await asyncio.sleep(0.01 + 3 * TICK)
    assert all(handle.cancelled() or handle.when() <= loop.time() for handle in handles)  # nothing left, no timer


async def test_empty_buckets_do_not_gather() -> None:
    wheel = Wheel(asyncio.get_running_loop())
    begin = time.monotonic() + 60
    for step in range(10_000):
        wheel.add(begin + step * TICK, step, lambda _: None).pop(step)
    assert len(wheel._buckets) <= 65
    wheel._handle and wheel._handle.cancel()


async def test_a_loop_has_one_wheel() -> None:
    wheel = wheel_of(asyncio.get_running_loop())
    assert wheel_of(asyncio.get_running_loop()) is wheel


# ---- allowances -----------------------------------------------------------------------------------------------------


async def test_a_block_that_takes_too_long_is_cancelled() -> None:
    at = time.monotonic() + 0.01
    allowance = Allowance(at)
    with pytest.raises(TimeoutError), allowance:
        await asyncio.sleep(60)
    assert allowance.has_expired
    assert time.monotonic() >= at
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_moment_that_is_past_ends_the_block_where_it_waits() -> None:
    allowance = Allowance(time.monotonic() - 1)
    with allowance:
        pass  # nothing waits in it
    assert not allowance.has_expired
    with pytest.raises(TimeoutError), Allowance(time.monotonic() - 1):
        await asyncio.sleep(60)


async def test_who_cancels_the_task_is_not_told_of_a_timeout() -> None:
    async def work() -> None:
        with Allowance(time.monotonic() + 60):
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_both_at_once_are_a_cancellation() -> None:
    async def work() -> None:
        with Allowance(time.monotonic()):
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_only_the_one_that_ran_out_says_so() -> None:
    outer, inner = Allowance(time.monotonic() + 60), Allowance(time.monotonic() + 0.01)
    with outer, pytest.raises(TimeoutError), inner:
        await asyncio.sleep(60)
    assert (inner.has_expired, outer.has_expired) == (True, False)


async def test_an_error_of_its_own_is_what_leaves_the_block() -> None:
    with pytest.raises(KeyError), Allowance(time.monotonic() + 60):
        raise KeyError


async def test_callbacks_cannot_run_out_of_time() -> None:
    failed = asyncio.get_running_loop().create_future()

    def callback() -> None:
        try:
            with Allowance(time.monotonic() + 1):
                """Nothing."""
        except RuntimeError as error:
            failed.set_result(error)

    asyncio.get_running_loop().call_soon(callback)
    assert "only a task" in str(await failed)
