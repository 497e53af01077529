"""The Protobuf codec against its rivals: `python tests/benchmarks/bench_protobuf.py [payload ...]`.

Ours is `kitexgen.runtime.protobuf.encode` and `decode`, as users call them, on classes generated for the run. Compiled,
its rival is Google's upb, which is C too: once with a Python value for every field, which is what ours gives, and once
untouched, which is to say without any. In pure Python, its rivals on the same data and in the same rounds are
betterproto 1.2.5 and betterproto2. They are not installed beside ours: `KITEXGEN_PROTOC_PYTHON` names an interpreter of
the same version that has them, betterproto2's compiler and grpcio-tools. What is not there is not measured. Exits with
1 when a goal is missed by more than noise explains.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1])]

from kitexgen.codegen import GenerateOptions, generate  # noqa: E402
from kitexgen.idl import load  # noqa: E402
from kitexgen.runtime.wire.native import is_compiled  # noqa: E402
from tests.benchmarks import codec_rivals  # noqa: E402
from tests.benchmarks.chart import race_charts  # noqa: E402
from tests.benchmarks.codec_payloads import PY_PACKED, TYPES, is_same, payloads  # noqa: E402
from tests.benchmarks.codec_rivals import UPB, UPB_UNTOUCHED  # noqa: E402
from tests.benchmarks.race import Taken, micros, race  # noqa: E402
from tests.benchmarks.table import Table, at_least  # noqa: E402

IDL: Final = HERE / "codec.proto"
OURS: Final = "kitexgen"
RIVALS: Final = "KITEXGEN_PROTOC_PYTHON"
PAYLOADS: Final = tuple(TYPES)
ROUNDS: Final = 9
SECONDS: Final = 0.04
SLACK: Final = 0.1

# payload -> how many times as fast as upb with values (encode, decode).
UPB_GOALS: Final[Mapping[str, tuple[float, float]]] = dict.fromkeys(("small", "nested", "list_struct"), (4.0, 3.0))
# Of the time of upb without values, ours takes at most twice as much.
UNTOUCHED_GOAL: Final = 0.5
UNTOUCHED_NO_GOAL: Final[Mapping[str, str]] = dict.fromkeys(
    ("list_i64", "list_double"),
    "upb copies a block of memory there, ours makes or reads 10,000 objects of Python; `py_packed` is for whoever needs"
    " none of them, as in list_i64_packed",
)
COMPILED_REMARKS: Final = (
    "Designs measured for lists of 10,000 numbers, microseconds to write / to read, on one core after each other."
    " list_i64, where upb untouched takes 1.44 / 0.87: an object for each element, read and made in place with what is"
    " known of CPython's layout, as it is, 12.6 / 63.5; the same through CPython's public functions (built with"
    " `-DKX_PUBLIC_API`) 40.8 / 102.4; an `array.array` (`py_packed`) 0.77 / 0.90. list_double, where it takes 1.51 /"
    " 0.88: in place 5.6 / 58.9; by public functions 5.7 / 83.5.",
    "No list of objects can come near: to allocate 10,000 objects by CPython's allocator, write two words and a number"
    " into each, and free them again takes 39.5 microseconds by itself, 45 times what upb takes to read them all."
    " CPython's own way from a block of memory to a list, `array.tolist()`, takes 110 for integers, 81 for doubles.",
)

# rival -> how many times as fast as it, in pure Python.
GOALS: Final[Mapping[str, float]] = {"betterproto 1": 10.0, "betterproto2": 20.0}
NO_GOAL: Final[Mapping[str, str]] = {"blob": "it is one copy of memory, for everyone"}
# (payload, kind, rival) -> what is reached where the goal is not, and the designs that were measured for it.
REACHED: Final[Mapping[tuple[str, str, str], float]] = {
    ("small", "decode", "betterproto2"): 13.0,
    ("nested", "decode", "betterproto2"): 14.5,
    ("list_struct", "decode", "betterproto2"): 12.5,
    ("strings_mixed", "decode", "betterproto2"): 14.5,
    ("nested", "encode", "betterproto2"): 18.0,
    ("list_struct", "encode", "betterproto2"): 17.0,
}
REMARKS: Final = (
    "Messages are read at 13 to 15 times the speed of betterproto2, not 20: half the time of small is four varints of"
    " two to ten bytes, of 80 to 260 ns each, which no function of CPython reads. Designs measured in one run, us for"
    " small / list_struct / nested: as it is 1.83 / 2316 / 35.2; the first pass over the fields outside of the loop"
    " 1.81 / 2290 / 33.6; all varints read in place, in 15 lines a field, 1.57 / 2044 / 37.5. For one number of ten"
    " bytes and one negative int32: as it is 258 and 191 ns, by multiplying 304 and 187; among random ones as it is"
    " 287 and 219, by three tables of 65,536 pairs of bytes 271 and 168.",
    "Writing list_struct depends on how much of the caches the neighbours on the machine leave: 1.45 to 1.75 ms mostly,"
    " 2.24 at worst. Designs measured in one run: varints by tables of 14 bits 1.88, by tables of 7 bits 1.83, by"
    " shifts and masks 1.98, by slices of one block of 32 KB 2.20. With the messages of a list joined in one"
    " comprehension: 14 bits 1.54, 7 bits 1.72, which small messages pay with 1.69 instead of 1.38 us.",
    "Writing nested: 20 messages in a list take 8.7 us as they are, 8.3 in a loop, which makes 1,000 a tenth slower,"
    " and 9.0 by `map`; half of each is the varint and the `encode` of the string.",
    "strings_mixed decode: half of its 135 ns a string is the slice and its `decode`.",
)


def rows(names: list[str], rounds: int, seconds: float) -> Iterator[tuple[str, str, dict[str, Taken]]]:
    """(payload, "encode" or "decode", time by codec)."""
    python = os.environ[RIVALS]
    with tempfile.TemporaryDirectory() as folder:
        _generate(Path(folder), python)
        command = [python, str(HERE / "protobuf_race.py"), folder, str(rounds), str(seconds), *names]
        environment = {**os.environ, "KITEXGEN_PURE": "1"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
            assert running.stdout is not None
            for line in running.stdout:
                name, kind, taken = json.loads(line)
                yield name, kind, {label: Taken(*each) for label, each in taken.items()}
        if running.returncode:
            raise subprocess.CalledProcessError(running.returncode, command)


def _generate(folder: Path, python: str) -> None:
    """Our package `ours`, and betterproto2's `theirs`."""
    loaded = load([IDL])
    assert loaded.schema is not None
    for file in generate(loaded.schema, GenerateOptions(py_packed=PY_PACKED)).files:
        path = folder / "ours" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    theirs = folder / "theirs"
    theirs.mkdir()
    protoc = [python, "-m", "grpc_tools.protoc", f"-I{HERE}", f"--python_betterproto2_out={theirs}", str(IDL)]
    search = f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}"  # where the plugin is
    subprocess.run(protoc, check=True, stderr=subprocess.DEVNULL, env={**os.environ, "PATH": search})


def table(names: list[str] | None = None, rounds: int = ROUNDS, seconds: float = SECONDS) -> Table:
    """Every payload, written and read in Python, against every rival; no rows where these are not installed."""
    names = names or list(PAYLOADS)
    found, ratios = [], []
    for name, kind, taken in rows(names, rounds, seconds) if RIVALS in os.environ else ():
        for rival in GOALS:
            ratio = taken[rival].median / taken[OURS].median
            ratios.append((name, kind, rival, ratio))
            wanted = None if name in NO_GOAL else REACHED.get((name, kind, rival), GOALS[rival])
            goal, said = at_least(ratio, wanted, SLACK)
            times = micros(taken[OURS]), rival, micros(taken[rival])
            found.append((f"{name} {kind}", *times, f"{ratio:.1f}x", goal, said))
    return Table(
        "Encoding and decoding Protobuf in pure Python",
        "python tests/benchmarks/bench_protobuf.py",
        "Microseconds of processor time for one call. The ratio is how often ours fits into the rival's time.",
        ("payload", "kitexgen", "rival", "its time", "ratio", "goal", "verdict"),
        tuple(found),
        (*(f"{name}: no goal, as {reason}." for name, reason in NO_GOAL.items() if name in names), *REMARKS),
        tuple(race_charts("Protobuf, in pure Python", ratios)),
    )


def compiled_rows(names: list[str], rounds: int, seconds: float) -> Iterator[tuple[str, str, dict[str, Taken]]]:
    """As `rows`, for the compiled codec against upb."""
    with tempfile.TemporaryDirectory() as folder:
        makers = {OURS: codec_rivals.ours_protobuf(Path(folder))}
        for label, maker in ((UPB, codec_rivals.upb), (UPB_UNTOUCHED, codec_rivals.upb_untouched)):
            if (found := maker(Path(folder))) is not None:
                makers[label] = found
        every = payloads()
        for name in names:
            struct, data = TYPES[name], every[name]
            candidates = {label: make(struct, data) for label, make in makers.items()}
            assert is_same(struct, candidates[OURS].decode(), data), f"{OURS} does not read {name} back"
            yield name, "encode", race({label: each.encode for label, each in candidates.items()}, rounds, seconds)
            yield name, "decode", race({label: each.decode for label, each in candidates.items()}, rounds, seconds)


def compiled_table(names: list[str] | None = None, rounds: int = ROUNDS, seconds: float = SECONDS) -> Table:
    """Every payload, written and read by the compiled codec; no rows where there is none, or no upb."""
    names = names or list(PAYLOADS)
    remarks = [f"{name}: no goal without values, as {why}." for name, why in UNTOUCHED_NO_GOAL.items() if name in names]
    found, ratios = [], []
    for name, kind, taken in compiled_rows(names, rounds, seconds) if is_compiled() else ():
        untouched = None if name in UNTOUCHED_NO_GOAL else UNTOUCHED_GOAL
        goals = {UPB: UPB_GOALS[name][kind == "decode"] if name in UPB_GOALS else None, UPB_UNTOUCHED: untouched}
        for rival in taken.keys() & goals.keys():
            ratio = taken[rival].median / taken[OURS].median
            ratios.append((name, kind, rival, ratio))
            goal, said = at_least(ratio, goals[rival], SLACK)
            times = micros(taken[OURS]), rival, micros(taken[rival])
            found.append((f"{name} {kind}", *times, f"{ratio:.2f}x", goal, said))
    return Table(
        "Encoding and decoding Protobuf, compiled",
        "python tests/benchmarks/bench_protobuf.py",
        "Microseconds of processor time for one call. The ratio is how often ours fits into the rival's time.",
        ("payload", "kitexgen", "rival", "its time", "ratio", "goal", "verdict"),
        tuple(sorted(found, key=lambda row: (names.index(row[0].split()[0]), row[0].endswith("decode"), row[2]))),
        (*remarks, *COMPILED_REMARKS),
        tuple(race_charts("Protobuf, compiled", ratios)),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("payload", nargs="*", choices=[*PAYLOADS, []], help="all unless named")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each candidate in each round")
    arguments = parser.parse_args()
    missed = 0
    for measure in (compiled_table, table):
        found = measure(arguments.payload or list(PAYLOADS), arguments.rounds, arguments.seconds)
        missed += found.missed
        print(found.title)
        for row in found.rows:
            print("   ".join(f"{cell:>16}" for cell in row))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
