"""ToldClock: a clock that is told the time, and an event loop that lives by it."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

AnyResult = TypeVar("AnyResult")


class ToldClock:
    """Seconds that pass only when someone says so. Call it for the time; it starts at `start`.

    On its loop (`run`, `new_loop`) nothing waits: when all tasks are waiting for the time, it jumps to the moment that
    the first of them waits for. A test of a timeout of an hour is over at once, and ends the same way on every machine.

        clock = ToldClock()
        clock.run(test())          # asyncio.sleep(3600) in it returns at once, and clock() has gone on by 3600

    Threads and sockets know nothing of a told time. `patience` is how many real seconds they get, each time, before the
    clock jumps: 0 is right where everything is in memory and no handler is a plain function.
    """

    def __init__(self, start: float = 0.0, *, patience: float = 0.0) -> None:
        self._now = start
        self._patience = patience

    def __call__(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass. Raises ValueError for less than none: no clock of a call goes back."""
        if seconds < 0:
            raise ValueError(f"a clock cannot go back {-seconds:g} s")
        self._now += seconds

    def run(self, main: Coroutine[Any, Any, AnyResult]) -> AnyResult:
        """As `asyncio.run`, on a loop that goes by this clock."""
        with asyncio.Runner(loop_factory=self.new_loop) as runner:
            return runner.run(main)

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """A loop that goes by this clock, for runners of one's own."""
        return _ToldLoop(self, self._patience)


class _ToldLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop: only what it takes for the time, and for waiting, is another."""

    def __init__(self, clock: ToldClock, patience: float) -> None:
        self.told_clock = clock  # where `clock_here` finds it
        super().__init__(_ToldSelector(clock, patience))

    def time(self) -> float:
        return self.told_clock()


class _ToldSelector(selectors.BaseSelector):
    """Where a loop would wait for some seconds, let them pass."""

    def __init__(self, clock: ToldClock, patience: float) -> None:
        self._clock = clock
        self._patience = patience
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            # None: no timer is left, so only a thread or a socket can bring news.
            return self._real.select(timeout)
        ready = self._real.select(min(self._patience, timeout))
        if not ready:
            self._clock.advance(timeout)
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()
