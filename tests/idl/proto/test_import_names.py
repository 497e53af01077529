"""What files are called: roots given by path or by name, one file under two names, symbolic links. Against protoc.

Each case is files, links, `-I` folders and roots; the verdict is protoc's, and when it accepts, so are the bytes.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kitexgen.idl import load
from kitexgen.idl.proto.descriptor_set import read_descriptor_set

DECLARES = "message B {}"
UMBRELLA = 'import public "c.proto";'


@dataclass(frozen=True)
class Case:
    files: Mapping[str, str]
    roots: Sequence[str]
    folders: Sequence[str] = (".",)
    links: Mapping[str, str] = field(default_factory=dict)


def imports(*names: str) -> str:
    return "".join(f'import "{name}"; ' for name in names)


def lay(case: Case, folder: Path) -> None:
    for name, text in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'syntax = "proto3"; {text}', encoding="utf-8")
    for name, target in case.links.items():
        (folder / name).symlink_to(target)


def protoc(case: Case, folder: Path) -> bytes | None:
    """The descriptor set that protoc writes, None when it refuses."""
    pytest.importorskip("grpc_tools")
    flags = [*(f"-I{root}" for root in case.folders), "--include_imports", "--include_source_info", "-oset"]
    command = [sys.executable, "-m", "grpc_tools.protoc", *flags, *case.roots]
    result = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return (folder / "set").read_bytes() if result.returncode == 0 else None


TWICE = {"x/b.proto": DECLARES, "a.proto": imports("x/b.proto", "b.proto")}
BY_EACH = {"x/b.proto": DECLARES, "a1.proto": imports("b.proto"), "a2.proto": imports("x/b.proto")}
EMPTY = {"x/b.proto": "package p;", "x/f.proto": imports("b.proto"), "a.proto": imports("x/b.proto", "f.proto")}
PUBLIC = {"c.proto": "message C {}", "x/b.proto": UMBRELLA, "a.proto": imports("x/b.proto", "b.proto")}
EXTENDS = {
    "x/b.proto": imports("google/protobuf/descriptor.proto")
    + "extend google.protobuf.FileOptions { int32 z = 50001; }",
    "a.proto": imports("x/b.proto", "b.proto"),
}
NAMED = {"idl/s/b.proto": DECLARES, "idl/s/r.proto": imports("s/b.proto"), "o/s/other.proto": ""}
LINKED = {"x/b.proto": DECLARES, "x/e.proto": "", "x/y/z.proto": "", "b.proto": "message Other {}"}

CASES = [
    *(Case(TWICE, ["a.proto"], folders) for folders in ((".", "x"), ("x", "."))),
    *(
        Case(BY_EACH, roots, folders)
        for folders in ((".", "x"), ("x", "."))
        for roots in (
            ["a1.proto", "x/b.proto"],
            ["x/b.proto", "a1.proto"],
            ["a1.proto", "a2.proto"],
            ["a2.proto"],
            ["x/b.proto", "b.proto"],
            ["b.proto", "x/b.proto"],
            ["b.proto", "a1.proto"],
            ["a1.proto", "b.proto"],
            ["b.proto"],
        )
    ),
    *(
        Case(EMPTY, roots, folders)
        for folders in ((".", "x"), ("x", "."))
        for roots in (
            ["a.proto"],
            ["x/b.proto", "a.proto", "b.proto"],
            ["b.proto", "a.proto", "x/b.proto"],
            ["f.proto", "x/f.proto"],
            ["x/f.proto", "f.proto", "a.proto"],
        )
    ),
    Case(PUBLIC, ["a.proto"], (".", "x")),
    Case(EXTENDS, ["a.proto"], (".", "x")),
    Case({"x/b.proto": "service S {}", "a.proto": imports("x/b.proto", "b.proto")}, ["a.proto"], (".", "x")),
    Case({"x/b.proto": imports("b.proto")}, ["x/b.proto"], (".", "x")),
    *(
        Case(NAMED, roots, ("idl", "o"))
        for roots in (
            ["s/b.proto"],
            ["s/r.proto", "s/b.proto"],
            ["s/b.proto", "idl/s/b.proto"],
            ["idl/s/r.proto", "s/b.proto"],
            ["s/other.proto", "s/r.proto"],
            ["s/nope.proto"],
            ["s/../s/b.proto"],
            ["s"],
            ["google/protobuf/empty.proto"],
            ["google/protobuf/descriptor.proto", "s/r.proto"],
        )
    ),
    Case({"p/a.proto": DECLARES, "q/a.proto": ""}, ["a.proto"], ("p", "q")),
    Case({"p/a.proto": DECLARES, "q/a.proto": ""}, ["q/a.proto"], ("p", "q")),
    Case({"p/d.proto/x": "", "q/d.proto": DECLARES}, ["d.proto"], ("p", "q")),
    Case({**LINKED, "a.proto": imports("x/b.proto", "l.proto")}, ["a.proto"], links={"l.proto": "x/b.proto"}),
    Case({**LINKED, "a.proto": imports("x/e.proto", "l.proto")}, ["a.proto"], links={"l.proto": "x/e.proto"}),
    Case(LINKED, ["x/b.proto", "l.proto"], links={"l.proto": "x/b.proto"}),
    Case(LINKED, ["x/e.proto", "l.proto"], links={"l.proto": "x/e.proto"}),
    Case(LINKED, ["x/b.proto", "l/b.proto"], links={"l": "x"}),
    Case(LINKED, ["l/b.proto"], links={"l": "x"}),
    # `l/..` is `x`, not the folder that `l` lies in.
    Case(LINKED, ["l/../b.proto"], ("l/..",), links={"l": "x/y"}),
    Case(LINKED, ["b.proto"], ("l/..", "."), links={"l": "x/y"}),
    Case(LINKED, ["b.proto"], (".", "l/.."), links={"l": "x/y"}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{' '.join(case.folders)}: {' '.join(case.roots)}")
def test_as_protoc(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(case, tmp_path)
    monkeypatch.chdir(tmp_path)
    wanted = protoc(case, tmp_path)
    found = read_descriptor_set(case.roots, case.folders)
    assert (found.data is not None) is (wanted is not None), found.report.diagnostics
    assert found.data == wanted


@pytest.mark.parametrize(
    "case",
    [
        Case(NAMED, ["./s/b.proto"], ("idl",)),
        Case(NAMED, ["s//b.proto"], ("idl",)),
        Case(NAMED, ["idl/../idl/s/b.proto"], ("idl",)),
        Case(NAMED, ["idl/s/b.proto"], ("o/../idl",)),
        Case(LINKED, ["l/b.proto"], ("x", "l"), links={"l": "x"}),
    ],
    ids=lambda case: " ".join(case.roots),
)
def test_ways_to_write_a_path_that_protoc_is_strict_about(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(case, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert protoc(case, tmp_path) is None
    assert read_descriptor_set(case.roots, case.folders).data is not None


def test_a_path_that_leads_elsewhere_than_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """protoc compiles the other file, and does not say so."""
    case = Case({**NAMED, "s/b.proto": ""}, ["s/b.proto"], ("idl",))
    lay(case, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert protoc(case, tmp_path) is not None
    assert [each.code for each in load(case.roots, include_dirs=case.folders).report.diagnostics] == ["KX0704"]


def test_a_file_of_two_names_has_two_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(Case(PUBLIC, []), tmp_path)
    monkeypatch.chdir(tmp_path)
    loaded = load(["a.proto"], include_dirs=[".", "x"])
    assert loaded.schema is not None
    assert {module.id.path: module.import_path for module in loaded.schema.modules} == {
        "a.proto": "a.proto",
        "c.proto": "c.proto",
        "x/b.proto": "x/b.proto",
        "x/./b.proto": "b.proto",
    }
    assert set(loaded.files) >= {"x/b.proto", "x/./b.proto"}
