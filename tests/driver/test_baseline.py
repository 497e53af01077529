"""The old side of `breaking`: git revisions, folders, dumps, and what they are called in messages."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kitexgen.cli.main import cli

OLD = 'namespace py shop\ninclude "base.thrift"\nstruct Cart {\n  1: i64 id\n  2: base.Base base\n}\n'
NEW = OLD.replace("i64", "string")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, and a change in the work tree."""
    monkeypatch.chdir(tmp_path)
    for name in ("idl", "common"):
        (tmp_path / name).mkdir()
    (tmp_path / "idl" / "cart.thrift").write_text(OLD)
    (tmp_path / "common" / "base.thrift").write_text("namespace py base\nstruct Base {}\n")
    git("init", "--quiet", "--initial-branch", "main")
    git("add", ".")
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "one")
    (tmp_path / "idl" / "cart.thrift").write_text(NEW)
    return tmp_path


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


def run(*arguments: str) -> Result:
    return CliRunner(env={"NO_COLOR": "1"}).invoke(cli, ["breaking", *arguments], prog_name="kitexgen")


@pytest.mark.parametrize("reference", ["main", "git:main", "HEAD", "main~0", "HEAD^0"])
@pytest.mark.parametrize("asked", ["idl/cart.thrift", "idl", ".", "./idl"])
def test_a_revision(reference: str, asked: str, project: Path) -> None:
    before = sorted(path.name for path in project.rglob("*"))
    result = run(asked, "-I", "common", "--against", reference)
    assert result.exit_code == 1
    shown = (
        f"--> git:{reference.removeprefix('git:')}/idl/cart.thrift:4:10\n  4 |   1: i64 id\n    |          -- was i64"
    )
    assert shown in result.stderr
    assert result.stderr.startswith("idl/cart.thrift:4:13: error[KX0901]")
    # The include was found in the old tree too, and the work tree is as it was.
    assert result.stderr.count("error") == 2
    assert (project / "idl" / "cart.thrift").read_text() == NEW
    assert [name for name in sorted(path.name for path in project.rglob("*")) if name not in before] == []


def test_from_a_folder_within(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "idl")
    result = run("cart.thrift", "-I", "../common", "--against", "main")
    assert result.stderr.startswith("cart.thrift:4:13: error[KX0901]")


def test_what_the_configuration_names(project: Path) -> None:
    """Patterns stand for the files of their time: one that is gone is noticed."""
    (project / "kitexgen.toml").write_text(
        'idl = ["idl/*.thrift"]\ninclude = ["common"]\n[breaking]\nagainst = "main"\nlevel = "WIRE"\n'
    )
    assert "KX0901" in run().stderr
    (project / "idl" / "cart.thrift").unlink()
    (project / "idl" / "basket.thrift").write_text("namespace py shop\nstruct Basket {}\n")
    assert "KX0933" not in run().stderr
    assert "the file `cart.thrift` is gone" in run("--level", "SOURCE").stderr
    (project / "kitexgen.toml").write_text('idl = "idl/*.thrift"\n[breaking]\nlevel = "BYTES"\n')
    assert "KX0503" in run("--against", "main").stderr


def test_a_folder(project: Path) -> None:
    (project / "old" / "idl").mkdir(parents=True)
    (project / "old" / "idl" / "cart.thrift").write_text(OLD)
    for asked in ("idl", "idl/cart.thrift"):
        result = run(asked, "-I", "common", "--against", "old")
        assert "--> old/idl/cart.thrift:4:10" in result.stderr
    # A folder that is the old state of what all files share.
    assert "--> old/idl/cart.thrift:4:10" in run("idl", "-I", "common", "--against", "old/idl").stderr


def test_a_dump(project: Path) -> None:
    (project / "idl" / "cart.thrift").write_text(OLD)
    dumped = CliRunner().invoke(cli, ["dump", "idl/cart.thrift", "-I", "common"])
    (project / "old.json").write_text(dumped.stdout)
    assert run("idl", "-I", "common", "--against", "old.json").exit_code == 0
    (project / "idl" / "cart.thrift").write_text(NEW)
    result = run("idl", "-I", "common", "--against", "old.json")
    assert "--> old.json: idl/cart.thrift:4: was i64" in result.stderr


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("nope", "git knows no revision `nope`"),
        ("git:-x", "`-x` is no revision"),
        ("empty", "it has none of these files"),
        ("idl/cart.thrift", "= hint: IDL is compared by folders: name one in which"),
        ("text.json", "it is no schema: Expecting value: line 1 column 1 (char 0)\n    = hint: write one with"),
    ],
)
def test_nothing_to_compare_with(reference: str, said: str, project: Path) -> None:
    (project / "empty").mkdir()
    (project / "text.json").write_text("text")
    result = run("idl", "-I", "common", "--against", reference)
    assert result.exit_code == 1
    assert "error[KX0533]" in result.stderr
    assert said in result.stderr


def test_outside_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "a.thrift").write_text("struct A {}\n")
    assert "not a git repository" in run("a.thrift", "--against", "main").stderr
    assert run("a.thrift").exit_code == 2


def test_an_old_side_that_makes_no_sense(project: Path) -> None:
    (project / "old").mkdir()
    (project / "old" / "cart.thrift").write_text("struct Cart { 1: Nope x }\n")
    result = run("idl", "-I", "common", "--against", "old")
    assert result.stderr.startswith("old/cart.thrift:1:18: error[KX0210]")


def test_nothing_breaks(project: Path) -> None:
    (project / "idl" / "cart.thrift").write_text(OLD.replace("}", "  3: string more\n}"))
    result = run("idl", "-I", "common", "--against", "main", "--level", "wire")
    assert (result.exit_code, result.stderr) == (0, "nothing breaks against main (WIRE)\n")
