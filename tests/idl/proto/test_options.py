"""Options by the hundred, each alone in a file, against protoc: the same verdict, the same bytes in descriptor sets.

`options/` has for each syntax a file that declares options of every kind, and tables of what protoc takes and refuses:
a line is a whole file but for its head.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kitexgen.idl.proto import imports
from kitexgen.idl.proto.descriptor_set import Described, read_descriptor_set

FOLDER = Path(__file__).with_name("options")
HEADS = {"2": 'syntax = "proto2";', "3": 'syntax = "proto3";', "editions": 'edition = "2023";'}
SHARED = {"2": "proto2.proto", "3": "proto3.proto", "editions": "editions.proto"}
PACKAGES = {"2": "t.p", "3": "t.q", "editions": "t.e"}
# What a line must import besides, by a word in it.
NEEDED = {"google.protobuf.Any": "any", "Options": "descriptor"}
SYNTAXES = pytest.mark.parametrize("syntax", HEADS)


@pytest.fixture(autouse=True)
def _each_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "parse", cache(imports.parse))


def table(kind: str, syntax: str) -> list[str]:
    return (FOLDER / f"{kind}{syntax}.txt").read_text(encoding="utf-8").splitlines()


def written(syntax: str, lines: list[str], folder: Path) -> list[Path]:
    """A file for each of `lines`, in packages of their own below that of the file they all import."""
    (folder / SHARED[syntax]).write_bytes((FOLDER / SHARED[syntax]).read_bytes())
    paths = []
    for at, line in enumerate(lines):
        head = f'{HEADS[syntax]}\npackage {PACKAGES[syntax]}.c{at};\nimport "{SHARED[syntax]}";\n'
        named = [name for word, name in NEEDED.items() if word in line]
        imports = "".join(f'import "google/protobuf/{name}.proto";\n' for name in named)
        path = folder / f"case{at}.proto"
        path.write_text(f"{head}{imports}{line}\n", encoding="utf-8")
        paths.append(path)
    return paths


def ours(paths: list[Path], folder: Path) -> Described:
    return read_descriptor_set(paths, [folder])


def protoc(paths: list[Path], folder: Path) -> subprocess.CompletedProcess[bytes]:
    pytest.importorskip("grpc_tools")
    names = [path.name for path in paths]
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I.", "--include_imports", "--include_source_info", "-oset"]
    return subprocess.run([*command, *names], cwd=folder, capture_output=True, check=False)


def batches(lines: list[str]) -> Iterator[list[str]]:
    """Those that declare extensions go alone: they have the same numbers."""
    yield [line for line in lines if "extend " not in line]
    yield from ([line] for line in lines if "extend " in line)


@SYNTAXES
def test_what_protoc_takes_gives_its_bytes(syntax: str, tmp_path: Path) -> None:
    for number, lines in enumerate(batches(table("accepted", syntax))):
        folder = tmp_path / str(number)
        folder.mkdir()
        paths = written(syntax, lines, folder)
        found = ours(paths, folder)
        assert not found.report.has_errors, found.report.diagnostics
        theirs = protoc(paths, folder)
        assert theirs.returncode == 0, theirs.stderr
        assert found.data == (folder / "set").read_bytes()


@SYNTAXES
def test_what_protoc_refuses_is_refused(syntax: str, tmp_path: Path) -> None:
    lines = table("refused", syntax)
    paths = written(syntax, lines, tmp_path)
    taken = [line for line, path in zip(lines, paths, strict=True) if ours([path], tmp_path).data is not None]
    assert taken == []


@pytest.mark.slow
@SYNTAXES
def test_protoc_refuses_what_the_tables_say_it_does(syntax: str, tmp_path: Path) -> None:
    lines = table("refused", syntax)
    paths = written(syntax, lines, tmp_path)
    taken = [line for line, path in zip(lines, paths, strict=True) if protoc([path], tmp_path).returncode == 0]
    assert taken == []
