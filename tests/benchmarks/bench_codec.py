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
import gc
import importlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
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

IDL: Final = HERE / "codec.thrift"
OURS: Final = "kitexgen"
CYTHON: Final = "thriftpy2 cython"
APACHE: Final = "apache pure"

# payload -> how many times as fast as thriftpy2's Cython codec (encode, decode), and as Apache's pure Python.
# A blob is one copy of memory for everyone, and a string costs Python its `encode` and `decode`: no goal there.
GOALS: Final[Mapping[str, Mapping[str, tuple[float, float]]]] = {
    "small": {CYTHON: (2.0, 1.6), APACHE: (5.5, 5.5)},
    "nested": {CYTHON: (1.0, 0.7), APACHE: (5.5, 5.5)},
    "list_struct": {CYTHON: (1.5, 1.0), APACHE: (5.5, 5.5)},
    "list_i64": {APACHE: (5.5, 5.5)},
    "list_double": {APACHE: (5.5, 5.5)},
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


def race(functions: Mapping[str, Callable[[], object]], rounds: int, seconds: float) -> dict[str, float]:
    """Median CPU seconds of one call of each function; each round runs each for about `seconds`."""
    gc.collect()
    gc.freeze()
    try:
        loops = {name: _loops(function, seconds) for name, function in functions.items()}
        times: dict[str, list[float]] = {name: [] for name in functions}
        for _ in range(rounds):
            for name, function in functions.items():
                times[name].append(_timed(function, loops[name]))
        return {name: statistics.median(each) for name, each in times.items()}
    finally:
        gc.unfreeze()


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


def rows(names: list[str], rounds: int, seconds: float) -> Iterator[tuple[str, str, dict[str, float]]]:
    """(payload, "encode" or "decode", seconds by codec)."""
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("payload", nargs="*", choices=[*TYPES, []], help="all unless named")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=0.04, help="of each candidate in each round")
    parser.add_argument("--slack", type=float, default=0.1, help="share of a goal that noise may take")
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, {arguments.rounds} rounds; µs of CPU time, and how often ours fits in")
    missed = []
    for name, kind, taken in rows(arguments.payload or list(TYPES), arguments.rounds, arguments.seconds):
        cells = [f"{name:12}{kind:8}{taken[OURS] * 1e6:10.2f}"]
        for rival in (label for label in taken if label != OURS):
            ratio = taken[rival] / taken[OURS]
            goal = GOALS.get(name, {}).get(rival, (0.0, 0.0))[kind == "decode"]
            mark = "" if not goal else f" (goal {goal})" if ratio >= goal else f" (goal {goal}, MISSED)"
            cells.append(f"{rival} {taken[rival] * 1e6:.2f} = {ratio:.2f}x{mark}")
            if ratio < goal * (1 - arguments.slack):
                missed.append(f"{name} {kind}: {ratio:.2f}x {rival}, goal {goal}")
        print("   ".join(cells), flush=True)
    for line in missed:
        print(f"goal missed: {line}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
