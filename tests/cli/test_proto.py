"""`check` of .proto files, and the schema that `dump` shows of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kitexgen.cli.main import cli

TEXT = 'syntax = "proto3";\n\n// A user.\nmessage User {\n  string name = 1;\n}\n'


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("user.proto").write_text(TEXT, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner(env={"NO_COLOR": "1"}).invoke(cli, arguments, prog_name="kitexgen", catch_exceptions=False)


def test_check() -> None:
    assert run("check", "user.proto").exit_code == 0
    Path("user.proto").write_text(TEXT.replace("string", "strng"), encoding="utf-8")
    result = run("check", "user.proto")
    assert result.exit_code == 1
    assert "user.proto:5:3: error[KX0710]: `strng` is not defined" in result.stderr
    assert "did you mean `string`?" in result.stderr


def test_both_languages_at_once() -> None:
    Path("other.thrift").write_text("struct Other { 1: i32 id }", encoding="utf-8")
    assert run("check", "user.proto", "other.thrift").exit_code == 0


def test_a_tree_of_files_is_named_by_its_folder() -> None:
    """Imports across folders, found without -I: those of the folder that was named, and of what the files say."""
    tree = {
        "idl/acme/shop/v1/orders.proto": 'import "acme/types/money.proto"; message Order { types.Money all = 1; }',
        "idl/acme/types/money.proto": 'import "google/protobuf/timestamp.proto";\n'
        "message Money { int64 units = 1; google.protobuf.Timestamp at = 2; }",
        "idl/.cache/old.proto": "not IDL at all",
    }
    for name, text in tree.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        package = ".".join(path.parts[1:-1])
        path.write_text(f'syntax = "proto3";\npackage {package};\n{text}\n', encoding="utf-8")
    made = run("gen", "idl")
    assert made.exit_code == 0, made.stderr
    assert Path("kitex_gen/acme/shop/v1/orders.py").exists()
    assert run("gen", "idl", "--check").exit_code == 0
    # Which order the shell gives files in must not matter to CI.
    assert run("gen", *sorted(name for name in tree if "cache" not in name), "--check").exit_code == 0
    Path("idl/acme/types/money.proto").unlink()
    assert run("check", "idl/").exit_code == 1


def test_dump_schema() -> None:
    schema: Any = json.loads(run("dump", "user.proto").stdout)
    (module,) = schema["modules"]
    assert (module["path"], module["language"], module["syntax"]) == ("user.proto", "proto", "proto3")
    (message,) = module["declarations"]
    assert (message["kind"], message["name"], message["doc"]) == ("message", "User", "A user.")


@pytest.mark.parametrize(
    "command",
    ["check", "gen", "lint", "dump", "dump --as tree", "dump --as tokens", "dump --as descriptor-set -o set"],
)
def test_a_file_may_be_asked_for_by_the_name_that_imports_use(command: str) -> None:
    """As `protoc -I idl shop/user.proto`."""
    Path("idl/shop").mkdir(parents=True)
    Path("idl/shop/user.proto").write_text(TEXT.replace("\n//", "\npackage shop;\n//"), encoding="utf-8")
    by_name = run(*command.split(), "shop/user.proto", "-I", "idl")
    by_path = run(*command.split(), "idl/shop/user.proto", "-I", "idl")
    assert (by_name.stdout, by_name.exit_code) == (by_path.stdout, by_path.exit_code)
    assert "KX00" not in by_name.stderr
    assert command != "gen" or Path("kitex_gen/shop/user.py").exists()


def test_a_file_that_appears_at_the_path_is_no_longer_passed_over() -> None:
    Path("idl/shop").mkdir(parents=True)
    Path("idl/shop/user.proto").write_text(TEXT, encoding="utf-8")
    assert run("gen", "shop/user.proto", "-I", "idl").exit_code == 0
    Path("shop").mkdir()
    Path("shop/user.proto").write_text(TEXT, encoding="utf-8")
    assert "KX0704" in run("gen", "shop/user.proto", "-I", "idl").stderr
