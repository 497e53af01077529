"""A told clock, and tasks that live by it."""

from __future__ import annotations

import asyncio
import time

import pytest

from kitexgen.runtime.testing import ToldClock


def test_time_passes_when_told() -> None:
    clock = ToldClock(100.0)
    assert clock() == 100.0
    clock.advance(0.5)
    assert clock() == 100.5
    with pytest.raises(ValueError, match=r"^a clock cannot go back 1 s$"):
        clock.advance(-1)


def test_sleeping_takes_no_time_and_keeps_the_order() -> None:
    clock = ToldClock()
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append((name, clock()))

    async def main() -> str:
        await asyncio.gather(sleeper("late", 7200), sleeper("early", 60), sleeper("middle", 3600))
        return "done"

    began = time.monotonic()
    assert clock.run(main()) == "done"
    assert woken == [("early", 60.0), ("middle", 3600.0), ("late", 7200.0)]
    assert time.monotonic() - began < 10


def test_timeouts_go_by_it() -> None:
    clock = ToldClock()

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600):
                await asyncio.Event().wait()

    clock.run(main())
    assert clock() == 3600.0


def test_advancing_by_hand_wakes_who_is_due() -> None:
    clock = ToldClock()

    async def main() -> None:
        sleeping = asyncio.create_task(asyncio.sleep(5))
        await asyncio.sleep(0)
        clock.advance(5)
        await sleeping
        assert clock() == 5.0

    clock.run(main())


def test_threads_are_waited_for_with_patience() -> None:
    clock = ToldClock(patience=5.0)

    async def main() -> str:
        async with asyncio.timeout(10):
            return await asyncio.to_thread(lambda: "from a thread")

    assert clock.run(main()) == "from a thread"
    assert clock() == 0.0
