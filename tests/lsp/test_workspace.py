"""Texts, positions, projects, and what has to be looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from kitexgen.lsp.analysis import Analysis
from kitexgen.lsp.lines import Lines
from kitexgen.lsp.settings import EditorSettings, settings_of
from kitexgen.lsp.uris import to_path, to_uri
from tests.builders.lsp import Texts

ENCODINGS = ("utf-8", "utf-16", "utf-32")


@given(st.text(alphabet="a\né\r😀 ", max_size=40), st.sampled_from(ENCODINGS))
def test_offsets_survive_the_way_to_positions_and_back(text: str, encoding: str) -> None:
    lines = Lines(text, encoding)
    for offset in range(len(text) + 1):
        # The middle of CR LF is no place that an editor can name.
        if text[offset - 1 : offset + 1] != "\r\n":
            assert lines.offset(lines.position(offset)) == offset


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 4), ("utf-16", 2), ("utf-32", 1)])
def test_columns_are_counted_in_units(encoding: str, column: int) -> None:
    assert Lines("a\n😀b", encoding).position(3) == types.Position(1, column)


def test_positions_behind_the_end_are_that_end() -> None:
    lines = Lines("ab\r\ncd")
    assert lines.offset(types.Position(0, 99)) == 2
    assert lines.offset(types.Position(9, 0)) == 6


@pytest.mark.parametrize("path", ["/a/b.thrift", "/a b/ü.proto", "/a/%41.thrift"])
def test_paths_survive_the_way_to_uris_and_back(path: str) -> None:
    assert to_path(to_uri(path)) == path


def test_what_is_no_file_has_no_path(thrift: Texts) -> None:
    assert to_path("untitled:Untitled-1") is None
    assert thrift.workspace.open("untitled:Untitled-1", "struct A {}") is None


def test_changes_are_applied_in_order(thrift: Texts) -> None:
    thrift.open("main.thrift", "struct A {}\n")
    changes: list[types.TextDocumentContentChangeEvent] = [
        types.TextDocumentContentChangePartial(types.Range(types.Position(0, 7), types.Position(0, 8)), "Bé"),
        types.TextDocumentContentChangePartial(types.Range(types.Position(0, 8), types.Position(0, 9)), "C"),
    ]
    thrift.workspace.change(thrift.uri("main.thrift"), changes, 2)
    assert thrift.workspace.text(thrift.path("main.thrift")) == "struct BC {}\n"
    whole = types.TextDocumentContentChangeWholeDocument("enum E {}")
    thrift.workspace.change(thrift.uri("main.thrift"), [whole], 3)
    assert thrift.workspace.text(thrift.path("main.thrift")) == "enum E {}"


def told(texts: Texts) -> dict[str, Analysis]:
    """What is known of every open text, as if the editor had been told of it."""
    return {buffer.path: texts.workspace.analysis(buffer.path) for buffer in texts.workspace.buffers()}


def stale(texts: Texts, told: Mapping[str, Analysis]) -> list[str]:
    return [Path(buffer.path).name for buffer in texts.workspace.stale(told)]


def test_who_includes_what_changed_is_stale(thrift: Texts) -> None:
    for name in ("main.thrift", "base.thrift"):
        thrift.open(name, (thrift.folder / name).read_text())
    assert stale(thrift, {}) == ["main.thrift", "base.thrift"]
    before = told(thrift)
    assert stale(thrift, before) == []
    thrift.open("main.thrift", 'include "base.thrift"')
    assert stale(thrift, before) == ["main.thrift"]
    before = told(thrift)
    thrift.open("base.thrift", "")
    assert stale(thrift, before) == ["main.thrift", "base.thrift"]


def test_what_a_request_found_out_is_still_to_be_told(thrift: Texts) -> None:
    """Editors ask for colours and hints after every keystroke, long before the findings are due."""
    thrift.open("main.thrift", "struct A {}")
    before = told(thrift)
    thrift.open("main.thrift", "struct A { 1: B b }")
    thrift.workspace.analysis(thrift.path("main.thrift"))
    assert stale(thrift, before) == ["main.thrift"]
    assert stale(thrift, told(thrift)) == []


def test_a_file_that_appears_is_noticed(thrift: Texts) -> None:
    thrift.open("main.thrift", 'include "new.thrift"\nstruct A { 1: new.B b }')
    assert thrift.workspace.analysis(thrift.path("main.thrift")).examined.report.has_errors
    before = told(thrift)
    thrift.write("new.thrift", "struct B {}")
    assert stale(thrift, before) == ["main.thrift"]
    assert not thrift.workspace.analysis(thrift.path("main.thrift")).examined.report.has_errors


def test_a_keystroke_parses_one_file_again(thrift: Texts) -> None:
    path = thrift.path("main.thrift")
    before = thrift.workspace.analysis(path).examined.trees
    thrift.open("main.thrift", 'include "base.thrift"')
    after = thrift.workspace.analysis(path).examined.trees
    base = thrift.path("base.thrift")
    assert after[base] is before[base]
    assert after[path] is not before[path]


def test_the_last_good_tree_is_kept(thrift: Texts) -> None:
    path = thrift.path("main.thrift")
    good = thrift.workspace.analysis(path)
    thrift.open("main.thrift", "struct {")
    assert thrift.workspace.analysis(path).has_syntax_errors
    assert thrift.workspace.last_good(path) is good


# ---- projects -----------------------------------------------------------------------------------------------------


def test_each_file_goes_by_the_nearest_configuration(thrift: Texts) -> None:
    thrift.write(
        "one/kitexgen.toml", 'include = ["idl"]\nstrict = true\n[lint]\nuse = ["NO_BYTE"]\n[fmt]\nindent = 4\n'
    )
    thrift.write("one/idl/shared.thrift", "struct S {}")
    thrift.write("one/api/a.thrift", 'include "shared.thrift"\nstruct A { 1: shared.S s }')
    analysis = thrift.workspace.analysis(thrift.path("one/api/a.thrift"))
    assert not analysis.examined.report.has_errors
    project = analysis.project
    assert (project.strict, project.format.indent, project.include_dirs) == (True, 4, (thrift.path("one/idl"),))
    assert [rule.name for rule in project.lint.rules] == ["NO_BYTE"]
    assert not thrift.workspace.project(thrift.path("main.thrift")).strict


def test_a_configuration_is_read_again_when_it_changes(thrift: Texts) -> None:
    thrift.write("kitexgen.toml", "strict = true\n")
    assert thrift.workspace.project(thrift.path("main.thrift")).strict
    thrift.write("kitexgen.toml", "strict = false # now\n")
    assert not thrift.workspace.project(thrift.path("main.thrift")).strict


@pytest.mark.parametrize(
    ("toml", "code"),
    [
        ("strict = 3\n", "KX0503"),
        ("= 3\n", "KX0501"),
        ("[lsp]\nregenrate = true\n", "KX0502"),
        ("[lint]\nuse = 'X'\n", "KX0532"),
    ],
)
def test_a_wrong_configuration_is_told_of_and_what_is_right_counts(thrift: Texts, toml: str, code: str) -> None:
    thrift.write("kitexgen.toml", toml)
    project = thrift.workspace.project(thrift.path("main.thrift"))
    assert [found.code for found in project.diagnostics] == [code]


def test_includes_outside_of_the_workspace_are_read(tmp_path: Path) -> None:
    texts = Texts(
        tmp_path / "work",
        {"a.thrift": 'include "b.thrift"\nstruct A { 1: b.B b }'},
        EditorSettings(include_dirs=("../far",)),
    )
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "b.thrift").write_text("struct B {}")
    analysis = texts.workspace.analysis(texts.path("a.thrift"))
    assert not analysis.examined.report.has_errors
    assert [use.target.path for use in analysis.uses][-1] == (tmp_path / "far" / "b.thrift").as_posix()


def test_several_folders(tmp_path: Path) -> None:
    texts = Texts(tmp_path, {"one/a.thrift": "struct A {}", "two/b.thrift": "struct B {}"})
    texts.workspace.change_folders([texts.path("one"), texts.path("two")], [texts.path("").rstrip("/")])
    assert texts.workspace.folder_of(texts.path("two/b.thrift")) == texts.path("two")
    assert len(texts.workspace.files()) == 2


def test_options_of_an_editor() -> None:
    settings, faults = settings_of({"debounce": 20, "includeDirs": ["idl"], "lint": "no", "lnit": True})
    assert (settings.debounce, settings.include_dirs, settings.lint) == (20, ("idl",), True)
    assert len(faults) == 2
    assert settings_of(None) == (EditorSettings(), ())
    assert settings_of([])[1]
