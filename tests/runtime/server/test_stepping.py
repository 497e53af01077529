"""Calls without a task of their own: what runs in them must not be able to tell."""

from __future__ import annotations

import asyncio
import contextvars
import sys
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from kitexgen.runtime.server.stepping import Ended, Stepper

NUMBER: contextvars.ContextVar[int] = contextvars.ContextVar("number", default=0)

Begin = Callable[[Coroutine[Any, Any, Any]], "Ended[Any] | asyncio.Task[Any]"]


def stepper() -> Stepper:
    return Stepper(asyncio.get_running_loop(), contextvars.copy_context(), set())


@pytest.fixture(params=["inside a task", "outside of tasks"])
async def begin(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Awaitable[Any]]:
    """Begins a call from a task (a peer in the same process) or from a callback (a socket), and gives its end."""
    loop, made = asyncio.get_running_loop(), stepper()

    async def begin_and_wait(call: Coroutine[Any, Any, Any]) -> Any:
        if request.param == "inside a task":
            outcome = made.begin(call)
        else:
            begun: asyncio.Future[Any] = loop.create_future()
            loop.call_soon(lambda: begun.set_result(made.begin(call)))
            outcome = await begun
        if isinstance(outcome, Ended):
            if outcome.error is not None:
                raise outcome.error
            return outcome.value
        return await outcome

    return begin_and_wait


async def test_a_call_that_does_not_wait_is_over_at_once() -> None:
    async def add(a: int, b: int) -> int:
        return a + b

    async def fail() -> None:
        raise ValueError("no")

    made = stepper()
    first, second = made.begin(add(1, 2)), made.begin(fail())
    assert isinstance(first, Ended)
    assert first.value == 3
    assert isinstance(second, Ended)
    assert isinstance(second.error, ValueError)


async def test_calls_that_do_not_wait_make_no_tasks() -> None:
    async def call() -> bool:
        return asyncio.current_task() is not None

    made = stepper()
    made.begin(call())
    before = asyncio.all_tasks()
    for _ in range(10):
        made.begin(call())
    assert asyncio.all_tasks() == before


async def test_the_current_task_is_the_same_before_and_after_waiting(begin: Any) -> None:
    async def call() -> bool:
        before = asyncio.current_task()
        await asyncio.sleep(0)
        between = asyncio.current_task()
        await asyncio.get_running_loop().run_in_executor(None, int)
        return before is not None and before is between is asyncio.current_task()

    assert await begin(call())


async def test_what_was_current_before_is_current_again(begin: Any) -> None:
    async def call() -> None:
        await asyncio.sleep(0)

    mine = asyncio.current_task()
    await begin(call())
    assert asyncio.current_task() is mine


async def test_two_calls_that_wait_have_a_task_each() -> None:
    async def call() -> Any:
        await asyncio.sleep(0)
        return asyncio.current_task()

    made = stepper()
    tasks = [made.begin(call()), made.begin(call())]
    found = [await task for task in tasks if isinstance(task, asyncio.Task)]
    assert found == tasks
    assert found[0] is not found[1]


async def test_a_timeout_that_begins_in_the_first_step_stops_the_call(begin: Any) -> None:
    async def call() -> str:
        try:
            async with asyncio.timeout(0):
                await asyncio.get_running_loop().create_future()
        except TimeoutError:
            await asyncio.sleep(0)  # the call goes on as if nothing had been
            return "too late"
        return "in time"

    assert await begin(call()) == "too late"


async def test_a_timeout_that_is_not_reached_leaves_nothing(begin: Any) -> None:
    async def call() -> str:
        async with asyncio.timeout(60):
            return "in time"

    assert await begin(call()) == "in time"
    assert await begin(call()) == "in time"


async def test_task_groups_and_wait_for_work_in_the_first_step(begin: Any) -> None:
    async def twice(number: int) -> int:
        await asyncio.sleep(0)
        return 2 * number

    async def call() -> int:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(twice(number)) for number in range(4)]
        return sum(task.result() for task in tasks) + await asyncio.wait_for(twice(10), 60)

    assert await begin(call()) == 32


async def test_a_task_group_that_fails_cancels_the_call_that_waits(begin: Any) -> None:
    async def fail() -> None:
        raise ValueError("child")

    async def call() -> str:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())
                await asyncio.get_running_loop().create_future()
        except* ValueError:
            return_value = "caught"
        return return_value

    assert await begin(call()) == "caught"


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
async def test_cancelling_reaches_the_call_and_what_it_waits_for(turns: int) -> None:
    waits: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    seen: list[object] = []

    async def call() -> None:
        try:
            await waits
        except asyncio.CancelledError as error:
            seen.append(error.args)
            raise

    made = stepper()
    task = made.begin(call())
    assert isinstance(task, asyncio.Task)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel("stop")
    with pytest.raises(asyncio.CancelledError):
        await task
    assert waits.cancelled()
    assert len(seen) == 1


@pytest.mark.parametrize("turns", [0, 1, 2])
async def test_cancelling_a_call_that_gave_way(turns: int) -> None:
    async def call() -> str:
        try:
            while True:
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            return "stopped"

    task = stepper().begin(call())
    assert isinstance(task, asyncio.Task)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    assert await task == "stopped"


async def test_a_call_cancelled_when_what_it_awaits_is_there_already() -> None:
    ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def call() -> str:
        try:
            await ready
        except asyncio.CancelledError:
            return "stopped"
        return "went on"

    task = stepper().begin(call())
    assert isinstance(task, asyncio.Task)
    ready.set_result(None)
    task.cancel()
    assert await task == "stopped"


async def test_several_calls_may_await_one_future() -> None:
    shared: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def call() -> str:
        return await shared

    made = stepper()
    tasks = [made.begin(call()) for _ in range(3)]
    await asyncio.sleep(0)
    shared.set_result("all")
    assert [await task for task in tasks if isinstance(task, asyncio.Task)] == ["all"] * 3


async def test_a_call_that_yields_nonsense_is_told_as_in_any_task() -> None:
    class Nonsense:
        def __await__(self) -> Any:
            yield 7

    async def call() -> None:
        await Nonsense()

    task = stepper().begin(call())
    assert isinstance(task, asyncio.Task)
    with pytest.raises(RuntimeError, match="bad yield: 7"):
        await task


async def test_context_variables_last_as_long_as_the_call_and_no_longer(begin: Any) -> None:
    async def call(number: int) -> tuple[int, int, int]:
        found = NUMBER.get()
        NUMBER.set(number)
        await asyncio.sleep(0)
        child = asyncio.create_task(read())
        return found, NUMBER.get(), await child

    async def read() -> int:
        return NUMBER.get()

    async def quick(number: int) -> int:
        found = NUMBER.get()
        NUMBER.set(number)
        return found

    assert await begin(quick(1)) == 0
    assert await begin(call(2)) == (0, 2, 2)
    assert await begin(quick(3)) == 0
    assert NUMBER.get() == 0


async def test_a_token_can_be_reset_in_a_later_step(begin: Any) -> None:
    async def call() -> int:
        token = NUMBER.set(5)
        await asyncio.sleep(0)
        NUMBER.reset(token)
        return NUMBER.get()

    assert await begin(call()) == 0


async def test_calls_begin_with_the_context_of_the_stepper() -> None:
    NUMBER.set(9)
    made = stepper()
    NUMBER.set(10)

    async def call() -> int:
        return NUMBER.get()

    outcome = made.begin(call())
    assert isinstance(outcome, Ended)
    assert outcome.value == 9


async def test_a_task_that_a_call_keeps_is_no_other_calls() -> None:
    kept: list[Any] = []
    weak: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()

    async def strong() -> None:
        kept.append(asyncio.current_task())

    async def weakly() -> None:
        weak[asyncio.current_task()] = "state"

    async def look() -> bool:
        return asyncio.current_task() in weak or asyncio.current_task() in kept

    made = stepper()
    for leave in (strong, weakly):
        made.begin(leave())
        outcome = made.begin(look())
        assert isinstance(outcome, Ended)
        assert outcome.value is False
    await asyncio.sleep(0)
    await kept[0]  # it ended with its call


async def test_a_call_that_cancels_itself_and_ends_harms_no_other(begin: Any) -> None:
    async def rash(*, takes_back: bool) -> str:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        if takes_back:
            task.uncancel()
        return "over"

    async def calm() -> str:
        await asyncio.sleep(0)
        return "calm"

    for takes_back in (False, True):
        try:
            assert await begin(rash(takes_back=takes_back)) == "over"
            assert takes_back
        except asyncio.CancelledError:  # a task drops the value of a call that was cancelled just before it ended
            assert not takes_back or sys.version_info < (3, 13)  # then uncancel began to take it back
        assert await begin(calm()) == "calm"


async def test_a_call_within_the_step_of_another() -> None:
    made = stepper()
    tasks: list[Any] = []

    async def inner() -> str:
        tasks.append(asyncio.current_task())
        return "inner"

    async def outer() -> str:
        mine = asyncio.current_task()
        outcome = made.begin(inner())
        assert asyncio.current_task() is mine
        assert isinstance(outcome, Ended)
        assert tasks[0] is not mine
        return f"outer {outcome.value}"

    outcome = made.begin(outer())
    assert isinstance(outcome, Ended)
    assert outcome.value == "outer inner"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
async def test_what_ends_the_process_is_raised(error: type[BaseException]) -> None:
    async def call() -> None:
        raise error

    with pytest.raises(error):
        stepper().begin(call())


async def test_closing_leaves_no_task() -> None:
    async def call() -> None: ...

    before = asyncio.all_tasks()
    made = stepper()
    made.begin(call())
    await asyncio.sleep(0)
    made.begin(call())
    made.close()
    made.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
