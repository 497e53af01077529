"""What fails around a call, be it the loop or what is awaited, is raised in it or told to the loop: no call is lost.

The ways that step calls themselves; a task of asyncio whose `add_done_callback` raises never goes on.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kitexgen.runtime.server import usual_calls
from kitexgen.runtime.server.stepping import Driver
from kitexgen.runtime.wire.native import is_compiled
from tests.builders.ways import ByHand

pytestmark = pytest.mark.skipif(not is_compiled(), reason="the compiled codec was not built, or KITEXGEN_PURE is set")


TP_CLEAR = 51
"""`Py_tp_clear` of CPython's typeslots.h."""


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def current() -> Any:
    task = asyncio.current_task()
    assert task is not None
    return task


class Reported:
    """What a loop was told."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self.errors.append(context["exception"]))


class Refusing:
    """A future that refuses one thing, as often as told."""

    def __init__(self, what: str, error: BaseException, times: int = 1) -> None:
        self._asyncio_future_blocking = False
        self._loop = asyncio.get_running_loop()
        self._what = what
        self._error = error
        self._times = times

    def _refuse(self, what: str) -> None:
        if self._what == what and self._times:
            self._times -= 1
            raise self._error

    def get_loop(self) -> asyncio.AbstractEventLoop:
        self._refuse("get_loop")
        return self._loop

    def add_done_callback(self, function: Any, *, context: Any = None) -> None:
        self._refuse("add_done_callback")
        self._function = function
        self._context = context

    def remove_done_callback(self, _: Any) -> int:
        self._refuse("remove_done_callback")
        return 1

    def complete(self) -> None:
        self._loop.call_soon(self._function, self, context=self._context)

    def result(self) -> str:
        self._refuse("result")
        return "done"

    def cancel(self, msg: object = None) -> bool:
        self._refuse("cancel")
        return False

    def __await__(self) -> Iterator[Any]:
        self._asyncio_future_blocking = True
        yield self
        return self.result()


class OddMark(Refusing):
    """One whose mark cannot be read, or not be cleared."""

    def __init__(self, what: str, error: BaseException) -> None:
        super().__init__(what, error)
        self._what = what

    def __setattr__(self, name: str, value: object) -> None:
        if name == "_asyncio_future_blocking" and value is False and hasattr(self, "_what"):
            self._refuse("clear")
        object.__setattr__(self, name, value)

    def __getattribute__(self, name: str) -> Any:
        if name == "_asyncio_future_blocking":
            self._refuse("read")
        return object.__getattribute__(self, name)


@pytest.fixture
async def way() -> Any:
    made = ByHand()
    yield made
    made.close()
    await turns(2)


@pytest.mark.parametrize("error", [ValueError("refused"), MemoryError(), asyncio.CancelledError("refused")], ids=repr)
@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_what_cannot_be_waited_for_raises_that_where_the_call_waits(
    way: ByHand, steps: int, error: BaseException
) -> None:
    async def call() -> Any:
        await turns(steps)
        for _ in range(2):
            try:
                await Refusing("add_done_callback", error)
            except BaseException as found:
                seen = found
        await asyncio.sleep(0)
        return seen, current().done()

    async def gives_up() -> None:
        await turns(steps)
        await Refusing("add_done_callback", error)

    assert await asyncio.wait_for(way.begin(call()).end(), 5) == (error, False)
    with pytest.raises(type(error)):
        await asyncio.wait_for(way.begin(gives_up()).end(), 5)


@pytest.mark.parametrize("steps", [0, 1])
@pytest.mark.parametrize("what", ["read", "clear"])
async def test_what_has_an_odd_mark_raises_where_the_call_waits(way: ByHand, steps: int, what: str) -> None:
    async def call() -> str:
        await turns(steps)
        if what == "read":
            current().set_name("left to its task")
        await OddMark(what, ValueError("odd"))
        return "over"

    with pytest.raises(ValueError, match="odd"):
        await asyncio.wait_for(way.begin(call()).end(), 5)


@pytest.mark.parametrize("steps", [0, 1])
async def test_a_callback_that_stays_is_told_to_who_asked_and_does_nothing(way: ByHand, steps: int) -> None:
    waits = Refusing("remove_done_callback", ValueError("it stays"))

    async def call() -> str:
        await turns(steps)
        return await waits

    begun = way.begin(call())
    await turns(steps + 1)
    by_hand = waits._function
    with pytest.raises(ValueError, match="it stays"):
        begun.task.set_name("named")
    await turns(2)
    by_hand(waits)
    assert begun.outcome is None
    waits.complete()
    assert await asyncio.wait_for(begun.end(), 5) == "done"


async def test_what_cannot_be_cancelled_raises_where_the_call_waits(way: ByHand) -> None:
    async def call() -> str:
        await asyncio.sleep(0)
        await Refusing("cancel", ValueError("it goes on"), times=2)
        return "over"

    begun = way.begin(call())
    await turns(2)
    begun.task.cancel()  # while what it waits for is still the driver's, which the task learns in its next step
    with pytest.raises(ValueError, match="it goes on"):
        await asyncio.wait_for(begun.end(), 5)


class Entering:
    """Enters and leaves tasks, but for the `refused`th entering."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refused: set[int] = set()
        self._count = 0
        self._enter: Callable[..., None] = usual_calls._enter_task
        monkeypatch.setattr(usual_calls, "_enter_task", self._try)

    def refuse(self, *which: int) -> None:
        self._count = 0
        self.refused = set(which)

    def _try(self, loop: Any, task: Any) -> None:
        self._count += 1
        if self._count in self.refused:
            raise MemoryError("no task is entered")
        self._enter(loop, task)


async def test_who_was_the_current_task_still_is_when_another_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    entering = Entering(monkeypatch)
    way, me = ByHand(), current()

    async def call() -> str:
        return "answered"

    entering.refuse(2)  # the first is refused by asyncio: we are the current one
    call_now = call()
    with pytest.raises(MemoryError):
        way.begin(call_now)
    call_now.close()
    assert current() is me
    for _ in range(3):
        assert len(asyncio.all_tasks()) == 2  # the task that was not entered is as good as before
        assert await way.begin(call()).end() == "answered"
    way.close()
    await turns(2)


async def test_a_call_goes_on_in_its_task_when_that_cannot_be_entered_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    entering, reported = Entering(monkeypatch), Reported()
    way = ByHand()

    async def call(future: asyncio.Future[str]) -> tuple[str, bool]:
        found = await future
        return found, current() is not None

    async def fails(future: asyncio.Future[str]) -> str:
        try:
            return await future
        except ValueError as error:
            return str(error)

    for of, expected in ((call, ("done", True)), (fails, "failed")):
        future = asyncio.get_running_loop().create_future()
        begun = way.begin(of(future))
        if of is call:
            future.set_result("done")
        else:
            future.set_exception(ValueError("failed"))
        entering.refuse(1)
        assert await asyncio.wait_for(begun.end(), 5) == expected
    assert [str(error) for error in reported.errors] == ["no task is entered"] * 2
    way.close()
    await turns(2)


async def test_a_call_whose_task_has_ended_is_answered(way: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The task of a call stepped by hand had no memory for its own first step, and cannot go on with the call."""
    loop, reported = asyncio.get_running_loop(), Reported()
    future = loop.create_future()

    async def call() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        current().set_name("left to its task")
        await future

    with monkeypatch.context() as patching:

        def refuse(_: Any) -> None:
            raise MemoryError("no future")

        begun = way.begin(call())
        driver = begun.task.get_coro()
        patching.setattr(type(loop), "create_future", refuse)
        with pytest.raises(MemoryError):
            driver.send(None)
    with pytest.raises(RuntimeError, match="has ended before the call"):
        await asyncio.wait_for(begun.end(), 5)
    assert reported.errors == []


async def test_a_driver_is_given_one_call(way: ByHand) -> None:
    async def call() -> str:
        driver = current().get_coro()
        await asyncio.sleep(0)
        other = turns(0)
        with pytest.raises(RuntimeError, match="has a call already"):
            driver.take_over(other, None, print)
        other.close()
        with pytest.raises(RuntimeError, match="is already entered"):
            driver.throw(ValueError("within its own step"))
        return "over"

    assert await asyncio.wait_for(way.begin(call()).end(), 5) == "over"


@pytest.mark.parametrize("step", [lambda made: made.send(None), lambda made: made.throw(ValueError("thrown"))])
async def test_a_driver_that_has_no_context_says_so(step: Callable[[Any], None]) -> None:
    made, call = Driver.__new__(Driver), turns(1)
    made.take_over(call, None)
    with pytest.raises(RuntimeError, match="without a context"):
        step(made)
    call.close()


@pytest.mark.parametrize("given", [-1, 65, 1 << 40, -(1 << 40) + 1000, 1 << 80, -(1 << 80)])
async def test_no_more_calls_at_once_than_there_is_room_for(way: ByHand, given: int) -> None:
    with pytest.raises((ValueError, OverflowError)):
        way.calls.run(b"", 0, None, False, [], given)
    with pytest.raises((ValueError, OverflowError)):
        way.calls.serve(0, None, False, given)


def test_who_holds_the_driver_of_a_call_holds_what_it_needs() -> None:
    """Whatever the collector clears first: here what is cleared is asked to go on with a call."""
    loop = asyncio.new_event_loop()

    async def call() -> str:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return "over"

    async def main() -> None:
        way = ByHand()
        begun = way.begin(call())
        clear = ctypes.pythonapi.PyType_GetSlot
        clear.restype, clear.argtypes = (
            ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object),
            (ctypes.py_object, ctypes.c_int),
        )
        assert clear(type(way.calls), TP_CLEAR)(way.calls) == 0
        assert await asyncio.wait_for(begun.end(), 5) == "over"
        assert way.calls.run(b"nothing", 0, None, False, [], 1) == (0, "odd")
        await turns(2)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    loop.run_until_complete(main())
    loop.close()
