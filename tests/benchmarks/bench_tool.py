"""What we claim about the speed of the command line, rivals in the same run.

    python tests/benchmarks/bench_tool.py [--rounds N]

Measured are whole processes, by processor time (user and system), as another load on the machine would else decide;
rivals take turns with us. Figures are medians. The largest file is Evernote's NoteStore.thrift of the corpus
(KITEXGEN_CORPUS); without it the largest sample stands in, and the goals that speak of the large one are not judged.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.benchmarks.table import Table, at_most  # noqa: E402

ROUNDS = 20
LARGEST = Path("thrift/evernote__evernote-thrift/src/NoteStore.thrift")
SAMPLE = ROOT / "idl_samples" / "thrift" / "kitchen_sink.thrift"
# As an installed kitexgen runs: with its byte code beside it, which a developer may have switched off.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
_ENVIRONMENT["PYTHONPATH"] = str(ROOT)


@dataclass(frozen=True, slots=True)
class Cost:
    """`seconds` of processor time; `peak` memory in MB (10**6 bytes).

    Of several runs: the median, half the distance between the quartiles, and the highest peak.
    """

    seconds: float
    peak: float
    spread: float = 0.0

    def times(self, other: Cost) -> tuple[float, float]:
        """How often `other` fits into this one, and how far off that may be."""
        ratio = self.seconds / other.seconds
        return ratio, ratio * (self.spread / self.seconds + other.spread / other.seconds)


@dataclass(frozen=True, slots=True)
class Claim:
    """`value` of `what`, give or take `spread`, and the `goal` it must not pass; None where nothing is judged here."""

    what: str
    value: float
    unit: str
    goal: float | None
    spread: float = 0.0

    def __str__(self) -> str:
        judged = "" if self.goal is None else f"  (goal {self.goal:g}{self.unit}: {'held' if self.holds else 'MISSED'})"
        return f"{self.what:<58} {self.measured:>18}{judged}"

    @property
    def measured(self) -> str:
        return f"{self.value:.2f}{f' ± {self.spread:.2f}' if self.spread else ''}{self.unit}"

    @property
    def holds(self) -> bool:
        return self.goal is None or self.value <= self.goal


def run(command: Sequence[str], folder: Path) -> Cost:
    """One process, from start to end. Raises CalledProcessError when it fails."""
    process = subprocess.Popen(
        command, cwd=folder, env=_ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


def compare(runs: dict[str, Callable[[], Cost]], rounds: int) -> dict[str, Cost]:
    """The median cost of each, all taking turns."""
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, once in runs.items():
            costs[name].append(once())
    return {name: _of_all(found) for name, found in costs.items()}


def _of_all(costs: Sequence[Cost]) -> Cost:
    low, median, high = statistics.quantiles((cost.seconds for cost in costs), n=4, method="inclusive")
    return Cost(median, max(cost.peak for cost in costs), (high - low) / 2)


def kitexgen(*arguments: str) -> list[str]:
    """As the installed script would start it."""
    call = "import sys; from kitexgen.cli.main import main; sys.exit(main())"
    return [sys.executable, "-c", call, *arguments]


def start_up(folder: Path, rounds: int) -> list[Claim]:
    """`--help`, and `gen` where nothing changed, against loading click alone."""
    (folder / "kitexgen.toml").write_text(f"idl = ['{SAMPLE}']\n")
    run(kitexgen("gen"), folder)
    costs = compare(
        {
            "click": lambda: run([sys.executable, "-c", "import click"], folder),
            "help": lambda: run(kitexgen("--help"), folder),
            "unchanged": lambda: run(kitexgen("gen"), folder),
        },
        rounds,
    )
    base = costs["click"]
    return [
        _milliseconds("python -c 'import click'", base),
        _in_times("kitexgen --help, in times of it", costs["help"], base, 2.0),
        _in_times("kitexgen gen, nothing changed, in times of it", costs["unchanged"], base, 1.5),
    ]


def from_cold(folder: Path, rounds: int) -> list[Claim]:
    """`gen` of the largest file from nothing, against the Apache compiler's Python generator with its includes."""
    corpus = Path(os.environ.get("KITEXGEN_CORPUS", ROOT.parent / "shared" / "idl_corpus"))
    is_large = (corpus / LARGEST).exists()
    source = str(corpus / LARGEST if is_large else SAMPLE)
    out = folder / "cold"

    def ours() -> Cost:
        shutil.rmtree(out, ignore_errors=True)
        return run(kitexgen("gen", source, "--out", str(out)), folder)

    runs = {"ours": ours}
    apache = shutil.which("thrift")
    if apache:
        (folder / "apache").mkdir()
        runs["apache"] = lambda: run([apache, "-r", "--gen", "py", "-out", str(folder / "apache"), source], folder)
    costs = compare(runs, max(3, rounds // 4))
    name = Path(source).name
    claims = [
        _milliseconds(f"kitexgen gen {name}, from cold", costs["ours"]),
        Claim(f"kitexgen gen {name}, peak memory", costs["ours"].peak, " MB", 120 if is_large else None),
    ]
    if apache:
        goal = 12.0 if is_large else None
        claims += [
            _milliseconds(f"thrift -r --gen py {name}", costs["apache"]),
            _in_times("kitexgen gen from cold, in times of it", costs["ours"], costs["apache"], goal),
        ]
    return claims


def _milliseconds(what: str, cost: Cost) -> Claim:
    return Claim(what, cost.seconds * 1000, " ms", None, cost.spread * 1000)


def _in_times(what: str, cost: Cost, of: Cost, goal: float | None) -> Claim:
    ratio, spread = cost.times(of)
    return Claim(what, ratio, "x", goal, spread)


def measure(rounds: int) -> list[Claim]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return start_up(folder, rounds) + from_cold(folder, rounds)


def table(rounds: int = ROUNDS) -> Table:
    rows = ((claim.what, claim.measured, *at_most(claim.value, claim.goal, claim.unit)) for claim in measure(rounds))
    return Table(
        "The command line",
        "python tests/benchmarks/bench_tool.py",
        "Processor time of whole processes.",
        ("what", "measured", "goal", "verdict"),
        tuple(rows),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every claim; 1 when one does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args(arguments).rounds
    claims = measure(rounds)
    for claim in claims:
        print(claim)
    return 0 if all(claim.holds for claim in claims) else 1


if __name__ == "__main__":
    sys.exit(main())
