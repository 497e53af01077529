"""Instructions of the compiled codec, the gate against regressions: `python tests/benchmarks/counts.py [--write]`.

Seconds depend on the neighbours, instructions do not. Valgrind's callgrind counts those within the compiled `encode`
and `decode` of Thrift, and `encode_message` and `decode_message` of Protobuf, with what these call of the interpreter
(allocating, hashing), but without the call itself, collections of garbage, and the freeing of what was read. The counts
in `counts.json` belong to one build of CPython; another gives others. So the gate passes over builds that it has no
baseline for. A count may exceed its baseline by TOLERANCE: repeated runs differ by up to 0.5 % (addresses decide about
collisions in hash tables), two folders by 2 % (the C library about whether a list grows in place), compilers by 1 % and
more.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
BASELINE: Final = HERE / "counts.json"
TOLERANCE: Final = 0.03
sys.path[:0] = [str(HERE.parents[1])]

from kitexgen.runtime import protobuf, thrift  # noqa: E402
from kitexgen.runtime.wire import decode_binary, encode_binary  # noqa: E402
from kitexgen.runtime.wire.native import is_compiled  # noqa: E402
from kitexgen.runtime.wire.protobuf_codec import decode_protobuf, encode_protobuf  # noqa: E402
from tests.benchmarks.codec_payloads import TYPES, payloads  # noqa: E402

# Bytes that a pool of CPython's allocator has, and that are made free in each size: more than any payload takes.
POOL: Final = 1 << 14
ROOM: Final = 1 << 20

# payload -> calls that are counted: the fewer, the larger it is.
CALLS: Final = {
    "small": 2000,
    "nested": 200,
    "list_struct": 20,
    "strings": 50,
    "map_str_i64": 50,
    "list_i64": 10,
    "list_i64_packed": 100,
    "blob": 20,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="make the counts of this run the baseline")
    parser.add_argument("--one", nargs=3, metavar=("FILE", "KIND", "FAMILY"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        return call(Path(arguments.one[0]), arguments.one[1], arguments.one[2])
    version = interpreter()
    baselines = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    baseline = baselines.get(version, {})
    if not baseline and not arguments.write:
        print(f"there is no baseline for {version}; --write makes one")
        return 0
    from tests.benchmarks.codec_rivals import ours, ours_protobuf  # noqa: PLC0415 - the compiler is not for callgrind

    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        data = payloads()
        for family, maker in (("thrift", ours), ("protobuf", ours_protobuf)):
            make = maker(Path(folder))  # generates the classes, once for all
            for name in CALLS:
                Path(folder, name).write_bytes(make(TYPES[name], data[name]).encode())
                for kind in ("encode", "decode"):
                    label = f"{name} {kind}" if family == "thrift" else f"{family} {name} {kind}"
                    counts[label] = count(folder, name, kind, family)
    over = 0
    for name, found in counts.items():
        before = baseline.get(name, found)
        is_over = found > before * (1 + TOLERANCE)
        over += is_over
        print(f"{name:30} {found:>10} instructions, baseline {before:>10}, {found / before - 1:+.1%}{' !' * is_over}")
    if arguments.write:
        text = json.dumps(baselines | {version: counts}, indent=2, sort_keys=True)
        BASELINE.write_text(text + "\n", encoding="utf-8")
        return 0
    if over:
        print(f"{over} counts exceed their baseline by more than {TOLERANCE:.0%}", file=sys.stderr)
    return 1 if over else 0


def interpreter() -> str:
    """What a baseline is for: the interpreter and how it was compiled."""
    found = sys.version_info
    return f"CPython {found.major}.{found.minor}.{found.micro} {sys.implementation._multiarch}"


def count(folder: str, name: str, kind: str, family: str) -> int:
    """Instructions of one call."""
    out = Path(folder, "callgrind.out")
    function = kind if family == "thrift" else f"{kind}_message"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", f"--toggle-collect={function}"]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{folder}"}
    subprocess.run(
        [*command, sys.executable, __file__, "--one", str(Path(folder, name)), kind, family],
        check=True,
        capture_output=True,
        env=environment,
    )
    total = re.search(r"^(?:summary|totals): (\d+)", out.read_text(encoding="utf-8"), re.MULTILINE)
    assert total is not None
    return round(int(total[1]) / CALLS[name])


def call(file: Path, kind: str, family: str) -> int:
    """What runs under callgrind: the calls to be counted, and none before."""
    if not is_compiled():
        raise SystemExit("the compiled codec was not built")
    data = file.read_bytes()
    package = "ours" if family == "thrift" else "ours_protobuf"  # there only in this process
    cls = getattr(importlib.import_module(f"{package}.payloads.codec"), TYPES[file.name])
    # By functions that are not counted; the tables of the class are made on the way.
    if family == "thrift":
        record, _ = decode_binary(cls, data)
        encode_binary(record)
        function = partial(thrift.encode, record) if kind == "encode" else partial(thrift.decode, cls, data)
    else:
        record = decode_protobuf(cls, data)
        encode_protobuf(record)
        function = partial(protobuf.encode, record) if kind == "encode" else partial(protobuf.decode, cls, data)
    gc.disable()  # whether a collection falls into the calls is decided before them: 3 % of nested decode
    pins = pinned_pools()
    for _ in range(CALLS[file.name]):
        function()
    del pins
    return 0


def pinned_pools() -> list[object]:
    """Objects that keep pools of free blocks of all small sizes.

    Without them it depends on what was allocated before, down to the length of a path, whether the blocks that one call
    gave back come from a list in the next, or are cut from a pool once more. Cutting takes more: 1.6 % of
    map_str_i64 decode.
    """
    kept: list[object] = []
    for size in range(16, 513, 16):  # CPython's size classes; bytes() has a header of 33 bytes
        make = object if size == 16 else partial(bytes, size - 33) if size > 32 else partial(float, 1)
        blocks: list[object] = [make() for _ in range(ROOM // size)]
        kept += blocks[:: POOL // 2 // size]
    return kept


if __name__ == "__main__":
    sys.exit(main())
