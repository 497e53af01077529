"""How a call ends, and what is left of it then: the same as with a task, however the server runs it."""

from __future__ import annotations

import asyncio
import gc
import traceback
import weakref
from contextlib import suppress
from typing import Any

import pytest

from tests.builders.ways import WAYS, AsTask


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
async def way(request: pytest.FixtureRequest) -> Any:
    made = request.param()
    yield made
    made.close()


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("steps", [0, 1, 3])
async def test_an_error_tells_where_it_was_raised(way: AsTask, steps: int) -> None:
    async def deep() -> None:
        await turns(steps)
        raise ValueError("deep")

    async def call() -> None:
        try:
            await deep()
        except ValueError as error:
            raise LookupError("call") from error

    with pytest.raises(LookupError) as caught:
        await way.begin(call()).end()
    text = "".join(traceback.format_exception(caught.value))
    assert "in deep" in text
    assert "in call" in text
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize("steps", [0, 1, 3])
async def test_the_end_of_an_iterator(way: AsTask, steps: int) -> None:
    async def call() -> None:
        await turns(steps)
        next(iter(()))

    with pytest.raises(RuntimeError, match="StopIteration"):
        await way.begin(call()).end()


async def test_what_a_future_raises(way: AsTask) -> None:
    async def call(error: BaseException) -> BaseException | None:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_exception, error)
        try:
            await future
        except BaseException as found:
            return found
        return None

    for error in (ValueError("so"), KeyError("so"), asyncio.CancelledError("so")):
        assert await way.begin(call(error)).end() is error
    uncaught = ValueError("uncaught")

    async def fails() -> None:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_exception, uncaught)
        await future

    with pytest.raises(ValueError, match="uncaught"):
        await way.begin(fails()).end()


@pytest.mark.parametrize("value", [None, (), (1, 2), StopIteration(7), ValueError("a value")], ids=repr)
async def test_any_value(way: AsTask, value: object) -> None:
    async def call(steps: int) -> object:
        await turns(steps)
        return value

    assert [await way.begin(call(steps)).end() for steps in range(3)] == [value] * 3


async def test_what_closes_a_generator(way: AsTask) -> None:
    async def call(steps: int) -> None:
        await turns(steps)
        raise GeneratorExit("odd")

    for steps in range(3):
        with pytest.raises(GeneratorExit, match="odd"):
            await way.begin(call(steps)).end()
    await turns(3)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("way_of", WAYS, ids=lambda way: way.__name__)
def test_what_ends_the_process_leaves_the_loop(way_of: type[AsTask], error: type[BaseException]) -> None:
    loop = asyncio.new_event_loop()
    seen: list[Any] = []

    async def call() -> None:
        await asyncio.sleep(0)
        await loop.run_in_executor(None, int)
        raise error("now")

    async def calm() -> str:
        assert asyncio.current_task() is not None
        await asyncio.sleep(0)
        return "calm"

    async def main() -> None:
        seen.append(way_of())
        seen.append(seen[0].begin(call()))
        await asyncio.sleep(60)

    task = loop.create_task(main())
    with pytest.raises(error, match="now"):
        loop.run_until_complete(task)
    assert asyncio.current_task(loop) is None

    async def after() -> None:
        assert await seen[0].begin(calm()).end() == "calm"
        with pytest.raises(error, match="now"):
            await seen[1].end()
        seen[0].close()
        task.cancel()
        await turns(3)

    loop.run_until_complete(after())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


async def test_what_a_call_held_goes_with_it(way: AsTask) -> None:
    class Held:
        """Something of a call."""

    gone: list[weakref.ref[Held]] = []

    async def call() -> None:
        held = Held()
        gone.append(weakref.ref(held))
        await asyncio.sleep(0)
        await asyncio.get_running_loop().run_in_executor(None, int)
        assert held is not None

    gc.disable()
    try:
        await way.begin(call()).end()
        await turns(2)
        assert gone[0]() is None  # not only when the collector comes
    finally:
        gc.enable()


@pytest.mark.parametrize("awaited", ["a future", "a turn", "what is done"])
@pytest.mark.parametrize("kept", ["nothing", "what it waits for", "the task"])
@pytest.mark.parametrize("way_of", WAYS, ids=lambda way: way.__name__)
def test_all_is_dropped_while_calls_wait(way_of: type[AsTask], awaited: str, kept: str) -> None:
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # it says that tasks were destroyed
    seen: list[str] = []
    gone: list[weakref.ref[Any]] = []
    holder: list[Any] = []

    class Held:
        def __del__(self) -> None:
            seen.append("held")

    async def call() -> None:
        held, task = Held(), asyncio.current_task()
        assert task is not None
        if kept == "the task":
            holder.append(task)
        del task
        future = asyncio.get_running_loop().create_future()
        if kept == "what it waits for":
            holder.append(future)
        try:
            if awaited == "a turn":
                await asyncio.sleep(0)
            else:
                if awaited == "what is done":
                    future.set_result(None)
                await asyncio.sleep(0)
                await future
        finally:
            del held
            seen.append("closed")

    async def main() -> None:
        way = way_of()
        for _ in range(3):
            gone.append(weakref.ref(way.begin(call())))
        gone.append(weakref.ref(way))
        if awaited == "a future":
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    loop.run_until_complete(main())
    loop.close()
    loop._ready.clear()  # type: ignore[attr-defined]
    for _ in range(3):
        gc.collect()
    while holder:  # in whatever state they are, they do no harm
        found = holder.pop()
        repr(found)
        with suppress(RuntimeError):  # the loop is closed
            found.cancel()
        del found
    gc.collect()
    assert [each() for each in gone] == [None] * 4
    assert seen.count("closed") <= 3
    assert seen.count("held") == 3
