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
LARGEST = Path("thrift/evernote__evernote-thrift/src/NoteStore.thrift")
SAMPLE = ROOT / "idl_samples" / "thrift" / "kitchen_sink.thrift"
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True, slots=True)
class Cost:
    """`seconds` of processor time; `peak` memory in MB (10**6 bytes)."""

    seconds: float
    peak: float


@dataclass(frozen=True, slots=True)
class Claim:
    """`value` of `what`, and the `goal` it must not pass; None where it cannot be judged here."""

    what: str
    value: float
    unit: str
    goal: float | None

    def __str__(self) -> str:
        judged = "" if self.goal is None else f"  (goal {self.goal:g}{self.unit}: {'held' if self.holds else 'MISSED'})"
        return f"{self.what:<58} {self.value:8.2f}{self.unit}{judged}"

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
    return {
        name: Cost(statistics.median(cost.seconds for cost in found), max(cost.peak for cost in found))
        for name, found in costs.items()
    }


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
    base = costs["click"].seconds
    return [
        Claim("python -c 'import click'", base * 1000, " ms", None),
        Claim("kitexgen --help, in times of it", costs["help"].seconds / base, "x", 2.0),
        Claim("kitexgen gen, nothing changed, in times of it", costs["unchanged"].seconds / base, "x", 1.5),
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
        Claim(f"kitexgen gen {name}, from cold", costs["ours"].seconds * 1000, " ms", None),
        Claim(f"kitexgen gen {name}, peak memory", costs["ours"].peak, " MB", 120 if is_large else None),
    ]
    if apache:
        ratio = costs["ours"].seconds / costs["apache"].seconds
        claims += [
            Claim(f"thrift -r --gen py {name}", costs["apache"].seconds * 1000, " ms", None),
            Claim("kitexgen gen from cold, in times of it", ratio, "x", 12.0 if is_large else None),
        ]
    return claims


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every claim; 1 when one does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        claims = start_up(folder, rounds) + from_cold(folder, rounds)
    for claim in claims:
        print(claim)
    return 0 if all(claim.holds for claim in claims) else 1


if __name__ == "__main__":
    sys.exit(main())
