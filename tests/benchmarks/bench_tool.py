"""What we claim about the speed of the command line, rivals in the same run.

    python tests/benchmarks/bench_tool.py [--rounds N]

Measured are whole processes, by processor time (user and system), as another load on the machine would else decide;
rivals take turns with us. Figures are medians. The largest files are those of the corpus (KITEXGEN_CORPUS); without it
the largest samples stand in, and the goals that speak of the large ones are not judged. Of what a person waits for,
saves under `kitexgen watch` are timed by the clock on the wall as well.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.benchmarks.processes import CORPUS, Cost, compare, kitexgen, run  # noqa: E402
from tests.benchmarks.table import Table, at_most  # noqa: E402
from tests.benchmarks.waits import over_largest, whole_corpus  # noqa: E402
from tests.benchmarks.watching import watching  # noqa: E402

ROUNDS = 20
LARGEST = CORPUS / "thrift/evernote__evernote-thrift/src/NoteStore.thrift"
LARGEST_PROTO = "kubernetes__api/k8s.io/api/core/v1/generated.proto"
_ROOTS = ("kubernetes__api", "kubernetes__apimachinery")
SAMPLES = ROOT / "idl_samples"
SAMPLE = SAMPLES / "thrift" / "kitchen_sink.thrift"
# Why what takes about a second, or more, does.
WHY = (
    "watch, 0.9 s of the processor: half is to resolve and check all 500 files again, as a change of one may "
    "break any; what did not change is neither read nor parsed. A quarter is to settle names and print what the "
    "change reaches, a tenth to compare and write, the rest to note what was done and to look for the next "
    "change.",
    "gen from cold of googleapis, 2.5 s once: a third is reading and checking, a tenth black, which is asked about "
    "36 times, for statements whose names or texts are too long for a line, a tenth comparing and writing 441 files "
    "of 11 MB, the rest planning and printing them. After that a change costs what it reaches.",
    "lint, half of it reading: the rules see every declaration, option and comment. breaking reads both sides. "
    "fmt parses each file twice, as it is and as it would be, to prove that it means the same with every comment "
    "in place.",
)


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


def start_up(folder: Path, rounds: int) -> list[Claim]:
    """`--help`, and `gen` where nothing changed, against loading click alone."""
    proto, flags, _ = _largest_proto()
    out = folder / "proto"
    (folder / "kitexgen.toml").write_text(f"idl = ['{SAMPLE}']\n")
    gen_proto = kitexgen("gen", "-o", str(out), *flags, proto)
    for command in (kitexgen("gen"), gen_proto):
        run(command, folder)
    costs = compare(
        {
            "click": lambda: run([sys.executable, "-c", "import click"], folder),
            "help": lambda: run(kitexgen("--help"), folder),
            "unchanged": lambda: run(kitexgen("gen"), folder),
            "unchanged proto": lambda: run(gen_proto, folder),
        },
        rounds,
    )
    base = costs["click"]
    return [
        _milliseconds("python -c 'import click'", base),
        _in_times("kitexgen --help, in times of it", costs["help"], base, 2.0),
        _in_times("kitexgen gen, nothing changed, in times of it", costs["unchanged"], base, 1.5),
        _in_times(f"the same of {_told(proto)}, in times of it", costs["unchanged proto"], base, 1.5),
    ]


def from_cold(folder: Path, rounds: int) -> list[Claim]:
    """`gen` of the largest Thrift file from nothing, against Apache's compiler for Python, with its includes."""
    is_large = LARGEST.exists()
    source = str(LARGEST if is_large else SAMPLE)
    out = folder / "cold"
    runs = {"ours": lambda: _cold([source], out, folder)}
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


def proto_from_cold(folder: Path, rounds: int) -> list[Claim]:
    """`gen` of the largest Protobuf file from nothing, with all it imports, against protoc's Python of the file alone.

    protoc is the one in grpcio-tools, a library: what starting Python and loading it takes is not counted as protoc's.
    """
    source, flags, is_large = _largest_proto()
    out, theirs = folder / "cold_proto", folder / "protoc"
    theirs.mkdir()
    runs = {"ours": lambda: _cold([*flags, source], out, folder)}
    if importlib.util.find_spec("grpc_tools") is not None:
        load = "import sys; from grpc_tools import _protoc_compiler as protoc"
        call = f"{load}; sys.exit(protoc.run_main([each.encode() for each in sys.argv]))"
        flags_of_protoc = (f"--python_out={theirs}", f"--pyi_out={theirs}", *flags)
        runs["loading"] = lambda: run([sys.executable, "-c", load], folder)
        runs["protoc"] = lambda: run([sys.executable, "-c", call, *flags_of_protoc, source], folder)
    costs = compare(runs, max(3, rounds // 2))
    name = _told(source)
    claims = [_milliseconds(f"kitexgen gen {name}, from cold", costs["ours"])]
    if "protoc" in costs:
        protoc = costs["protoc"].without(costs["loading"])
        claims += [
            _milliseconds(f"protoc --python_out --pyi_out {name}", protoc),
            _in_times("kitexgen gen from cold, in times of it", costs["ours"], protoc, 15.0 if is_large else None),
        ]
    return claims


def _cold(arguments: Sequence[str], out: Path, folder: Path) -> Cost:
    shutil.rmtree(out, ignore_errors=True)
    return run(kitexgen("gen", "--out", str(out), *arguments), folder)


def _largest_proto() -> tuple[str, list[str], bool]:
    """The file, the flags of its search path, and whether it is that of the corpus."""
    root = CORPUS / "proto"
    if (root / LARGEST_PROTO).exists():
        return str(root / LARGEST_PROTO), [f"-I{root / name}" for name in _ROOTS], True
    largest = max((SAMPLES / "proto").rglob("*.proto"), key=lambda path: path.stat().st_size)
    return str(largest), [f"-I{SAMPLES / 'proto'}"], False


def _told(path: str) -> str:
    """The end of a path, as many files are called generated.proto."""
    return "/".join(Path(path).parts[-3:])


def _milliseconds(what: str, cost: Cost) -> Claim:
    return Claim(what, cost.seconds * 1000, " ms", None, cost.spread * 1000)


def _in_times(what: str, cost: Cost, of: Cost, goal: float | None) -> Claim:
    ratio, spread = cost.times(of)
    return Claim(what, ratio, "x", goal, spread)


def measure(rounds: int) -> list[Claim]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return start_up(folder, rounds) + from_cold(folder, rounds) + proto_from_cold(folder, rounds)


def waits(rounds: int) -> Iterator[tuple[str, str, str, str]]:
    """Rows of what a person waits for: seconds by the clock, of the processor, and memory. On a quiet machine commands
    take by the clock what they take of the processor.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for what, waited, used in watching(folder / "watched", rounds):
            if used is None:
                yield what, "", "", f"{waited.peak:.0f} MB"
            else:
                yield what, _seconds(waited), _seconds(used), ""
        if (CORPUS / "proto" / "index.tsv").exists():
            (folder / "corpus").mkdir()
            for what, cost in over_largest(folder, CORPUS, max(3, rounds // 4)):
                yield what, "", _seconds(cost), f"{cost.peak:.0f} MB"
            for what, cost in whole_corpus(folder / "corpus", CORPUS):
                yield what, "", _seconds(cost), f"{cost.peak:.0f} MB"


def _seconds(cost: Cost) -> str:
    return f"{cost.seconds:.2f}{f' ± {cost.spread:.2f}' if cost.spread else ''} s"


def table(rounds: int = ROUNDS) -> Table:
    rows = (
        (claim.what, claim.measured, *at_most(claim.value, claim.goal, claim.unit, claim.spread))
        for claim in measure(rounds)
    )
    return Table(
        "The command line",
        "python tests/benchmarks/bench_tool.py",
        "Processor time of whole processes.",
        ("what", "measured", "goal", "verdict"),
        tuple(rows),
    )


def waits_table(rounds: int = ROUNDS) -> Table:
    return Table(
        "What a person waits for",
        "python tests/benchmarks/bench_tool.py --waits",
        "By the clock, from the rename of a saved file to the new text in the generated one; and processor time, of "
        "whole processes, or of `watch` until it is idle again. Memory is the peak, of `watch` what it holds. "
        "The corpus takes as few runs as can be: files of one search path go together unless two declare the same.",
        ("what", "by the clock", "processor", "memory"),
        tuple(waits(rounds)),
        WHY,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every claim; 1 when one does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--waits", action="store_true", help="what a person waits for, instead")
    given = parser.parse_args(arguments)
    if given.waits:
        for what, clock, processor, memory in waits(given.rounds):
            print(f"{what:<90} {clock:>16} {processor:>16} {memory:>8}", flush=True)
        return 0
    claims = measure(given.rounds)
    for claim in claims:
        print(claim)
    return 0 if all(claim.holds for claim in claims) else 1


if __name__ == "__main__":
    sys.exit(main())
