"""Deadline: a fixed point in time, and what is left of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

Clock: TypeAlias = Callable[[], float]
"""Seconds on a clock that never goes back; its zero means nothing."""


def clock_here() -> Clock:
    """The clock that times of calls are measured by: `time.monotonic`, but on a loop that is told the time, its own.

    Such a loop has a `told_clock`; its timers go by that, so deadlines must.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return time.monotonic
    clock: Clock = getattr(loop, "told_clock", time.monotonic)
    return clock


class Deadline(NamedTuple):
    """The moment a call must be over, and how many seconds it was given.

    `at` is in seconds of `clock`; `budget` is what the caller asked for, kept for the error text.
    """

    at: float
    budget: float
    clock: Clock = time.monotonic

    @classmethod
    def after(cls, budget: float, clock: Clock | None = None) -> Deadline:
        """The moment `budget` seconds from now; without a clock, on that of `clock_here`."""
        clock = clock or clock_here()
        return cls(clock() + budget, budget, clock)

    def left(self) -> float:
        """Seconds until the moment; zero or less when it is past."""
        return self.at - self.clock()
