"""`fmt` and `lint` from the command line: what is written, what is said, and the exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kitexgen.cli.main import cli
from kitexgen.fmt import FormatFault
from kitexgen.fmt import format as fmt_format

ROOT = Path(__file__).resolve().parents[2]
FULL_DISK = """
import resource, sys
# No file may grow beyond so many bytes: the system refuses the write, as it does on a full disk.
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from kitexgen.cli.main import main
main(sys.argv[2:])
"""
UGLY, NEAT = "struct A{1:i32 x}\n", "struct A {\n  1: i32 x\n}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ugly.thrift").write_text(UGLY)
    Path("neat.thrift").write_text(NEAT)


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner(env={"NO_COLOR": "1"}).invoke(cli, arguments, prog_name="kitexgen", input=stdin)


def test_fmt_writes_and_says_how_many() -> None:
    result = run("fmt", ".")
    assert (result.exit_code, result.stderr) == (0, "1 file formatted, 1 file unchanged\n")
    assert Path("ugly.thrift").read_text() == NEAT
    assert run("fmt", ".").stderr == "2 files unchanged\n"
    assert run("fmt", "-q", ".").stderr == ""


def test_fmt_check_writes_nothing() -> None:
    result = run("fmt", "--check", ".")
    assert result.exit_code == 1
    assert result.stderr.startswith("ugly.thrift:1:1: error[KX0530]")
    assert Path("ugly.thrift").read_text() == UGLY
    assert run("fmt", "--check", "neat.thrift").exit_code == 0
    found = json.loads(run("fmt", "--check", "--message-format", "json", ".").stdout)
    assert found["code"] == "KX0530"


def test_fmt_diff_prints_what_would_change() -> None:
    result = run("fmt", "--diff", ".")
    assert result.exit_code == 0
    assert (
        result.stdout
        == "--- a/ugly.thrift\n+++ b/ugly.thrift\n@@ -1 +1,3 @@\n-struct A{1:i32 x}\n+"
        + "\n+".join(NEAT.splitlines())
        + "\n"
    )
    assert Path("ugly.thrift").read_text() == UGLY


def test_fmt_reads_standard_input() -> None:
    result = run("fmt", "-", stdin=UGLY)
    assert (result.exit_code, result.stdout, result.stderr) == (0, NEAT, "")
    result = run("fmt", "--stdin-filename", "a.proto", stdin='syntax="proto3";')
    assert result.stdout == 'syntax = "proto3";\n'
    result = run("fmt", "-", "--stdin-filename", "b.thrift", stdin="struct A {")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("b.thrift:1:10: error[KX0121]")
    assert run("fmt", "--stdin-filename", "a.thrift", "ugly.thrift", stdin="").exit_code == 2


def test_fmt_leaves_alone_what_it_cannot_read() -> None:
    Path("broken.thrift").write_text("struct A {")
    Path("latin.thrift").write_bytes(b"// caf\xe9\nstruct A{}\n")
    result = run("fmt", ".", "nope.thrift")
    assert result.exit_code == 1
    for code in ("KX0001", "KX0003", "KX0121"):
        assert f"[{code}]" in result.stderr
    assert Path("ugly.thrift").read_text() == NEAT
    assert Path("latin.thrift").read_bytes() == b"// caf\xe9\nstruct A{}\n"


def test_fmt_says_only_of_what_it_wrote_that_it_is_formatted() -> None:
    Path("long.thrift").write_text(UGLY + "".join(f"struct B{n} {{1: i32 x}}\n" for n in range(500)))
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, "4096", "fmt", "."],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[:2] == [
        "error[KX0506]: cannot write `long.thrift`: File too large",
        "    = hint: the file is as it was before",
    ]
    assert done.stderr.endswith("1 file formatted, 1 file unchanged\n")
    assert Path("long.thrift").read_text().startswith(UGLY)
    assert sorted(path.name for path in Path().iterdir()) == ["long.thrift", "neat.thrift", "ugly.thrift"]


def test_fmt_leaves_a_read_only_file_alone() -> None:
    Path("ugly.thrift").chmod(0o444)
    if os.access("ugly.thrift", os.W_OK):
        pytest.skip("this user may write anywhere (root with all capabilities)")
    result = run("fmt", "ugly.thrift")
    assert (result.exit_code, Path("ugly.thrift").read_text()) == (1, UGLY)
    assert result.stderr.startswith("error[KX0506]: cannot write `ugly.thrift`: Permission denied\n")


def test_fmt_formats_a_file_named_twice_once() -> None:
    assert run("fmt", "ugly.thrift", "ugly.thrift").stderr == "1 file formatted\n"


def test_fmt_settings() -> None:
    Path("kitexgen.toml").write_text("[fmt]\nindent = 4\n")
    run("fmt", "ugly.thrift")
    assert Path("ugly.thrift").read_text() == NEAT.replace("  1", "    1")
    run("fmt", "--indent", "0", "ugly.thrift")
    assert Path("ugly.thrift").read_text() == NEAT.replace("  1", "\t1")
    Path("kitexgen.toml").unlink()
    Path("pyproject.toml").write_text("[tool.kitexgen.fmt]\nwidth = 4\n")
    assert run("fmt", ".").stderr.startswith(
        "pyproject.toml:2:9: error[KX0503]: the setting `width` takes a number from 40"
    )


def test_fmt_never_writes_what_means_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fmt_format, "render", lambda document, **options: "struct B {}\n")
    result = run("fmt", ".")
    assert isinstance(result.exception, FormatFault)  # which `main` turns into exit status 70
    assert Path("ugly.thrift").read_text() == UGLY


def test_lint_settings() -> None:
    Path("kitexgen.toml").write_text(
        '[lint]\nuse = "MINIMAL"\nexcept = ["KX0801"]\nignore = "gen/**"\n'
        'ignore_only = { FIELD_LOWER_SNAKE_CASE = ["old"] }\n[lint.severity]\nBASIC = "error"\n'
    )
    assert run("lint", "neat.thrift").exit_code == 0
    Path("kitexgen.toml").write_text('[lint]\nseverity = { PACKAGE_DEFINED = "note" }\n')
    assert run("lint", "neat.thrift").exit_code == 0
    Path("kitexgen.toml").write_text('[lint]\nuse = ["STANDRD"]\n')
    assert run("lint", "neat.thrift").stderr.startswith("kitexgen.toml:2:1: error[KX0532]")
    Path("kitexgen.toml").write_text('[lint]\nseverity = "loud"\n')
    assert "error[KX0503]" in run("lint", "neat.thrift").stderr


def test_lint_ignores_paths_from_the_folder_of_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("kitexgen.toml").write_text('[lint]\nignore = ["third_party"]\n')
    Path("third_party").mkdir()
    Path("third_party/a.thrift").write_text(NEAT)
    assert run("lint", "third_party").exit_code == 0
    monkeypatch.chdir("third_party")
    assert run("lint", "a.thrift", "../neat.thrift").stderr.count("PACKAGE_DEFINED") == 1


def test_lint_lists_its_rules_and_those_in_use() -> None:
    listed = run("lint", "--list-rules", "--use", "ENUM_PASCAL_CASE").stdout
    assert "* KX0810 ENUM_PASCAL_CASE" in listed
    assert "  KX0801 PACKAGE_DEFINED" in listed
    assert "KX0901" in run("breaking", "--list-rules").stdout


def test_lint_says_what_it_mended() -> None:
    Path("a.thrift").write_text("namespace py a\nnamespace go a\nstruct A {\n  1: byte x\n}\n")
    result = run("lint", "--fix", "a.thrift")
    assert (result.exit_code, result.stderr) == (0, "1 mended in 1 file\n")
    assert "i8 x" in Path("a.thrift").read_text()


def test_a_rule_is_explained_by_its_name() -> None:
    assert run("explain", "field_lower_snake_case").stdout.startswith("# KX0815: FIELD_LOWER_SNAKE_CASE: ")
    assert run("explain", "FIELD_SAME_ID").stdout.startswith("# KX0904: ")
