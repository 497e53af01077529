"""A run loads the front end of the language it is given, and not the other one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TEXTS = {"a.thrift": "struct A { 1: i32 id }\n", "a.proto": 'syntax = "proto3";\nmessage A { int32 id = 1; }\n'}

PROGRAM = """
import sys
from kitexgen.idl import load
assert load([sys.argv[1]]).schema is not None
rooms = {name.split(".")[2] for name in sys.modules if name.startswith("kitexgen.idl.")}
print(*sorted(rooms & {"thrift", "proto"}))
"""


@pytest.mark.parametrize(("name", "loaded"), [("a.thrift", "thrift"), ("a.proto", "proto")])
def test_only_the_one_is_loaded(name: str, loaded: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(TEXTS[name])
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / name)]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() == [loaded]
