"""The codec on other CPythons: `python tests/benchmarks/bench_versions.py PYTHON...`.

Writes docs/performance-versions.md. Each PYTHON has what `bench_codec.py` needs, and the compiled codec built for it.
Status 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.benchmarks.facts import machine_facts  # noqa: E402
from tests.benchmarks.table import Table  # noqa: E402

PAGE: Final = ROOT / "docs" / "performance-versions.md"
MEASURE: Final = """
import json, platform, sys
sys.path[:0] = [sys.argv[1]]
from tests.benchmarks import bench_codec
assert bench_codec.is_compiled()
names = [*bench_codec.COMPILED_GOALS]
found = bench_codec.table(names, int(sys.argv[2]))
print(json.dumps([platform.python_version(), found.says, found.header, found.rows]))
"""
HEAD: Final = """# Performance on other CPythons

The compiled codec reads and makes ints, floats and text without a call of the interpreter where their layout is known:
on CPython 3.11 to 3.14 with a GIL, checked when it is loaded. Elsewhere the public functions do it, at several times
the cost for large ints. Rivals are measured in the same run; figures are medians, ± half the distance between the
quartiles. [Performance](performance.md) has CPython 3.11.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("python", nargs="+", help="an interpreter")
    parser.add_argument("--rounds", type=int, default=11)
    arguments = parser.parse_args()
    lines = [*HEAD.splitlines(), "", *(f"- {fact}" for fact in machine_facts()), ""]
    missed = 0
    for python in arguments.python:
        table = measured(python, arguments.rounds)
        lines += table.markdown()
        missed += table.missed
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print(f"goals missed: {missed}; written to {PAGE}", file=sys.stderr)
    return 1 if missed else 0


def measured(python: str, rounds: int) -> Table:
    command = [python, "-c", MEASURE, str(ROOT), str(rounds)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: list[Any] = json.loads(done.stdout)
    version, says, header, rows = found
    called = f"python{'.'.join(version.split('.')[:2])}"
    command_of_page = f"python tests/benchmarks/bench_versions.py {called}"
    return Table(f"CPython {version}", command_of_page, says, tuple(header), tuple(tuple(row) for row in rows))


if __name__ == "__main__":
    sys.exit(main())
