"""`kitexgen lsp` itself; what it serves is tested in tests/lsp."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kitexgen.cli.main import cli

ROOT = Path(__file__).parents[2]


def test_without_its_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("kitexgen.lsp", "pygls", "lsprotocol"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    monkeypatch.setitem(sys.modules, "pygls", None)
    result = CliRunner().invoke(cli, ["lsp", "--stdio"])
    assert result.exit_code == 2
    assert "pip install 'kitexgen[lsp]'" in result.output


def test_it_ends_when_the_editor_is_gone() -> None:
    """A closed pipe is the end of a session, not a reason to stay."""
    done = subprocess.run(
        [sys.executable, "-m", "kitexgen", "lsp"], cwd=ROOT, input=b"", capture_output=True, timeout=60, check=False
    )
    assert done.stdout == b""


def test_other_commands_do_not_load_it() -> None:
    code = (
        "import sys, click\n"
        "from kitexgen.cli.main import cli\n"
        "cli.main(['check', '--help'], standalone_mode=False)\n"
        "assert not {'pygls', 'lsprotocol'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
