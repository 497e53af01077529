"""Every benchmark in turn: `make bench`, or `python tests/benchmarks/run.py [--out FILE]`.

Prints the tables, and writes them to `docs/performance.md` with what they were measured on. Status 1 when a goal is
missed by more than noise explains.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.benchmarks import bench_codec, bench_import, bench_protobuf, bench_tool  # noqa: E402
from tests.benchmarks.page import write_page  # noqa: E402
from tests.benchmarks.table import Table  # noqa: E402


def pure_codec() -> Table:
    """The codec again, in a process that is told to leave the compiled one alone."""
    os.environ["KITEXGEN_PURE"] = "1"
    try:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as workers:
            return workers.submit(bench_codec.table).result()
    finally:
        del os.environ["KITEXGEN_PURE"]


# What measures other processes goes first: to the peak memory of a process counts that of the one it was forked from.
MEASURING: tuple[Callable[[], Table], ...] = (
    bench_tool.table,
    bench_tool.waits_table,
    bench_import.table,
    bench_codec.table,
    pure_codec,
    bench_protobuf.compiled_table,
    bench_protobuf.table,
)

PACKAGES = ("thriftpy2", "thrift", "msgspec", "protobuf", "click")

HEAD = """# Performance

Written by `make bench`; run it to see the figures of your own machine. Rivals are measured in the same run and take
turns with us. Figures are medians, ± half the distance between the quartiles.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "performance.md", help="where to write the tables")
    out: Path = parser.parse_args().out
    missed = write_page(out, HEAD, PACKAGES, (measure() for measure in MEASURING))
    print(f"goals missed: {missed}; written to {out}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
