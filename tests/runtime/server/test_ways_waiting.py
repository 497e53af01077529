"""What a call may wait for, and how: the same as a task, however the server runs it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import types
from collections.abc import AsyncGenerator, Coroutine, Generator
from typing import Any

import pytest

from tests.builders.ways import WAYS, AsTask


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
async def way(request: pytest.FixtureRequest) -> Any:
    made = request.param()
    yield made
    made.close()


async def both_steps(way: AsTask, call: Any) -> list[Any]:
    """What `call` comes to when it is all of a call, and when it begins in a later step."""

    async def later() -> Any:
        await asyncio.sleep(0)
        return await call()

    async def much_later() -> Any:
        for _ in range(3):
            await asyncio.sleep(0.0001)
        return await call()

    return [await way.begin(each()).end() for each in (call, later, much_later)]


async def test_a_timeout_that_is_reached(way: AsTask) -> None:
    async def call() -> str:
        try:
            async with asyncio.timeout(0.001) as limit:
                await asyncio.get_running_loop().create_future()
        except TimeoutError:
            await asyncio.sleep(0.0001)
            task = asyncio.current_task()
            assert task is not None
            return f"{limit.expired()} {task.cancelling()}"
        return "in time"

    assert await both_steps(way, call) == ["True 0"] * 3


async def test_a_timeout_that_is_not_reached(way: AsTask) -> None:
    async def call() -> str:
        async with asyncio.timeout(60) as limit:
            await asyncio.sleep(0.0001)
        return str(limit.expired())

    assert await both_steps(way, call) == ["False"] * 3


@pytest.mark.parametrize(("outer", "inner"), [(0.001, 60), (60, 0.001), (0.001, 0.001)])
async def test_nested_timeouts(way: AsTask, outer: float, inner: float) -> None:
    async def call() -> list[str]:
        seen = []
        try:
            async with asyncio.timeout(outer):
                try:
                    async with asyncio.timeout(inner):
                        await asyncio.sleep(60)
                except TimeoutError:
                    seen.append("inner")
                await asyncio.sleep(0.01)
        except TimeoutError:
            seen.append("outer")
        return seen

    expected = {(0.001, 60): ["outer"], (60, 0.001): ["inner"], (0.001, 0.001): None}[outer, inner]
    for seen in await both_steps(way, call):
        assert seen == expected if expected else seen[-1] == "outer"


async def test_a_timeout_that_is_put_off_and_brought_forward(way: AsTask) -> None:
    async def call() -> str:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(0.001) as limit:
                limit.reschedule(loop.time() + 60)
                await asyncio.sleep(0.003)
                limit.reschedule(loop.time())
                await asyncio.sleep(60)
        except TimeoutError:
            return "at last"
        return "never"

    assert await both_steps(way, call) == ["at last"] * 3


async def test_task_groups(way: AsTask) -> None:
    async def child(seconds: float) -> None:
        await asyncio.sleep(seconds)
        if seconds:
            raise ValueError("child")

    async def call() -> str:
        async with asyncio.TaskGroup() as group:
            group.create_task(child(0))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(child(0.001))
                await asyncio.sleep(60)
        except* ValueError:
            found = "child"
        await asyncio.sleep(0)
        return found

    assert await both_steps(way, call) == ["child"] * 3


async def test_wait_for_shield_and_gather(way: AsTask) -> None:
    async def number(value: int) -> int:
        await asyncio.sleep(0.0001)
        return value

    async def call() -> Any:
        forever = asyncio.get_running_loop().create_future()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(forever), 0.001)
        assert not forever.cancelled()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(forever, 0)
        assert forever.cancelled()
        found = await asyncio.gather(number(1), asyncio.shield(number(2)), asyncio.wait_for(number(3), 60))
        done, pending = await asyncio.wait([asyncio.ensure_future(number(4))])
        assert not pending
        return found + [task.result() for task in done]

    assert await both_steps(way, call) == [[1, 2, 3, 4]] * 3


async def test_threads_and_executors(way: AsTask) -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:

        async def call() -> Any:
            loop = asyncio.get_running_loop()
            return (
                await asyncio.wrap_future(pool.submit(int, "1")),
                await loop.run_in_executor(pool, int, "2"),
                await asyncio.to_thread(int, "3"),
            )

        assert await both_steps(way, call) == [(1, 2, 3)] * 3


async def test_generators_that_are_awaitable(way: AsTask) -> None:
    @types.coroutine
    def old() -> Generator[Any, Any, str]:
        yield
        yield from asyncio.get_running_loop().run_in_executor(None, int).__await__()
        return "old"

    class Delegates:
        def __await__(self) -> Generator[Any, Any, str]:
            return (yield from old())

    async def call() -> str:
        return await old() + await Delegates()

    assert await both_steps(way, call) == ["oldold"] * 3


async def test_async_generators(way: AsTask) -> None:
    seen: list[str] = []

    async def numbers() -> AsyncGenerator[int, None]:
        try:
            for number in range(3):
                await asyncio.sleep(0)
                yield number
        finally:
            await asyncio.sleep(0.0001)
            seen.append("closed")

    async def call() -> list[int]:
        found = [number async for number in numbers()]
        abandoned = numbers()
        found.append(await anext(abandoned))
        await abandoned.aclose()
        return found

    assert await both_steps(way, call) == [[0, 1, 2, 0]] * 3
    assert seen == ["closed"] * 6


class Nonsense:
    """Yields what no task knows."""

    def __init__(self, make: Any) -> None:
        self.make = make

    def __await__(self) -> Any:
        yield self.make()


class FutureLike:
    """As the documentation of `isfuture` has it, and no more."""

    def __init__(self, *, has_get_loop: bool) -> None:
        self._asyncio_future_blocking = False
        self._loop = asyncio.get_running_loop()
        self.is_cancelled = False
        if has_get_loop:
            self.get_loop = lambda: self._loop

    def add_done_callback(self, function: Any, *, context: Any = None) -> None:
        self._loop.call_soon(function, self, context=context)

    def remove_done_callback(self, function: Any) -> int:
        return 0

    def result(self) -> str:
        return "like"

    def cancel(self, msg: Any = None) -> bool:
        self.is_cancelled = True
        return False

    def __await__(self) -> Any:
        self._asyncio_future_blocking = True
        yield self
        return self.result()


@pytest.mark.parametrize("has_get_loop", [True, False])
async def test_what_is_like_a_future(way: AsTask, *, has_get_loop: bool) -> None:
    async def call() -> str:
        return await FutureLike(has_get_loop=has_get_loop)

    assert await both_steps(way, call) == ["like"] * 3


async def test_what_no_task_can_wait_for(way: AsTask) -> None:
    async def own() -> Coroutine[Any, Any, Any] | Any:
        task = asyncio.current_task()
        assert task is not None
        await task

    other = asyncio.new_event_loop()
    future = asyncio.get_running_loop().create_future()
    table = (
        (own, "cannot await on itself"),
        (lambda: Nonsense(lambda: 7), "bad yield: 7"),
        (lambda: Nonsense(lambda: future), "yield was used instead of yield from"),
        (lambda: Nonsense(lambda: (each for each in "")), "yield was used instead of yield from"),
        (other.create_future, "attached to a different loop"),
    )
    for make, why in table:

        async def call(make: Any = make, why: str = why) -> str:
            with pytest.raises(RuntimeError, match=why):
                await make()
            await asyncio.sleep(0)
            return why

        assert await both_steps(way, call) == [why] * 3
    other.close()


async def test_several_calls_wait_for_the_same(way: AsTask) -> None:
    shared = asyncio.get_running_loop().create_future()

    async def call() -> Any:
        await asyncio.sleep(0)
        return await shared

    begun = [way.begin(call()) for _ in range(5)]
    await asyncio.sleep(0.001)
    begun[2].task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await begun[2].end()
    assert shared.cancelled()  # as each task does with what it waits for
    for each in begun:
        with pytest.raises(asyncio.CancelledError):
            await each.end()


async def test_a_loop_in_debug_mode(way: AsTask) -> None:
    asyncio.get_running_loop().set_debug(True)

    async def call() -> str:
        async with asyncio.timeout(60):
            await asyncio.sleep(0)
            await asyncio.sleep(0.0001)
        return "watched"

    assert await both_steps(way, call) == ["watched"] * 3


async def test_a_loop_that_goes_into_debug_mode_meanwhile(way: AsTask) -> None:
    loop = asyncio.get_running_loop()
    gate = loop.create_future()

    async def call() -> Any:
        return await gate

    begun = way.begin(call())
    await asyncio.sleep(0)
    loop.set_debug(True)
    gate.set_result("open")
    assert await begun.end() == "open"
