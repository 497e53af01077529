"""Run the soak: `python tests/soak/run.py [--quick] [SCENARIO ...]`. A full run writes docs/reliability.md.

It ends with a status other than 0 at the first promise that is broken, and writes nothing then.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.soak.scenario import FULL, QUICK, Result  # noqa: E402 - the path comes first
from tests.soak.scenarios import SCENARIOS  # noqa: E402

_REPORT = ROOT / "docs" / "reliability.md"

_HEAD = """\
# Reliability

Written by `make soak`, which runs all of this anew and stops at the first promise that is broken. Each server is a
process of its own, but for that of the streams; callers, bad clients and bad servers share another. Every payload is
tagged: an answer that belongs to another call would be seen.

"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the soak; a whole one writes docs/reliability.md.")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"all, or of: {', '.join(SCENARIOS)}")
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.scenarios if name not in SCENARIOS]:
        parser.error(f"no scenario is called {unknown[0]}")
    scale = QUICK if arguments.quick else FULL
    chosen = arguments.scenarios or list(SCENARIOS)
    began = time.monotonic()
    results: list[Result] = []
    for name in chosen:
        started = time.monotonic()
        result = asyncio.run(SCENARIOS[name](scale))
        print(f"\n{result.title} ({time.monotonic() - started:.0f} s): {result.promise}")
        for figure, value in result.figures:
            print(f"  {figure}: {value}")
        results.append(result)
    if scale is FULL and len(chosen) == len(SCENARIOS):
        _REPORT.write_text(_report(results, time.monotonic() - began), encoding="utf-8")


def _report(results: list[Result], seconds: float) -> str:
    where = f"CPython {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores"
    parts = [_HEAD, f"{where}; {time.strftime('%Y-%m-%d')}, {seconds / 60:.0f} minutes.\n"]
    for result in results:
        parts.append(f"\n## {result.title}\n\nHeld: {result.promise}.\n\n| | |\n|---|---|\n")
        parts += (f"| {figure} | {value} |\n" for figure, value in result.figures)
    return "".join(parts)


if __name__ == "__main__":
    main()
