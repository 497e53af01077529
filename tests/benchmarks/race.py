"""Candidates timed in turns, so that drift of the machine hits all alike.

Times are of the processor, so that neighbours on the machine count little; what is shown is the median of the rounds.
Garbage collection is on, older objects are frozen.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Taken(NamedTuple):
    """CPU seconds of one call: the median of the rounds, and half the distance between their quartiles."""

    median: float
    spread: float


def race(functions: Mapping[str, Callable[[], object]], rounds: int, seconds: float) -> dict[str, Taken]:
    """What one call of each function takes; each round runs each for about `seconds`."""
    gc.collect()
    gc.freeze()
    try:
        loops = {name: _loops(function, seconds) for name, function in functions.items()}
        times: dict[str, list[float]] = {name: [] for name in functions}
        for _ in range(rounds):
            for name, function in functions.items():
                times[name].append(_timed(function, loops[name]))
        return {name: _taken(each) for name, each in times.items()}
    finally:
        gc.unfreeze()


def _taken(times: list[float]) -> Taken:
    if len(times) < 2:
        return Taken(times[0], 0.0)
    low, median, high = statistics.quantiles(times, n=4, method="inclusive")
    return Taken(median, (high - low) / 2)


def _loops(function: Callable[[], object], seconds: float) -> int:
    loops = 1
    while (taken := _timed(function, loops) * loops) < seconds / 8:
        loops *= 2
    return max(1, int(loops * seconds / taken))


def _timed(function: Callable[[], object], loops: int) -> float:
    turns = range(loops)
    began = time.process_time()
    for _ in turns:
        function()
    return (time.process_time() - began) / loops


def micros(taken: Taken) -> str:
    return f"{taken.median * 1e6:.2f} ± {taken.spread * 1e6:.2f}"
