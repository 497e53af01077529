"""Stepper: run an async call without a task of its own, unless it waits.

Most handlers end without ever waiting, and making a task for each of them costs more than all the rest of a small call.
So a call is begun right where its bytes came in: its coroutine is stepped by hand, once. Only when that step ends in
waiting does a task go on with it.

What runs must not see the difference. `asyncio.timeout`, task groups and much else ask for the current task and keep
it, to cancel it later, so the first step already needs the very task that would go on with the call. The stepper has
one such task at hand, which drives nothing yet: it is the current task during first steps, one after another, until
one waits. That call gets it for good, and the next one a new task. A call whose code kept hold of the task, cancelled
it, or left anything on it, uses it up too, although it has ended: no other call shall meet what it left there.

The compiled way of usual calls (`usual_calls`) goes further: there a call that waits is stepped by hand, too, and its
task is given back when it ends, under the same conditions (`wire/csrc/by_hand.c`).

Context variables need no such care: each call runs in a context of its own from its first step to its last.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
import weakref

# For this they are there: asyncio's documentation, "Extending", "Task lifetime support".
from asyncio.tasks import _enter_task, _leave_task
from collections.abc import Coroutine, Generator, Set
from typing import Any, Final, Generic, TypeVar

from kitexgen.runtime.wire.native import driver_type

Answer = TypeVar("Answer")


class Ended(Generic[Answer]):
    """What a call that never waited came to: its value, or `error`, which it raised."""

    __slots__ = ("error", "value")

    def __init__(self, value: Answer | None, error: BaseException | None) -> None:
        self.value = value
        self.error = error


class Stepper:
    """Begins calls on one event loop. `base` holds the context variables that each of them starts with.

    Whoever begins a call that waits puts its task into `at_work`, until it ends.
    """

    __slots__ = ("_at_work", "_base", "_loop", "_spare")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, base: contextvars.Context, at_work: Set[asyncio.Task[Any]]
    ) -> None:
        self._loop = loop
        self._base = base
        self._at_work = at_work
        self._spare: tuple[CallTask, Any] | None = None

    def begin(self, call: Coroutine[Any, Any, Answer]) -> Ended[Answer] | asyncio.Task[Answer]:
        """Run `call` up to where it first waits: what it came to, or the task that goes on with it.

        KeyboardInterrupt and SystemExit are raised, as they are out of a task.
        """
        loop = self._loop
        # Within the step of one call another may be begun, by a peer in the same process.
        spare, self._spare = self._spare, None
        if spare is None or spare[1].is_used_up:
            spare = call_task(loop, self._at_work)
        task, driver = spare
        context = driver.context = self._base.copy()
        # Asked of the tuple's item, not of the variable: CPython 3.14 counts some uses of a variable and some not.
        strong, weak = sys.getrefcount(spare[0]), weakref.getweakrefcount(task)
        outer = None
        try:
            _enter_task(loop, task)
        except RuntimeError:  # another one is entered: the call came from a peer in the same process
            outer = asyncio.current_task(loop)
            if outer is None:
                raise
            _leave_task(loop, outer)
            _enter_task(loop, task)
        ended: Ended[Answer]
        try:
            awaited = context.run(call.send, None)
        except StopIteration as end:
            ended = Ended(end.value, None)
        except (KeyboardInterrupt, SystemExit):
            driver.finish()
            raise
        except BaseException as error:
            ended = Ended(None, error)
        else:
            driver.take_over(call, awaited)
            return task
        finally:
            _leave_task(loop, task)
            if outer is not None:
                _enter_task(loop, outer)
        is_known = sys.getrefcount(spare[0]) > strong or weakref.getweakrefcount(task) > weak
        if driver.is_used_up or is_known or task.cancelling():  # that without `CallTask.cancel`
            driver.finish()
            if ended.error is None and (interruption := task.interruption()) is not None:
                ended = Ended(None, interruption)
        else:
            self._spare = spare
        return ended

    def close(self) -> None:
        """Let go of the task at hand, which ends in the next loop turn."""
        spare, self._spare = self._spare, None
        if spare is not None:
            spare[1].finish()


class CallTask(asyncio.Task[Any]):
    """The task of a call. What leaves a trace on it makes it that call's for good.

    `at_work` has those whose calls wait; the others are at hand, and nothing is lost with them.
    """

    _at_work: Set[asyncio.Task[Any]] = frozenset()  # of one that could not be made

    def __init__(self, driver: Any, loop: asyncio.AbstractEventLoop, at_work: Set[asyncio.Task[Any]]) -> None:
        super().__setattr__("_at_work", at_work)
        super().__init__(driver, loop=loop, context=contextvars.Context())

    def __del__(self) -> None:
        # A loop that is closed under its server leaves tasks at hand, which asyncio would report as pending.
        if self not in self._at_work:
            super().__setattr__("_log_destroy_pending", False)
        super().__del__()

    def cancel(self, msg: Any | None = None) -> bool:
        driver: Any = self.get_coro()
        driver.will_be_cancelled(self)
        return super().cancel(msg)

    def interruption(self) -> asyncio.CancelledError | None:
        """What a call that has just given a value ends with all the same; None for that value.

        A task that was cancelled in its last step, and did not take that back, drops the value.
        """
        me: Any = self
        return me._make_cancelled_error() if me._must_cancel else None

    def add_done_callback(self, *args: Any, **names: Any) -> None:
        self._use_up()
        super().add_done_callback(*args, **names)

    def set_name(self, value: object) -> None:
        self._use_up()
        super().set_name(value)

    def __setattr__(self, name: str, value: Any) -> None:
        self._use_up()
        super().__setattr__(name, value)

    def _use_up(self) -> None:
        driver: Any = self.get_coro()
        driver.use_up()

    def get_context(self) -> contextvars.Context:
        driver: Any = self.get_coro()
        context: contextvars.Context = driver.context
        return context


class PureDriver(Coroutine[Any, Any, Any]):
    """What a `CallTask` runs: it waits until it is given a call that was begun, then runs that to its end.

    state     event                     next
    at hand   take_over                 taken: the task is woken
    at hand   finish                    over: the task is woken, and ends
    taken     the task's next step      driving: the task waits for what the call waits for
    taken     the task is cancelled     driving, as if it had waited already
    driving   the call ends             over

    `is_used_up` is whether the task is the call's for good: it was cancelled, be it taken back or not, or has traces.
    """

    __slots__ = (
        "_awaited",
        "_call",
        "_is_blocking",
        "_is_over",
        "_is_taken",
        "_loop",
        "_waiter",
        "context",
        "is_used_up",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiter: asyncio.Future[None] | None = None  # what the task waits for while it is at hand
        self._call: Coroutine[Any, Any, Any] | None = None
        self._is_taken = False
        self._is_over = False
        self._awaited: Any = None  # what the first step ended with, and whether that was by `await`
        self._is_blocking = False
        self.context = contextvars.Context()
        self.is_used_up = False

    def take_over(self, call: Coroutine[Any, Any, Any], awaited: Any) -> None:
        """Go on with `call`, whose first step ended in waiting for `awaited`."""
        self._call, self._awaited, self._is_taken = call, awaited, True
        # Tasks clear the mark when they have seen it; another call may wait for the same future meanwhile.
        self._is_blocking = bool(getattr(awaited, "_asyncio_future_blocking", False))
        if self._is_blocking:
            awaited._asyncio_future_blocking = False
        self._wake()

    def finish(self) -> None:
        """End without having driven anything."""
        self._is_over = True
        self._wake()

    def use_up(self) -> None:
        """The task is for no other call than the one that it is current in."""
        self.is_used_up = True

    def will_be_cancelled(self, _: CallTask) -> None:
        """`cancel` is asked of the task; within a step that might be taken back: so it shall wait for nothing."""
        self.use_up()
        self._wake()

    # What the task calls.

    def send(self, value: Any) -> Any:
        if self._is_over:
            raise StopIteration(None)
        call = self._call
        if call is None:
            self._waiter = waiter = self._loop.create_future()
            waiter._asyncio_future_blocking = True
            return waiter
        if self._is_taken:
            awaited = self._give_awaited()
            if awaited is not None:
                return awaited
        return self.context.run(call.send, value)

    def throw(self, error: Any, *_: Any) -> Any:
        call = self._call
        if call is None:
            self._is_over = True
            raise error
        if self._is_taken:
            awaited = self._give_awaited()
            if self._is_blocking and awaited.cancel(*error.args[:1]):
                return awaited  # a task that is cancelled cancels what it waits for, and learns of it by that
        return self.context.run(call.throw, error)

    def close(self) -> None:
        if self._call is not None:
            self._call.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        raise RuntimeError("only a task runs this")

    def _give_awaited(self) -> Any:
        """What the task has to wait for, as the call itself would have handed it over."""
        awaited, self._awaited, self._is_taken = self._awaited, None, False
        if self._is_blocking:
            awaited._asyncio_future_blocking = True
        return awaited

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


Driver: Final[Any] = driver_type() or PureDriver


def call_task(loop: asyncio.AbstractEventLoop, at_work: Set[asyncio.Task[Any]]) -> tuple[CallTask, Any]:
    """A task for a call that is not known yet, and its driver."""
    driver = Driver(loop)
    return CallTask(driver, loop, at_work), driver
