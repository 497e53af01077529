"""Cancelling a call: the same as with a task, however the server runs it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import Any

import pytest

from tests.builders.ways import WAYS, AsTask

TURNS = range(5)


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
async def way(request: pytest.FixtureRequest) -> Any:
    made = request.param()
    yield made
    made.close()


def current() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("steps", [0, 1, 2])
@pytest.mark.parametrize("count", TURNS)
async def test_it_reaches_the_call_and_what_it_waits_for(way: AsTask, steps: int, count: int) -> None:
    waits = asyncio.get_running_loop().create_future()

    async def call() -> None:
        await turns(steps)
        await waits

    begun = way.begin(call())
    await turns(steps + 3 + count)
    begun.task.cancel("stop")
    with pytest.raises(asyncio.CancelledError, match="stop"):
        await begun.end()
    assert waits.cancelled()


@pytest.mark.parametrize("count", TURNS)
@pytest.mark.parametrize("times", [1, 2])
async def test_a_call_that_gave_way(way: AsTask, times: int, count: int) -> None:
    async def call() -> str:
        try:
            while True:
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            return f"stopped, {current().cancelling()}"

    begun = way.begin(call())
    await turns(count + 1)
    for _ in range(times):
        begun.task.cancel()
    assert await begun.end() == f"stopped, {times}"


@pytest.mark.parametrize("is_unbound", [False, True])
@pytest.mark.parametrize("steps", [0, 1])
async def test_when_what_it_waits_for_is_there_already(way: AsTask, steps: int, *, is_unbound: bool) -> None:
    ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def call() -> str:
        await turns(steps)
        try:
            await ready
        except asyncio.CancelledError:
            return "stopped"
        return "went on"

    begun = way.begin(call())
    await turns(4)
    ready.set_result(None)
    if is_unbound and way.is_lending:
        pytest.skip("the call is stepped in the turn in which its task learns of it")
    if is_unbound:
        asyncio.Task.cancel(begun.task)
    else:
        begun.task.cancel()
    assert await begun.end() == "stopped"


@pytest.mark.parametrize("steps", [0, 1])
async def test_by_the_method_of_all_tasks(way: AsTask, steps: int) -> None:
    async def call() -> None:
        await turns(steps)
        await asyncio.get_running_loop().create_future()

    begun = way.begin(call())
    await turns(4)
    asyncio.Task.cancel(begun.task, "so")
    with pytest.raises(asyncio.CancelledError, match="so"):
        await begun.end()


async def test_a_call_may_go_on_and_be_cancelled_again(way: AsTask) -> None:
    seen: list[str] = []

    async def call() -> str:
        for _ in range(3):
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError as error:
                seen.append(str(error))
                current().uncancel()
        await asyncio.sleep(0)
        return f"over, {current().cancelling()}"

    begun = way.begin(call())
    await turns(2)
    for number in range(3):
        begun.task.cancel(f"number {number}")
        await turns(4)
    assert await begun.end() == "over, 0"
    assert seen == ["number 0", "number 1", "number 2"]


@pytest.mark.parametrize("steps", [0, 1, 2])
@pytest.mark.parametrize("waits", [True, False])
async def test_a_call_that_cancels_itself(way: AsTask, steps: int, *, waits: bool) -> None:
    async def call() -> str:
        await turns(steps)
        current().cancel("myself")
        if waits:
            try:
                await asyncio.sleep(60 if steps else 0)
            except asyncio.CancelledError as error:
                return str(error)
        return "over"

    async def calm() -> str:
        await asyncio.sleep(0)
        return f"calm, {current().cancelling()}"

    begun = way.begin(call())
    if waits:
        assert await begun.end() == "myself"
    else:  # a task drops the value of what was cancelled just before it ended
        with pytest.raises(asyncio.CancelledError, match="myself"):
            await begun.end()
    assert await way.begin(calm()).end() == "calm, 0"
    assert await way.begin(calm()).end() == "calm, 0"


@pytest.mark.parametrize("steps", [0, 1, 2])
@pytest.mark.parametrize("takes_back", [False, True])
async def test_a_call_that_cancels_itself_and_fails_or_takes_it_back(
    way: AsTask, steps: int, *, takes_back: bool
) -> None:
    async def call() -> str:
        await turns(steps)
        current().cancel("myself")
        if not takes_back:
            raise ValueError("failed")
        current().uncancel()
        return "over"

    for _ in range(2):
        try:
            assert await way.begin(call()).end() == "over"
            assert takes_back
        except ValueError:
            assert not takes_back
        except asyncio.CancelledError:
            assert takes_back
            assert sys.version_info < (3, 13)  # then uncancel began to take it back


@pytest.mark.parametrize("gives_way", [False, True])
async def test_a_call_that_was_left_to_its_task_cancels_itself(way: AsTask, *, gives_way: bool) -> None:
    async def call() -> str:
        await asyncio.sleep(0)
        current().set_name("mine")
        await asyncio.sleep(0)
        current().cancel("myself")
        if gives_way:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0)
        return "over"

    for _ in range(2):
        begun = way.begin(call())
        if gives_way:
            assert await begun.end() == "over"
        else:
            with pytest.raises(asyncio.CancelledError, match="myself"):
                await begun.end()


@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_a_call_that_cancels_itself_and_takes_it_back(way: AsTask, steps: int) -> None:
    async def call() -> str:
        await turns(steps)
        current().cancel()
        current().uncancel()
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            return "cancelled"
        return "went on"

    expected = "went on" if sys.version_info >= (3, 13) else "cancelled"  # then uncancel began to take it back
    for _ in range(3):
        assert await way.begin(call()).end() == expected
        await turns(2)  # the next task at hand has begun to wait


@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_a_call_that_cancels_itself_unbound_harms_no_other(way: AsTask, steps: int) -> None:
    async def rash() -> str:
        await turns(steps)
        asyncio.Task.cancel(current())
        return "over"

    async def calm() -> str:
        await asyncio.sleep(0)
        return "calm"

    begun = [way.begin(rash()), way.begin(calm())]
    with suppress(asyncio.CancelledError):
        assert await begun[0].end() == "over"
    assert await begun[1].end() == "calm"
    await turns(3)
    assert await way.begin(calm()).end() == "calm"


async def test_a_call_that_raises_what_cancels(way: AsTask) -> None:
    async def call(steps: int) -> None:
        await turns(steps)
        raise asyncio.CancelledError("raised")

    for steps in range(3):
        with pytest.raises(asyncio.CancelledError, match="raised"):
            await way.begin(call(steps)).end()


async def test_all_tasks_are_cancelled(way: AsTask) -> None:
    """As asyncio.run does in the end."""
    seen: list[str] = []

    async def call() -> None:
        try:
            await turns(2)
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.0001)
            seen.append("cleaned up")

    async def quick() -> str:
        await asyncio.sleep(0)
        return "quick"

    for _ in range(3):
        await way.begin(quick()).end()
    begun = [way.begin(call()) for _ in range(3)]
    await turns(5)
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    assert seen == ["cleaned up"] * 3
    for each in begun:
        with pytest.raises(asyncio.CancelledError):
            await each.end()
    assert await way.begin(quick()).end() == "quick"
    del others
    assert await way.begin(quick()).end() == "quick"


async def test_a_call_that_cancels_all_others(way: AsTask) -> None:
    me = asyncio.current_task()

    async def call() -> int:
        await asyncio.sleep(0)
        others = [task for task in asyncio.all_tasks() if task not in (current(), me)]
        for task in others:
            task.cancel()
        found = await asyncio.gather(*others, return_exceptions=True)
        return sum(isinstance(each, asyncio.CancelledError) for each in found)

    async def waits() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(60)

    begun = [way.begin(waits()) for _ in range(3)]
    await turns(3)
    assert await way.begin(call()).end() >= 3
    for each in begun:
        with pytest.raises(asyncio.CancelledError):
            await each.end()
