"""Every golden case, run in-process through the command line, against the files that were reviewed.

`tests/golden/errors/<code>_<name>/` holds inputs, `stderr.txt`, and `args.txt` when the command is not
`check main.thrift` (`main.proto`, if that is there): one argument a line, the first a command or more arguments for it.
`tests/golden/<case>/` holds IDL and `kitexgen.toml` with `idl`; `gen` is run, and what it wrote compared with
`expected/`, what it said with `stderr.txt` (absent: nothing).
`KITEXGEN_GOLDEN=write` writes what came out instead of comparing (`make golden`); the diff is reviewed like code.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kitexgen.cli.main import COMMANDS, cli

GOLDEN = Path(__file__).parent / "golden"
IS_WRITING = os.environ.get("KITEXGEN_GOLDEN") == "write"
ERROR_CASES = sorted(path.name for path in (GOLDEN / "errors").iterdir() if path.is_dir())
GENERATION_CASES = sorted(path.parent.name for path in GOLDEN.glob("*/kitexgen.toml"))

# What a case holds beside its inputs.
_RESULTS = shutil.ignore_patterns("stderr.txt", "args.txt", "expected")


@pytest.mark.parametrize("case", ERROR_CASES)
def test_error_case(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = GOLDEN / "errors" / case
    result = _run(folder, _arguments(folder), tmp_path, monkeypatch)
    _compare(result.stderr, folder / "stderr.txt")
    # The case is about a code: what is printed must speak of it.
    assert f"[{case.partition('_')[0]}]" in result.stderr


@pytest.mark.parametrize("case", GENERATION_CASES)
def test_generation_case(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = GOLDEN / case
    result = _run(folder, ["gen", "--quiet"], tmp_path, monkeypatch)
    assert (result.exit_code, result.stderr) == (0, "")
    given = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    written = {
        str(path.relative_to(tmp_path))
        for path in tmp_path.rglob("*")
        if path.is_file() and path.relative_to(tmp_path) not in given and ".kitexgen" not in path.parts
    }
    if IS_WRITING:
        shutil.rmtree(folder / "expected", ignore_errors=True)
    else:
        expected = folder / "expected"
        assert written == {str(path.relative_to(expected)) for path in expected.rglob("*") if path.is_file()}
    for path in sorted(written):
        _compare((tmp_path / path).read_text(encoding="utf-8"), folder / "expected" / path)


def _arguments(folder: Path) -> list[str]:
    given = folder / "args.txt"
    extra = given.read_text(encoding="utf-8").splitlines() if given.exists() else []
    main = "main.proto" if (folder / "main.proto").exists() else "main.thrift"
    return extra if extra and extra[0] in COMMANDS else ["check", main, *extra]


def _run(folder: Path, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Run in a copy, so that no case can leave anything behind in the checkout."""
    shutil.copytree(folder, tmp_path, ignore=_RESULTS, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    result = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, arguments, prog_name="kitexgen")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def _compare(actual: str, golden: Path) -> None:
    if IS_WRITING:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(actual.encode())
    expected = golden.read_bytes().decode() if golden.exists() else ""
    assert actual == expected
