"""Which files a run reads, in which order, and what it says of those it cannot."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from kitexgen.diagnostics.report import Report
from kitexgen.idl import load as compile_idl
from kitexgen.idl.loader import load_files
from kitexgen.idl.read import MAX_BYTES
from kitexgen.idl.thrift.graph import FileGraph
from kitexgen.schema.ids import ModuleId


def load(
    files: Mapping[str, str | bytes], *roots: str, include_dirs: Sequence[str] = ()
) -> tuple[FileGraph, list[tuple[str, str]], list[str]]:
    """The graph, the diagnostics as (code, file) and the paths that were read, from files in memory."""
    asked: list[str] = []

    def read(path: Path) -> bytes:
        name = path.as_posix()
        if name not in files:
            raise FileNotFoundError(name)
        asked.append(name)
        data = files[name]
        return data.encode() if isinstance(data, str) else data

    report = Report()
    graph = load_files(roots or ("main.thrift",), include_dirs, report, read)
    return graph, [(d.code, d.at.span.path if d.at else "") for d in report.diagnostics], asked


def names(graph: FileGraph) -> list[str]:
    return [file.id.path for file in graph.files]


def test_dependencies_come_first_and_each_file_is_read_once() -> None:
    files = {
        "main.thrift": 'include "a.thrift"\ninclude "b.thrift"',
        "a.thrift": 'include "base.thrift"',
        "b.thrift": 'include "base.thrift"',
        "base.thrift": "struct Base {}",
    }
    graph, found, asked = load(files)
    assert names(graph) == ["base.thrift", "a.thrift", "b.thrift", "main.thrift"]
    assert graph.roots == (ModuleId("main.thrift"),)
    assert sorted(asked) == sorted(files)
    assert found == []
    main = graph.files[-1]
    assert [(node.path.value, id.path) for node, id in main.includes] == [
        ("a.thrift", "a.thrift"),
        ("b.thrift", "b.thrift"),
    ]


def test_one_file_by_two_names_is_one_file() -> None:
    files = {"main.thrift": 'include "./sub/../a.thrift"', "a.thrift": "struct A {}"}
    graph, _, asked = load(files, "main.thrift", "./a.thrift", "main.thrift")
    assert names(graph) == ["a.thrift", "main.thrift"]
    assert [root.path for root in graph.roots] == ["main.thrift", "a.thrift"]
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("files", "target", "codes"),
    [
        ({"x/a.thrift": "//"}, "x/a.thrift", []),
        ({"x/a.thrift": "//", "lib/a.thrift": "//", "a.thrift": "//"}, "x/a.thrift", []),
        ({"lib/a.thrift": "//", "more/a.thrift": "//", "a.thrift": "//"}, "lib/a.thrift", []),
        ({"more/a.thrift": "//"}, "more/a.thrift", []),
        ({"a.thrift": "//"}, "a.thrift", ["KX0006"]),
        ({}, None, ["KX0004"]),
    ],
)
def test_where_includes_are_looked_up(files: dict[str, str], target: str | None, codes: list[str]) -> None:
    graph, found, _ = load(
        {"x/main.thrift": 'include "a.thrift"', **files}, "x/main.thrift", include_dirs=["lib", "more"]
    )
    assert [id.path for _, id in graph.files[-1].includes] == ([target] if target else [])
    assert [code for code, _ in found] == codes


def test_paths_are_joined_and_normalised() -> None:
    files = {"x/y/main.thrift": 'include "../z/a.thrift"', "x/z/a.thrift": 'include "b.thrift"', "x/z/b.thrift": "//"}
    graph, found, _ = load(files, "x/y/main.thrift")
    assert (names(graph), found) == (["x/z/b.thrift", "x/z/a.thrift", "x/y/main.thrift"], [])


def test_a_circle_is_told_with_its_chain() -> None:
    files = {
        "main.thrift": 'include "a.thrift"',
        "a.thrift": 'include "b.thrift"',
        "b.thrift": 'include "a.thrift"\nstruct B {}',
    }
    report = Report()
    graph = load_files(["main.thrift"], [], report, lambda path: _bytes(files, path))
    assert names(graph) == ["b.thrift", "a.thrift", "main.thrift"]
    (found,) = report.diagnostics
    assert found.code == "KX0005"
    assert found.at is not None
    assert found.at.span.path == "b.thrift"
    assert [label.span.path for label in found.also] == ["a.thrift"]


def _bytes(files: Mapping[str, str], path: Path) -> bytes:
    try:
        return files[path.as_posix()].encode()
    except KeyError:
        raise FileNotFoundError(path) from None


def test_a_file_that_includes_itself() -> None:
    graph, found, _ = load({"main.thrift": 'include "main.thrift"'})
    assert (names(graph), found) == (["main.thrift"], [("KX0005", "main.thrift")])


def test_a_long_chain_needs_no_stack() -> None:
    files = {f"f{n}.thrift": f'include "f{n + 1}.thrift"' for n in range(3000)} | {"f3000.thrift": "//"}
    graph, found, _ = load(files, "f0.thrift")
    assert (len(graph.files), found) == (3001, [])


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, [("KX0001", "")]),
        ({"main.thrift": ""}, [("KX0009", "main.thrift")]),
        ({"main.thrift": b"\xef\xbb\xbfstruct A {}"}, [("KX0008", "main.thrift")]),
        ({"main.thrift": b"\xff\xfes\x00"}, [("KX0003", "main.thrift")]),
        ({"main.thrift": b"// \xe9\nstruct A {}"}, [("KX0003", "main.thrift")]),
        ({"main.thrift": b"const string A = '\xe9'"}, [("KX0003", "main.thrift")]),
        ({"main.thrift": b"struct A {} \xe9"}, [("KX0003", "main.thrift")]),
        ({"main.thrift": b" " * (MAX_BYTES + 1)}, [("KX0002", "")]),
        ({"main.thrift": 'include "a.thrift"', "a.thrift": b" " * (MAX_BYTES + 1)}, [("KX0002", "main.thrift")]),
        ({"main.thrift": 'include ""'}, [("KX0004", "main.thrift")]),
        ({"main.thrift": r'include "a\x00b"'}, [("KX0004", "main.thrift"), ("KX0107", "main.thrift")]),
        ({"main.thrift": 'include "a.thrift" include "a.thrift"', "a.thrift": "//"}, [("KX0007", "main.thrift")]),
        (
            {"main.thrift": 'include "x/a.thrift" include "y/a.thrift"', "x/a.thrift": "//", "y/a.thrift": "//"},
            [("KX0010", "main.thrift")],
        ),
    ],
)
def test_what_is_said_of_files(files: dict[str, str | bytes], expected: list[tuple[str, str]]) -> None:
    assert load(files)[1] == expected


def test_a_bad_byte_is_an_error_but_in_comments() -> None:
    for data, is_error in ((b"// \xe9\n//", False), (b"const string A = '\xe9'", True)):
        report = Report()
        load_files(["main.thrift"], [], report, lambda _, data=data: data)  # type: ignore[misc]
        assert report.has_errors is is_error


def test_real_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "main.thrift").write_text('include "sub"\ninclude "main.thrift/a"\ninclude "x.thrift"')
    (tmp_path / "x.thrift").symlink_to("x.thrift")
    report = Report()
    graph = load_files(["main.thrift", "sub", "min.thrift", "a\0b"], [], report)
    assert names(graph) == ["main.thrift"]
    assert [d.code for d in report.diagnostics] == ["KX0001", "KX0002", "KX0002", "KX0004", "KX0004", "KX0002"]
    assert report.diagnostics[0].hint == "did you mean `main.thrift`?"


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("sub/usr.thrift", "did you mean `sub/user.thrift`?"),
        ("sub/user", "did you mean `sub/user.thrift`?"),
        ("sub/ab.thrift", None),
        ("sub/nix.thrift", None),
    ],
)
def test_a_missing_file_has_a_neighbour_of_like_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, hint: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("sub/user.thrift", "sub/x.thrift"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("")
    report = Report()
    load_files([asked], [], report)
    assert [(d.code, d.hint) for d in report.diagnostics] == [("KX0001", hint)]


@pytest.mark.parametrize("name", ["gone.thrift", "gone.proto"])
def test_a_link_to_nothing_is_not_what_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).symlink_to("nowhere")
    (found,) = compile_idl([name]).report.diagnostics
    assert (found.code, found.hint) == ("KX0001", "a symbolic link of that name leads to nothing")


@pytest.mark.parametrize("name", ["closed/a.thrift", "closed/a.proto"])
def test_a_file_in_a_folder_that_is_closed_to_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("closed").mkdir(mode=0)
    if os.access("closed", os.R_OK):
        pytest.skip("this user may read everything (root with all capabilities)")
    (found,) = compile_idl([name]).report.diagnostics
    assert (found.code, found.message) == ("KX0002", f"`{name}` cannot be read: permission denied")


def test_a_file_asked_for_may_lie_in_an_include_folder() -> None:
    files = {"lib/a/b.thrift": 'include "c.thrift"', "lib/a/c.thrift": "//", "more/a/b.thrift": "//"}
    graph, found, _ = load(files, "a/b.thrift", include_dirs=["none", "lib", "more"])
    assert [root.path for root in graph.roots] == ["lib/a/b.thrift"]
    assert found == [("KX0011", "")]
    assert load(files, "a/none.thrift", include_dirs=["lib"])[1] == [("KX0001", "")]
    assert load(files, "/a/b.thrift", include_dirs=["lib"])[1] == [("KX0001", "")]
    here = {"a/b.thrift": "//", **files}
    assert load(here, "a/b.thrift", include_dirs=["lib"])[1] == []
