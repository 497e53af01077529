"""The recipes of docs/ci.md: their steps, as they stand there, in a fresh clone of a project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
RECIPES = re.findall(r'^```yaml title="([^"]+)"\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL)
IDL = """namespace py demo
namespace go demo

struct User {
  1: i64 id
  2: string name
}
"""
# What each step is there to find: an IDL that was changed, and left so.
FAULTS = {
    "gen --check": IDL.replace("string name", "string label"),
    "fmt --check": IDL.replace("string name", "string   name"),
    "lint": IDL.replace("namespace py demo", "namespace py Demo"),
    "breaking": IDL.replace("string name", "i64 name"),
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("git") is None, reason="needs git"),
]


def steps(title: str) -> list[str]:
    (text,) = (text for name, text in RECIPES if name == title)
    found: list[str] = re.findall(r"^ +- (?:run: )?(kitexgen .*)$", text, re.MULTILINE)
    return found


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Of a project in order, whose main branch is `origin/main`."""
    program = tmp_path / "bin" / "kitexgen"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m kitexgen "$@"\n')
    program.chmod(0o755)
    origin = tmp_path / "origin"
    origin.mkdir()
    (origin / "user.thrift").write_text(IDL)
    (origin / "kitexgen.toml").write_text('idl = ["user.thrift"]\n')
    for command in (
        "kitexgen gen -q",
        "git init -q -b main .",
        "git add -A",
        "git -c user.name=n -c user.email=n@example.com commit -qm one",
        f"git clone -q . {tmp_path / 'clone'}",
    ):
        assert run(command, origin, tmp_path) == 0
    return tmp_path / "clone"


def run(command: str, folder: Path, home: Path) -> int:
    environment = {
        **os.environ,
        "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "CI_DEFAULT_BRANCH": "main",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    return subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, check=False).returncode


@pytest.mark.parametrize("title", [".github/workflows/idl.yml", ".gitlab-ci.yml"])
def test_each_step_passes_what_is_in_order_and_finds_what_it_is_for(title: str, clone: Path) -> None:
    found = steps(title)
    assert [step for step in found if run(step, clone, clone.parent) != 0] == []
    for words, text in FAULTS.items():
        (step,) = (step for step in found if step.startswith(f"kitexgen {words}"))
        (clone / "user.thrift").write_text(text)
        assert run(step, clone, clone.parent) == 1, step


def test_the_hooks_that_the_page_names_are_there() -> None:
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    offered = set(re.findall(r"^- id: (\S+)$", hooks, re.MULTILINE))
    (first, _) = (text for name, text in RECIPES if name == ".pre-commit-config.yaml")
    assert set(re.findall(r"^ +- id: (\S+)$", first, re.MULTILINE)) == offered
