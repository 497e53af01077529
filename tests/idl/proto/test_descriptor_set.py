"""Descriptor sets of small files, made to hold everything: the bytes of protoc, and the order of files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from kitexgen.idl.proto.descriptor_set import read_descriptor_set

FILES = {path.name: path.read_text(encoding="utf-8") for path in Path(__file__).with_name("descriptor_set").iterdir()}


def check(files: Mapping[str, str], roots: Sequence[str], folder: Path) -> None:
    pytest.importorskip("grpc_tools")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
    flags = ["-I.", "--include_imports", "--include_source_info", "-oset"]
    command = [sys.executable, "-m", "grpc_tools.protoc", *flags, *roots]
    theirs = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert theirs.returncode == 0, theirs.stderr
    found = read_descriptor_set([folder / root for root in roots], [folder])
    assert found.data is not None, found.report.diagnostics
    assert found.data == (folder / "set").read_bytes()


@pytest.mark.parametrize(
    "roots",
    [
        ["everything.proto"],
        ["edition.proto"],
        ["other.proto", "everything.proto", "base.proto"],
        ["edition.proto", "other.proto", "edition.proto"],
    ],
    ids=" ".join,
)
def test_bytes_are_those_of_protoc(roots: list[str], tmp_path: Path) -> None:
    check(FILES, roots, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'syntax = "proto2";',
        'syntax = "proto3"; package a.b;',
        'syntax = "proto3"; message A { int32 __a__b_c = 1; int32 X_y2_3 = 2; int32 _ = 3; }',
        'syntax = "proto2"; message M { message enum {} optional M . /* a */ enum a = 1; optional . M . enum b = 2; }',
        'syntax = "proto3"; message M { message M { message M {} } enum E { E_A = 0; } }',
        f'syntax = "proto3"; message Many {{ {" ".join(f"int32 f{n} = {n};" for n in range(1, 300))} }}',
        f'syntax = "proto2"; message A {{ extensions 1 to max; reserved "{"x" * 300}"; }}',
        'syntax = "proto3"; service S { rpc R(A) returns (A) { ; option deprecated = true; ; } } message A {}',
    ],
)
def test_small_files(text: str, tmp_path: Path) -> None:
    check({"small.proto": text}, ["small.proto"], tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "// caf\udce9\n\n// \udcff\n/* \udcc3 */ message A {} // \udce9 x",
        'message A { optional bytes b = 1 [default = "\udcff"]; /* \t\udce9 */ optional int32 c = 2;}',
        'message A { optional string b = 1 [json_name = "\udcff", default = "é\udced\udca0"]; reserved "\udcc3"; }',
        'option java_package = "\udcff\\xff";',
    ],
)
def test_bytes_that_are_no_utf8_are_kept(text: str, tmp_path: Path) -> None:
    """In comments and literals, and columns count each as one."""
    check({"small.proto": f'syntax = "proto2"; {text}'}, ["small.proto"], tmp_path)


def test_there_is_no_set_of_wrong_files(tmp_path: Path) -> None:
    (tmp_path / "wrong.proto").write_text('syntax = "proto3"; message A { B b = 1; }')
    found = read_descriptor_set([tmp_path / "wrong.proto"], [tmp_path])
    assert found.data is None
    assert [diagnostic.code for diagnostic in found.report.diagnostics] == ["KX0710"]
