"""Benchmarks are no tests, and rarely run; they say at least what they take, without their rivals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCRIPTS = sorted([*HERE.glob("bench_*.py"), HERE / "run.py", HERE / "counts.py"])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_help(script: Path) -> None:
    told = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=True).stdout
    assert told.startswith("usage: ")
