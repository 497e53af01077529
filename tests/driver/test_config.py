"""Settings: found, read, checked, moved and overridden."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kitexgen.driver.config import Config, PluginSetting, find_config, known_keys, read_config

FULL = """
idl = ["a.thrift", "sub/b.thrift"]
out = "gen"
include = "idl"
strict = true
field_ids = "apache"
naming = "idl"
keep_unknown_fields = true
handler = "handler.py"
plugins = { docs = { out = "api", title = "Shop" }, mine = { command = "mine" } }
py_package = { "demo.v1" = "shop.v1", "a/b.proto" = "shop" }
py_packed = ["ml.Vector.values", "demo.v1"]
"""
READ = Config(
    idl=("a.thrift", "sub/b.thrift"),
    out="gen",
    include=("idl",),
    strict=True,
    field_ids="apache",
    naming="idl",
    keep_unknown_fields=True,
    handler="handler.py",
    plugins=(
        PluginSetting("docs", out="api", options={"title": "Shop"}),
        PluginSetting("mine", command=("mine",)),
    ),
    py_package=(("a/b.proto", "shop"), ("demo.v1", "shop.v1")),
    py_packed=("demo.v1", "ml.Vector.values"),
)


def test_every_setting_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kitexgen.toml"
    path.write_text(FULL)
    found = read_config(str(path))
    assert found.config == READ
    assert found.diagnostics == ()
    assert {line.partition(" ")[0] for line in FULL.split("\n") if line} == set(known_keys())


def test_a_table_of_pyproject_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[project]\nname = 'x'\n[tool.kitexgen]\n" + FULL)
    assert read_config(str(path)).config == READ


def test_the_nearest_configuration_counts(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_config(str(deep)) is None
    (tmp_path / "pyproject.toml").write_text("[tool.kitexgen]\nout = 'x'\n")
    assert find_config(str(deep)) == str(tmp_path / "pyproject.toml")
    (tmp_path / "kitexgen.toml").write_text("")
    assert find_config(str(deep)) == str(tmp_path / "kitexgen.toml")
    (deep / "pyproject.toml").write_text("[tool.other]\nkitexgen = 1\n")
    assert find_config(str(deep)) == str(tmp_path / "kitexgen.toml")
    (deep / "pyproject.toml").write_text("not toml, but it says kitexgen")
    assert find_config(str(deep)) == str(tmp_path / "kitexgen.toml")


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("idl = 1", "the setting `idl` takes a path or a list of paths", (1, 7)),
        ("\nidl = ['a', '']", "the setting `idl` takes a path or a list of paths", (2, 7)),
        ("out = ''  # here", "the setting `out` takes a path", (1, 7)),
        ("strict = 1", "the setting `strict` takes true or false", (1, 10)),
        ("'naming' = 'snake'", 'the setting `naming` takes one of "python", "idl"', (1, 12)),
        (
            "py_package = {a = 'b.class'}",
            "the setting `py_package` takes a table of Python packages by import path or by Protobuf package",
            (1, 14),
        ),
        ("no = 1", "there is no setting `no`", (1, 1)),
        ("[no]\nidl = 'x'", "there is no setting `no`", (1, 2)),
        (
            "strict = true\n[plugins.docs]\nout = 1",
            "the setting `plugins` takes a table for each plugin, `[plugins.NAME]`, "
            "where `out` is a path and `command` a command",
            (2, 2),
        ),
        ("idl = 'x'\nidl = 'y'", "the configuration `kitexgen.toml` is not TOML", (2, 10)),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str, place: tuple[int, int]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kitexgen.toml").write_text(text)
    found = read_config("kitexgen.toml")
    (diagnostic,) = found.diagnostics
    assert diagnostic.message == message
    assert diagnostic.at is not None
    assert found.source is not None
    position = found.source.position(diagnostic.at.span.start)
    assert (position.line, position.column) == place


def test_bytes_that_are_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kitexgen.toml").write_bytes(b"out = 'a\xff'")
    (diagnostic,) = read_config("kitexgen.toml").diagnostics
    assert (diagnostic.code, diagnostic.message) == ("KX0501", "the configuration `kitexgen.toml` is not UTF-8")
    Path("kitexgen.toml").unlink()
    Path("kitexgen.toml").mkdir()
    (diagnostic,) = read_config("kitexgen.toml").diagnostics
    assert diagnostic.message == "the configuration `kitexgen.toml` cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("feild_ids", "field_ids"), ("field-ids", "field_ids"), ("includes", "include"), ("Strict", "strict")],
)
def test_did_you_mean(tmp_path: Path, written: str, meant: str) -> None:
    path = tmp_path / "kitexgen.toml"
    path.write_text(f"{written} = 'x'")
    (diagnostic,) = read_config(str(path)).diagnostics
    assert diagnostic.hint == f"did you mean `{meant}`?"


def test_flags_go_first() -> None:
    flags = {"idl": (), "out": "other", "include": ("mine",), "strict": False, "naming": None}
    assert READ.with_flags(flags) == READ._replace(out="other", include=("mine", "idl"), strict=False)
    packages = READ.with_flags({"py_package": (("demo.v1", "mine"),)}).py_package
    assert packages == (("a/b.proto", "shop"), ("demo.v1", "mine"))
    assert READ.with_flags({"py_packed": ("z", "demo.v1")}).py_packed == ("demo.v1", "ml.Vector.values", "z")


def test_moved_to_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    moved = READ.moved(str(tmp_path))
    assert (moved.idl, moved.out, moved.include) == (("../a.thrift", "b.thrift"), "../gen", ("../idl",))
    assert moved.handler == "../handler.py"
    absolute = Config(out=os.path.abspath("x")).moved(str(tmp_path))
    assert absolute.out == os.path.abspath("x")
