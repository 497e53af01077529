"""The codec against its rivals: `python tests/benchmarks/bench_codec.py [payload ...]`.

Ours is `kitexgen.runtime.thrift.encode` and `decode`, as users call them, on classes generated for the run. Rivals, on
the same data and in the same rounds: thriftpy2 with its Cython codec, which the goals are set against, thriftpy2 in
pure Python, and Apache Thrift in pure Python (`thrift --gen py:slots`, left out when that compiler is not there).

Every candidate is timed once a round, so that drift hits all alike; what is shown is the median of the rounds, in CPU
time, so that neighbours on the machine count little. Garbage collection is on, older objects are frozen. Exits with 1
when a goal is missed by more than `--slack`.
"""

from __future__ import annotations

import argparse
import importlib
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

HERE: Final = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1])]

from kitexgen.codegen import GenerateOptions, generate  # noqa: E402
from kitexgen.idl import load  # noqa: E402
from kitexgen.runtime import thrift  # noqa: E402
from tests.benchmarks.codec_payloads import STRUCTS, TYPES, build, is_same, payloads  # noqa: E402
from tests.benchmarks.race import Taken, micros, race  # noqa: E402
from tests.benchmarks.table import Table, at_least  # noqa: E402

IDL: Final = HERE / "codec.thrift"
OURS: Final = "kitexgen"
CYTHON: Final = "thriftpy2 cython"
APACHE: Final = "apache pure"
ROUNDS: Final = 11
SECONDS: Final = 0.04
SLACK: Final = 0.1

# payload -> how many times as fast as thriftpy2's Cython codec (encode, decode), and as Apache's pure Python.
GOALS: Final[Mapping[str, Mapping[str, tuple[float, float]]]] = {
    "small": {CYTHON: (2.0, 1.6), APACHE: (5.5, 5.5)},
    "nested": {CYTHON: (1.0, 0.7), APACHE: (5.5, 5.5)},
    "list_struct": {CYTHON: (1.5, 1.0), APACHE: (5.5, 5.5)},
    "list_i64": {APACHE: (5.5, 5.5)},
    "list_double": {APACHE: (5.5, 5.5)},
    "strings": {APACHE: (5.5, 5.5)},
    "map_str_i64": {APACHE: (5.5, 5.5)},
}
NO_GOAL: Final[Mapping[str, str]] = {
    "blob": "it is one copy of memory, for everyone",
    "strings_mixed": "reading lengths that differ takes a loop, and a `decode` of each string",
    "map_mixed": "lengths that differ take a loop, and an `encode` or `decode` of each key",
}


class Candidate(NamedTuple):
    """How one codec writes and reads one payload."""

    encode: Callable[[], bytes]
    decode: Callable[[], Any]


def ours(folder: Path) -> Callable[[str, Mapping[str, Any]], Candidate]:
    loaded = load([IDL])
    assert loaded.schema is not None
    for file in generate(loaded.schema, GenerateOptions()).files:
        path = folder / "ours" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    sys.path.append(str(folder))
    classes = vars(importlib.import_module("ours.payloads.codec"))

    def candidate(struct: str, data: Mapping[str, Any]) -> Candidate:
        record = build(struct, data, classes)
        return Candidate(partial(thrift.encode, record), partial(thrift.decode, classes[struct], thrift.encode(record)))

    return candidate


def thriftpy2(is_cython: bool) -> Callable[[str, Mapping[str, Any]], Candidate]:
    import thriftpy2  # noqa: PLC0415
    from thriftpy2.protocol.binary import TBinaryProtocol  # noqa: PLC0415
    from thriftpy2.transport import TMemoryBuffer  # noqa: PLC0415

    module = thriftpy2.load(str(IDL), module_name="bench_codec_thrift")
    classes = {name: getattr(module, name) for name in STRUCTS}
    protocol: Any = TBinaryProtocol
    buffer: Any = TMemoryBuffer
    if is_cython:
        protocol = importlib.import_module("thriftpy2.protocol.cybin").TCyBinaryProtocol
        buffer = importlib.import_module("thriftpy2.transport.memory").TCyMemoryBuffer

    def candidate(struct: str, data: Mapping[str, Any]) -> Candidate:
        record = build(struct, data, classes)
        cls = classes[struct]

        def encode() -> bytes:
            transport = buffer()
            protocol(transport).write_struct(record)
            written: bytes = transport.getvalue()
            return written

        wire = encode()

        def decode() -> Any:
            found = cls()
            protocol(buffer(wire)).read_struct(found)
            return found

        return Candidate(encode, decode)

    return candidate


def apache(folder: Path) -> Callable[[str, Mapping[str, Any]], Candidate] | None:
    compiler = shutil.which("thrift")
    if compiler is None:
        return None
    from thrift.protocol.TBinaryProtocol import TBinaryProtocol  # noqa: PLC0415
    from thrift.transport.TTransport import TMemoryBuffer  # noqa: PLC0415

    out = folder / "apache"
    out.mkdir()
    subprocess.run([compiler, "--gen", "py:slots", "-out", str(out), str(IDL)], check=True)
    sys.path.append(str(out))
    classes = vars(importlib.import_module("payloads.ttypes"))

    def candidate(struct: str, data: Mapping[str, Any]) -> Candidate:
        record = build(struct, data, classes)
        cls = classes[struct]

        def encode() -> bytes:
            transport = TMemoryBuffer()
            record.write(TBinaryProtocol(transport))
            written: bytes = transport.getvalue()
            return written

        wire = encode()

        def decode() -> Any:
            found = cls()
            found.read(TBinaryProtocol(TMemoryBuffer(wire)))
            return found

        return Candidate(encode, decode)

    return candidate


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
    goals = GOALS.get(name, {})
    return [
        Verdict(rival, theirs.median / taken[OURS].median, goals.get(rival, (0.0, 0.0))[kind == "decode"])
        for rival, theirs in taken.items()
        if rival != OURS
    ]


def rows(names: list[str], rounds: int, seconds: float) -> Iterator[tuple[str, str, dict[str, Taken]]]:
    """(payload, "encode" or "decode", time by codec)."""
    with tempfile.TemporaryDirectory() as folder:
        makers = {OURS: ours(Path(folder)), CYTHON: thriftpy2(True), "thriftpy2 pure": thriftpy2(False)}
        if found := apache(Path(folder)):
            makers[APACHE] = found
        every = payloads()
        for name in names:
            struct, data = TYPES[name], every[name]
            candidates = {label: make(struct, data) for label, make in makers.items()}
            for label, candidate in candidates.items():
                assert is_same(struct, candidate.decode(), data), f"{label} does not read {name} back"
            assert len({len(candidate.encode()) for candidate in candidates.values()}) == 1
            yield name, "encode", race({label: each.encode for label, each in candidates.items()}, rounds, seconds)
            yield name, "decode", race({label: each.decode for label, each in candidates.items()}, rounds, seconds)


def table(names: list[str], rounds: int, seconds: float) -> Table:
    """Every payload, written and read, against every rival."""
    found = []
    for name, kind, taken in rows(names, rounds, seconds):
        for verdict in verdicts(name, kind, taken):
            theirs = micros(taken[verdict.rival])
            goal, said = at_least(verdict.ratio, verdict.goal or None, SLACK)
            found.append(
                (f"{name} {kind}", micros(taken[OURS]), verdict.rival, theirs, f"{verdict.ratio:.2f}x", goal, said)
            )
    return Table(
        "Encoding and decoding",
        "python tests/benchmarks/bench_codec.py",
        "Microseconds of processor time for one call. The ratio is how often ours fits into the rival's time.",
        ("payload", "kitexgen", "rival", "its time", "ratio", "goal", "verdict"),
        tuple(found),
        tuple(f"{name}: no goal, as {reason}." for name, reason in NO_GOAL.items() if name in names),
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
        if reason := NO_GOAL.get(name):
            cells.append(f"no goal: {reason}")
        print("   ".join(cells), flush=True)
    for line in missed:
        print(f"goal missed: {line}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
