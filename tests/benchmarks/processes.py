"""Whole processes, by the processor time they take: another load on the machine would else decide."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("KITEXGEN_CORPUS", ROOT.parent / "shared" / "idl_corpus"))
# As an installed kitexgen runs: with its byte code beside it, which a developer may have switched off.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["PYTHONPATH"] = str(ROOT)


@dataclass(frozen=True, slots=True)
class Cost:
    """`seconds` of processor time (user and system); `peak` memory in MB (10**6 bytes).

    Of several runs: the median, half the distance between the quartiles, and the highest peak.
    """

    seconds: float
    peak: float = 0.0
    spread: float = 0.0

    def times(self, other: Cost) -> tuple[float, float]:
        """How often `other` fits into this one, and how far off that may be."""
        ratio = self.seconds / other.seconds
        return ratio, ratio * (self.spread / self.seconds + other.spread / other.seconds)

    def without(self, other: Cost) -> Cost:
        """What is left when `other`, which is part of it, is taken away."""
        return Cost(self.seconds - other.seconds, self.peak, self.spread + other.spread)


def run(command: Sequence[str], folder: Path, expected: Sequence[int] = (0,)) -> Cost:
    """One process, from start to end. Raises CalledProcessError for a status that is not `expected`."""
    process = subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in expected:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


def compare(runs: dict[str, Callable[[], Cost]], rounds: int) -> dict[str, Cost]:
    """The median cost of each, all taking turns."""
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, once in runs.items():
            costs[name].append(once())
    return {name: of_all(found) for name, found in costs.items()}


def of_all(costs: Sequence[Cost]) -> Cost:
    low, median, high = statistics.quantiles((cost.seconds for cost in costs), n=4, method="inclusive")
    return Cost(median, max(cost.peak for cost in costs), (high - low) / 2)


def kitexgen(*arguments: str) -> list[str]:
    """As the installed script would start it."""
    call = "import sys; from kitexgen.cli.main import main; sys.exit(main())"
    return [sys.executable, "-c", call, *arguments]
