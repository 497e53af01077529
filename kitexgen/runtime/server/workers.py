"""WorkerPool: threads for plain handlers, so that one that blocks holds up no other call. Kitex's gopool, bounded.

Not `concurrent.futures`: a call there costs twice as much, for locks and wake-ups that one loop does not need, and its
threads keep a process alive that has been told to stop.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from kitexgen.runtime.call.deadline import Clock
from kitexgen.runtime.errors import OverLimit


@dataclass(frozen=True, slots=True)
class WorkerStatistics:
    """What happened so far, and what is going on. Times are in seconds.

    `started`         calls that a thread took; counted when they end
    `refused`         calls for which there was no room
    `queued_seconds`  how long all the started ones together had waited for a thread
    `longest_queued`  the longest that one had waited
    `at_work`         calls that threads are busy with now
    `waiting`         calls that wait for a thread now
    """

    started: int
    refused: int
    queued_seconds: float
    longest_queued: float
    at_work: int
    waiting: int


class _Job:
    """A call on its way to a thread and back."""

    __slots__ = ("arguments", "began", "context", "error", "function", "future", "handed_over", "is_given_up", "value")

    def __init__(
        self, future: asyncio.Future[None], function: Callable[..., Any], arguments: tuple[Any, ...], now: float
    ) -> None:
        self.future = future
        self.function = function
        self.arguments = arguments
        self.context = contextvars.copy_context()
        self.handed_over = now
        self.began: float | None = None
        self.is_given_up = False
        self.value: Any = None
        self.error: BaseException | None = None


class WorkerPool:
    """At most `threads` calls run, at most `queue` more wait; the rest is refused at once rather than grow without end.

    Belongs to one event loop. Threads are started as they are needed.
    """

    def __init__(self, threads: int, queue: int, clock: Clock = time.monotonic) -> None:
        self._most = threads
        self._room = threads + queue
        self._clock = clock
        self._threads: list[threading.Thread] = []
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._done: deque[_Job] = deque()
        self._is_waking = False  # the loop has been told that some are done
        self._taken = 0  # jobs that are not back yet
        self._started = self._refused = 0
        self._queued_seconds = self._longest_queued = 0.0

    @property
    def statistics(self) -> WorkerStatistics:
        """The figures as they are now."""
        at_work = min(self._taken, self._most)
        return WorkerStatistics(
            started=self._started,
            refused=self._refused,
            queued_seconds=self._queued_seconds,
            longest_queued=self._longest_queued,
            at_work=at_work,
            waiting=self._taken - at_work,
        )

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What `function` returns or raises, run on a thread, with the context variables of this task.

        Raises OverLimit when the queue is full. Cancelling gives up a call that still waits; one that runs is not
        stopped, and keeps its thread until it ends.
        """
        if self._taken >= self._room:
            self._refused += 1
            waiting = self._taken - self._most
            raise OverLimit(f"request over limit: no worker thread is free, {self._most} at work, {waiting} waiting")
        loop = asyncio.get_running_loop()
        job = _Job(loop.create_future(), function, arguments, self._clock())
        self._taken += 1
        if self._taken > len(self._threads) and len(self._threads) < self._most:
            self._start_thread(loop)
        self._jobs.put(job)
        try:
            await job.future
        except asyncio.CancelledError:
            job.is_given_up = True
            raise
        if job.error is not None:
            raise job.error
        return job.value

    def close(self) -> None:
        """Take no more; what waits is cancelled, what runs runs on, and ends at the latest with the process."""
        try:
            while True:
                job = self._jobs.get_nowait()
                if job is not None:
                    job.future.cancel()
        except Empty:
            for _ in self._threads:
                self._jobs.put(None)

    def _start_thread(self, loop: asyncio.AbstractEventLoop) -> None:
        name = f"kitexgen-worker_{len(self._threads)}"
        thread = threading.Thread(target=self._work, args=(loop,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """What each thread does."""
        while (job := self._jobs.get()) is not None:
            if not job.is_given_up:
                job.began = self._clock()
                try:
                    job.value = job.context.run(job.function, *job.arguments)
                except BaseException as error:
                    job.error = error
            self._done.append(job)
            # One wake-up for all that end before the loop gets to it. It lowers the flag before it looks.
            if not self._is_waking:
                self._is_waking = True
                try:
                    loop.call_soon_threadsafe(self._deliver)
                except RuntimeError:
                    return  # the loop is closed: a plain handler outlived its server

    def _deliver(self) -> None:
        """On the loop: hand back what is done."""
        self._is_waking = False
        while self._done:
            job = self._done.popleft()
            self._taken -= 1
            if job.began is not None:
                self._started += 1
                queued = job.began - job.handed_over
                self._queued_seconds += queued
                self._longest_queued = max(self._longest_queued, queued)
            if not job.future.done():
                job.future.set_result(None)
