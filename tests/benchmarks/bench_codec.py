"""The codec against its rivals: `python tests/benchmarks/bench_codec.py [payload ...]`.

Ours is `kitexgen.runtime.thrift.encode` and `decode`, as users call them, on classes generated for the run: compiled,
or in pure Python with `KITEXGEN_PURE=1`, which has goals of its own. Rivals are in `codec_rivals.py`.

Every candidate is timed once a round, so that drift hits all alike; what is shown is the median of the rounds, in CPU
time, so that neighbours on the machine count little. Garbage collection is on, older objects are frozen. Exits with 1
when a goal is missed by more than `--slack`.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

HERE: Final = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1])]

from kitexgen.runtime.wire.native import is_compiled  # noqa: E402
from tests.benchmarks import codec_rivals  # noqa: E402
from tests.benchmarks.chart import race_charts  # noqa: E402
from tests.benchmarks.codec_payloads import TYPES, is_same, payloads  # noqa: E402
from tests.benchmarks.codec_rivals import (  # noqa: E402
    ACCELERATED,
    APACHE,
    COPY,
    CYTHON,
    MSGSPEC,
    OURS,
    SLOW_THRIFTPY2,
    UPB,
    Maker,
)
from tests.benchmarks.race import Taken, micros, race  # noqa: E402
from tests.benchmarks.table import Table, at_least  # noqa: E402

ROUNDS: Final = 11
SECONDS: Final = 0.04
SLACK: Final = 0.1

Goals = Mapping[str, Mapping[str, tuple[float, float]]]

# payload -> rival -> how many times as fast (encode, decode), on CPython 3.11. A prototype with few features reached a
# fifth more.
COMPILED_GOALS: Final[Goals] = {
    "small": {CYTHON: (14, 11), MSGSPEC: (2.2, 1.8)},
    "nested": {CYTHON: (14, 5), MSGSPEC: (2.2, 1.4)},
    "list_struct": {CYTHON: (16, 7.5), MSGSPEC: (2.4, 1.8)},
    "strings": {CYTHON: (20, 5.5), MSGSPEC: (2.0, 2.6)},
    "map_str_i64": {CYTHON: (8, 2.1), MSGSPEC: (1.8, 1.6)},
    "list_i64": {CYTHON: (12, 2.4), MSGSPEC: (3.6, 2.7)},
    "list_i64_packed": {CYTHON: (150, 70), MSGSPEC: (45, 80)},
    "blob": {COPY: (0.95, 0.95), MSGSPEC: (0.95, 0.95)},
}
# Where ints, floats and strings are not laid out as on 3.11, less is known to be in reach.
NEWER_GOALS: Final[Goals] = {name: {CYTHON: (5, 4)} for name in ("small", "nested", "strings", "list_struct")}

PURE_GOALS: Final[Goals] = {
    "small": {CYTHON: (2.0, 1.6), APACHE: (5.5, 5.5)},
    "nested": {CYTHON: (1.0, 0.7), APACHE: (5.5, 5.5)},
    "list_struct": {CYTHON: (1.5, 1.0), APACHE: (5.5, 5.5)},
    "list_i64": {APACHE: (5.5, 5.5)},
    "list_double": {APACHE: (5.5, 5.5)},
    "strings": {APACHE: (5.5, 5.5)},
    "map_str_i64": {APACHE: (5.5, 5.5)},
}
PURE_NO_GOAL: Final[Mapping[str, str]] = {
    "list_i64_packed": "it is one copy of memory and one swap of bytes, each a call of the standard library",
    "blob": "it is one copy of memory, for everyone",
    "strings_mixed": "reading lengths that differ takes a loop, and a `decode` of each string",
    "map_mixed": "lengths that differ take a loop, and an `encode` or `decode` of each key",
}


def goals() -> Goals:
    if not is_compiled():
        return PURE_GOALS
    return COMPILED_GOALS if sys.version_info < (3, 12) else NEWER_GOALS


def no_goal() -> Mapping[str, str]:
    """Why a payload has no goal."""
    return {} if is_compiled() else PURE_NO_GOAL


def makers(folder: Path) -> dict[str, Maker]:
    """What is compared, by name."""
    found: dict[str, Maker | None] = {OURS: codec_rivals.ours(folder), CYTHON: codec_rivals.thriftpy2(True)}
    if is_compiled():
        found[ACCELERATED] = codec_rivals.apache(folder, True)
        found[MSGSPEC] = codec_rivals.msgspec()
        found[UPB] = codec_rivals.upb(folder)
    else:
        found[SLOW_THRIFTPY2] = codec_rivals.thriftpy2(False)
        found[APACHE] = codec_rivals.apache(folder, False)
    return {name: maker for name, maker in found.items() if maker is not None}


class Verdict(NamedTuple):
    """How often `ours` fits into the time of a rival, and how often it should; 0.0 for no goal."""

    rival: str
    ratio: float
    goal: float

    def __str__(self) -> str:
        if not self.goal:
            return f"{self.ratio:.2f}x"
        return f"{self.ratio:.2f}x (goal {self.goal}{'' if self.ratio >= self.goal else ', MISSED'})"


def verdicts(name: str, kind: str, taken: Mapping[str, Taken]) -> list[Verdict]:
    """Ours against each rival, on "encode" or "decode" of the payload `name`."""
    wanted = goals().get(name, {})
    return [
        Verdict(rival, theirs.median / taken[OURS].median, wanted.get(rival, (0.0, 0.0))[kind == "decode"])
        for rival, theirs in taken.items()
        if rival != OURS
    ]


def rows(names: list[str], rounds: int, seconds: float) -> Iterator[tuple[str, str, dict[str, Taken]]]:
    """(payload, "encode" or "decode", time by codec)."""
    with tempfile.TemporaryDirectory() as folder:
        every, every_maker = payloads(), makers(Path(folder))
        for name in names:
            struct, data = TYPES[name], every[name]
            candidates = {label: make(struct, data) for label, make in every_maker.items()}
            if name == "blob":
                candidates[COPY] = codec_rivals.one_copy(struct, data)
            for label, candidate in candidates.items():
                if label not in (UPB, COPY):  # which read no object with these fields
                    assert is_same(struct, candidate.decode(), data), f"{label} does not read {name} back"
            yield name, "encode", race({label: each.encode for label, each in candidates.items()}, rounds, seconds)
            yield name, "decode", race({label: each.decode for label, each in candidates.items()}, rounds, seconds)


def table(names: list[str] | None = None, rounds: int = ROUNDS, seconds: float = SECONDS) -> Table:
    """Every payload, written and read, against every rival."""
    names = names or list(TYPES)
    found, ratios = [], []
    for name, kind, taken in rows(names, rounds, seconds):
        for verdict in verdicts(name, kind, taken):
            ratios.append((name, kind, verdict.rival, verdict.ratio))
            theirs = micros(taken[verdict.rival])
            goal, said = at_least(verdict.ratio, verdict.goal or None, SLACK)
            found.append(
                (f"{name} {kind}", micros(taken[OURS]), verdict.rival, theirs, f"{verdict.ratio:.2f}x", goal, said)
            )
    how = "compiled" if is_compiled() else "in pure Python"
    return Table(
        f"Encoding and decoding, {how}",
        f"{'' if is_compiled() else 'KITEXGEN_PURE=1 '}python tests/benchmarks/bench_codec.py",
        "Microseconds of processor time for one call. The ratio is how often ours fits into the rival's time.",
        ("payload", "kitexgen", "rival", "its time", "ratio", "goal", "verdict"),
        tuple(found),
        tuple(f"{name}: no goal, as {reason}." for name, reason in no_goal().items() if name in names),
        tuple(race_charts(f"Thrift, {how}", ratios)),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("payload", nargs="*", choices=[*TYPES, []], help="all unless named")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each candidate in each round")
    parser.add_argument("--slack", type=float, default=SLACK, help="share of a goal that noise may take")
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, {arguments.rounds} rounds; µs of CPU time, and how often ours fits in")
    missed = []
    for name, kind, taken in rows(arguments.payload or list(TYPES), arguments.rounds, arguments.seconds):
        cells = [f"{name:14}{kind:8}{micros(taken[OURS]):>16}"]
        for verdict in verdicts(name, kind, taken):
            cells.append(f"{verdict.rival} {micros(taken[verdict.rival])} = {verdict}")
            if verdict.ratio < verdict.goal * (1 - arguments.slack):
                missed.append(f"{name} {kind}: {verdict.ratio:.2f}x {verdict.rival}, goal {verdict.goal}")
        if reason := no_goal().get(name):
            cells.append(f"no goal: {reason}")
        print("   ".join(cells), flush=True)
    for line in missed:
        print(f"goal missed: {line}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
