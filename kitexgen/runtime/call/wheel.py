"""Wheel: the deadlines of all calls of an event loop, under one timer.

A timer of the loop for each call costs as much as all the rest of a small call, and hardly any of them ever fires. Here
deadlines are gathered in buckets of `TICK`: to add one and to take it out is an entry in a dict.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, TypeAlias
from weakref import WeakValueDictionary

from kitexgen.runtime.call.deadline import clock_here

TICK: Final = 0.005
"""Seconds by which a deadline may be noticed late. It is never noticed early."""

_FEW: Final = 64
"""Buckets that are kept without a look whether they are empty."""

Bucket: TypeAlias = dict[Any, Callable[[Any], object]]
"""Those whose deadlines are noticed together, each with what is then called with it. Pop what no longer waits."""


class Wheel:
    """Belongs to the running loop. On a loop that is told the time it ticks as finely as its clock: all is exact."""

    __slots__ = ("__weakref__", "_buckets", "_clock", "_due", "_handle", "_is_exact", "_loop", "_many")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._clock = clock_here()
        self._is_exact = hasattr(loop, "told_clock")
        self._buckets: dict[float, Bucket] = {}  # by the moment when they are due
        self._many = _FEW
        self._handle: asyncio.TimerHandle | None = None
        self._due = 0.0  # when it fires

    def add(self, at: float, waiter: Any, expire: Callable[[Any], object]) -> Bucket:
        """Call `expire(waiter)` at `at`, in seconds of `clock_here`, unless it is popped from the bucket before."""
        due = at if self._is_exact else (at // TICK + 1) * TICK
        bucket = self._buckets.get(due)
        if bucket is None:
            bucket = self._open(due)
        bucket[waiter] = expire
        return bucket

    def _open(self, due: float) -> Bucket:
        if len(self._buckets) >= self._many:
            self._drop_empty()
            self._many = max(_FEW, 2 * len(self._buckets))
        bucket = self._buckets[due] = {}
        if self._handle is None or due < self._due:
            self._wait_for(due)
        return bucket

    def _drop_empty(self) -> None:
        for due in [due for due, bucket in self._buckets.items() if not bucket]:
            del self._buckets[due]

    def _wait_for(self, due: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._due = due
        self._handle = self._loop.call_later(max(due - self._clock(), 0.0), self._turn)

    def _turn(self) -> None:
        self._handle = None
        now = self._clock()  # loops round, and may call a little early
        for due in sorted(due for due in self._buckets if due <= now):
            for waiter, expire in tuple(self._buckets.pop(due).items()):
                expire(waiter)
        self._drop_empty()
        if self._buckets and self._handle is None:
            self._wait_for(min(self._buckets))


# A wheel keeps its loop alive, so that no other loop can have its id as long as the entry is there.
_WHEELS: WeakValueDictionary[int, Wheel] = WeakValueDictionary()


def wheel_of(loop: asyncio.AbstractEventLoop) -> Wheel:
    """The wheel of `loop`, the running one; it lives as long as somebody holds it, or waits."""
    wheel = _WHEELS.get(id(loop))
    if wheel is None:
        wheel = _WHEELS[id(loop)] = Wheel(loop)
    return wheel


class Allowance:
    """A block that may take until `at`, in seconds of `clock_here`: what runs in it is cancelled then.

    As `asyncio.timeout_at`, on the wheel: TimeoutError is raised at the end of the block, in place of the cancellation.
    """

    __slots__ = ("_at", "_bucket", "_cancelling", "_task", "has_expired")

    def __init__(self, at: float) -> None:
        self._at = at
        self._task: asyncio.Task[Any] | None = None
        self._cancelling = 0
        self._bucket: Bucket | None = None
        self.has_expired = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can run out of time")
        self._task, self._cancelling = task, task.cancelling()
        loop = task.get_loop()
        if self._at <= clock_here()():
            loop.call_soon(self._expire)
        else:
            self._bucket = wheel_of(loop).add(self._at, self, Allowance._expire)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task, self._task = self._task, None
        if self._bucket is not None:
            self._bucket.pop(self, None)
        if not self.has_expired or task is None:
            return
        # Someone else may have cancelled the task as well: that goes on.
        if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _expire(self) -> None:
        if self._task is not None:
            self.has_expired = True
            self._task.cancel()
