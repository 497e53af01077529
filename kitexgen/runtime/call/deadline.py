"""Deadline: a fixed point in time, and what is left of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Clock: TypeAlias = Callable[[], float]
"""Seconds on a clock that never goes back; its zero means nothing."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment a call must be over, and how many seconds it was given.

    `at` is in seconds of `clock`; `budget` is what the caller asked for, kept for the error text.
    """

    at: float
    budget: float
    clock: Clock = time.monotonic

    @classmethod
    def after(cls, budget: float, clock: Clock = time.monotonic) -> Deadline:
        """The moment `budget` seconds from now."""
        return cls(clock() + budget, budget, clock)

    def left(self) -> float:
        """Seconds until the moment; zero or less when it is past."""
        return self.at - self.clock()
