"""What `gen --stats` tells: a line a step, with what went through it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kitexgen.cli.main import cli

SECONDS = r" +\d+\.\d{3} s"


@pytest.mark.parametrize(("number", "read"), [(1, "1 file, 1 line"), (2, "2 files, 2 lines")])
def test_a_line_a_step(number: int, read: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = [f"{letter}.thrift" for letter in "ab"[:number]]
    for name in names:
        Path(name).write_text("struct A { 1: i32 a }")
    told = CliRunner().invoke(cli, ["gen", "--stats", *names], catch_exceptions=False)
    assert told.exit_code == 0
    wanted = [
        f"reading{SECONDS}  {read}",
        f"generating{SECONDS}",
        rf"writing{SECONDS}  kitex_gen: (\d+) files, \1 changed \([\d,]{{3,}} bytes\)",
        f"all{SECONDS}",
    ]
    assert re.fullmatch("\n".join([*wanted, ""]), told.stdout)
