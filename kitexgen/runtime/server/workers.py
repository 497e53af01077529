"""WorkerPool: threads for plain handlers, so that one that blocks holds up no other call. Kitex's gopool, bounded."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from kitexgen.runtime.call.deadline import Clock
from kitexgen.runtime.errors import OverLimit


@dataclass(slots=True)
class WorkerStatistics:
    """What happened so far. Times are in seconds, from hand-over to the moment a worker took the call."""

    started: int = 0
    refused: int = 0
    queued_seconds: float = 0.0
    longest_queued: float = 0.0


class WorkerPool:
    """At most `workers` calls run, at most `queue` more wait; the rest is refused at once rather than grow without end.

    Belongs to one event loop. Threads are started as they are needed.
    """

    def __init__(self, workers: int, queue: int, clock: Clock = time.monotonic) -> None:
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="kitexgen-worker")
        self._room = workers + queue
        self._clock = clock
        self._taken = 0
        self.statistics = WorkerStatistics()

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What `function` returns or raises, run on a worker, with the context variables of this task.

        Raises OverLimit when the queue is full. Cancelling gives up a call that still waits; one
        that runs is not stopped, and keeps its worker until it ends.
        """
        if self._taken >= self._room:
            self.statistics.refused += 1
            raise OverLimit("request over limit: no worker is free")
        self._taken += 1
        context = contextvars.copy_context()
        handed_over = self._clock()

        def work() -> tuple[float, Any, BaseException | None]:
            began = self._clock()
            try:
                return began, context.run(function, *arguments), None
            except BaseException as error:
                # Carried as a value: a future refuses StopIteration.
                return began, None, error

        loop = asyncio.get_running_loop()
        future = self._executor.submit(work)
        future.add_done_callback(lambda _: _call_soon(loop, self._leave))
        began, value, error = await asyncio.wrap_future(future)
        self._note(began - handed_over)
        if error is not None:
            raise error
        return value

    def close(self) -> None:
        """Take no more; what waits is cancelled, what runs runs on."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _leave(self) -> None:
        self._taken -= 1

    def _note(self, queued: float) -> None:
        statistics = self.statistics
        statistics.started += 1
        statistics.queued_seconds += queued
        statistics.longest_queued = max(statistics.longest_queued, queued)


def _call_soon(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        # The loop is closed: a plain handler outlived its server, and nobody counts any more.
        if not loop.is_closed():
            raise
