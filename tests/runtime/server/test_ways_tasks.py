"""The task that a call finds is its own: nobody else's before, and, if anybody can tell, nobody else's after."""

from __future__ import annotations

import asyncio
import contextvars
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders.ways import WAYS, AsTask

NUMBER: contextvars.ContextVar[int] = contextvars.ContextVar("number", default=0)


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


async def ends(task: asyncio.Task[Any]) -> None:
    for _ in range(5):
        if task.done():
            return
        await asyncio.sleep(0)
    raise AssertionError("it goes on, although its call is over")


class Traces:
    """What a call may leave on its task, or keep of it."""

    def __init__(self) -> None:
        self.kept: list[Any] = []
        self.keys: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        self.called: list[str] = []

    def reference(self) -> None:
        self.kept.append(current())

    def weak_reference(self) -> None:
        self.kept.append(weakref.ref(current()))

    def weak_reference_with_callback(self) -> None:
        self.kept.append(weakref.ref(current(), lambda _: None))

    def weak_key(self) -> None:
        self.keys[current()] = "mine"

    def callback(self) -> None:
        current().add_done_callback(lambda _: self.called.append("it ended"))

    def callback_in_context(self) -> None:
        current().add_done_callback(lambda _: self.called.append("it ended"), context=contextvars.Context())

    def name(self) -> None:
        current().set_name("mine")

    def attribute(self) -> None:
        current().mine = True  # type: ignore[attr-defined]

    def seen(self) -> bool:
        """Whether anything of that is to be seen from the current task."""
        task = current()
        found = [each() if isinstance(each, weakref.ref) else each for each in self.kept]
        return task in found or task in self.keys or task.get_name() == "mine" or hasattr(task, "mine")


TRACES: list[Callable[[Traces], None]] = [
    Traces.reference,
    Traces.weak_reference,
    Traces.weak_reference_with_callback,
    Traces.weak_key,
    Traces.callback,
    Traces.callback_in_context,
    Traces.name,
    Traces.attribute,
]


@pytest.mark.parametrize(("before", "after"), [(0, 0), (0, 1), (1, 0), (1, 1), (3, 2)])
@pytest.mark.parametrize("leave", TRACES, ids=lambda leave: leave.__name__)
async def test_no_other_call_meets_what_one_left(
    way: AsTask, leave: Callable[[Traces], None], before: int, after: int
) -> None:
    traces = Traces()

    async def call() -> None:
        await turns(before)
        leave(traces)
        await turns(after)

    async def look(steps: int) -> bool:
        await turns(steps)
        found = traces.seen()
        await turns(steps)
        return found or traces.seen()

    for _ in range(2):
        begun = [way.begin(call()), way.begin(look(0)), way.begin(look(1))]
        await begun[0].end()
        more = [way.begin(look(0)), way.begin(look(2))]
        assert [await each.end() for each in begun[1:] + more] == [False] * 4
    await turns(5)
    assert traces.called == (["it ended"] * 2 if "callback" in leave.__name__ and not traces.kept else [])
    for each in traces.kept:
        if isinstance(each, asyncio.Task):
            await ends(each)


async def test_a_task_kept_by_two_steps_of_a_call(way: AsTask) -> None:
    kept: list[Any] = []

    async def call() -> bool:
        kept.append(current())
        await asyncio.sleep(0)
        return kept.pop() is current()

    for _ in range(3):
        assert await way.begin(call()).end()


@pytest.mark.parametrize("of", ["references", "weak references"])
async def test_who_looks_at_all_tasks_hides_nothing(way: AsTask, of: str) -> None:
    """What others knew of a task before a call got it, and forget meanwhile, is not what the call kept of it."""
    kept: list[Any] = []

    async def quick() -> None:
        await asyncio.sleep(0)

    async def call() -> None:
        await asyncio.sleep(0)
        kept.append(current() if of == "references" else weakref.ref(current(), lambda _: None))
        await asyncio.sleep(0)

    async def look() -> Any:
        return current()

    await way.begin(quick()).end()
    await turns(3)
    seen: list[Any] = list(asyncio.all_tasks() - {current()})
    if of != "references":
        seen = [weakref.ref(task) for task in seen]
    begun = way.begin(call())
    await asyncio.sleep(0)
    seen.clear()
    await begun.end()
    mine = kept[0] if of == "references" else kept[0]()
    assert mine is None or await way.begin(look()).end() is not mine


async def test_who_awaits_the_task_of_a_call_sees_it_end(way: AsTask) -> None:
    async def watch(task: asyncio.Task[Any]) -> bool:
        await asyncio.wait([task])
        return task.done()

    async def call(steps: int) -> asyncio.Task[bool]:
        await turns(steps)
        watching = asyncio.create_task(watch(current()))
        await asyncio.sleep(0.0001)
        return watching

    for steps in range(3):
        assert await asyncio.wait_for(await way.begin(call(steps)).end(), 5)


async def test_more_calls_wait_than_tasks_are_kept(way: AsTask) -> None:
    async def call(number: int) -> bool:
        mine = current()
        mine_name = mine.get_name()
        NUMBER.set(number)
        del mine
        await asyncio.sleep(0.001 * (number % 3))
        await asyncio.get_running_loop().run_in_executor(None, int)
        return NUMBER.get() == number and current().get_name() == mine_name

    for _ in range(3):
        begun = [way.begin(call(number)) for number in range(600)]
        tasks = [each.task for each in begun]
        assert len(set(map(id, tasks))) == 600
        del tasks
        assert all([await each.end() for each in begun])


async def test_calls_that_wait_make_no_tasks() -> None:
    """What all this is for."""
    way = WAYS[-1]()
    if not way.is_lending:
        pytest.skip("the compiled codec was not built")

    async def call() -> None:
        await asyncio.sleep(0)
        await asyncio.get_running_loop().run_in_executor(None, int)
        await asyncio.sleep(0)

    found: set[int] = set()
    for _ in range(20):
        begun = [way.begin(call()) for _ in range(5)]
        found |= {id(each.task) for each in begun}
        for each in begun:
            await each.end()
        await turns(3)
    assert len(found) == 5
    way.close()


async def test_tasks_that_are_not_needed_any_more_are_let_go() -> None:
    way = WAYS[-1]()
    if not way.is_lending:
        pytest.skip("the compiled codec was not built")

    async def call() -> None:
        await asyncio.sleep(0)

    async def kept_after(count: int) -> int:
        for each in [way.begin(call()) for _ in range(count)]:
            await each.end()
        way.relax()
        await turns(3)
        return len(asyncio.all_tasks() - before)

    before = asyncio.all_tasks()
    assert await kept_after(10) == 10  # all of them were needed
    assert await kept_after(4) == 5  # six were not, and one more is for the next call
    assert await kept_after(0) == 1
    assert await kept_after(0) == 1
    way.close()


async def test_closing_ends_what_is_kept(way: AsTask) -> None:
    async def call() -> str:
        await asyncio.sleep(0)
        return "over"

    before = asyncio.all_tasks()
    begun = [way.begin(call()) for _ in range(3)]
    way.close()
    assert [await each.end() for each in begun] == ["over"] * 3
    assert await way.begin(call()).end() == "over"
    way.close()
    await turns(3)
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_closing_within_a_step(way: AsTask, steps: int) -> None:
    async def call() -> str:
        await turns(steps)
        way.close()
        await turns(steps)
        return "over"

    before = asyncio.all_tasks()
    others = [way.begin(turns(4)) for _ in range(3)]
    assert await way.begin(call()).end() == "over"
    for each in others:
        await each.end()
    way.close()
    await turns(3)
    assert asyncio.all_tasks() == before


async def test_context_variables(way: AsTask) -> None:
    seen: list[tuple[str, int]] = []

    def note(why: str) -> None:
        seen.append((why, NUMBER.get()))

    async def call(number: int) -> int:
        loop = asyncio.get_running_loop()
        token = NUMBER.set(number)
        await asyncio.sleep(0)
        other = contextvars.copy_context()
        loop.call_soon(note, "soon")
        inner = NUMBER.set(number + 1)
        await asyncio.sleep(0)
        loop.call_soon(note, "later")
        await asyncio.sleep(0.0001)
        assert other[NUMBER] == number
        other.run(NUMBER.set, 99)
        NUMBER.reset(inner)
        assert NUMBER.get() == number
        await asyncio.create_task(asyncio.to_thread(note, "child"))
        NUMBER.reset(token)
        return NUMBER.get()

    for number in (10, 20):
        assert await way.begin(call(number)).end() == 0
        assert seen == [("soon", number), ("later", number + 1), ("child", number)]
        seen.clear()
    assert NUMBER.get() == 0
