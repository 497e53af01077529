"""Definition, references, highlights, rename and hover, on both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from kitexgen.lsp.features import definition, hover, references, rename
from kitexgen.lsp.settings import EditorSettings
from tests.builders.lsp import Texts

THRIFT_PLACES = [
    ("main.thrift", "base.Color co|lor", ("main.thrift", "color")),
    ("main.thrift", "base.Co|lor color", ("base.thrift", "Color")),
    ("main.thrift", "base.Color.R|ED", ("base.thrift", "RED")),
    ("main.thrift", "base.Co|lor.RED", ("base.thrift", "Color")),
    ("main.thrift", "= base.LI|MIT", ("base.thrift", "LIMIT")),
    ("main.thrift", "b|ase.LIMIT", ("base.thrift", "")),
    ("main.thrift", 'include "ba|se', ("base.thrift", "")),
    ("main.thrift", "Oo|ps oops", ("main.thrift", "Oops")),
    ("main.thrift", '"na|me": "root"', ("main.thrift", "name")),
    ("main.thrift", "optional Us|er boss", ("main.thrift", "User")),
    ("main.thrift", "User|  get".replace("  ", " "), ("main.thrift", "User")),
]
PROTO_PLACES = [
    ("main.proto", "demo.shared.Co|lor", ("shared/base.proto", "Color")),
    ("main.proto", "shared.Ba|se.Inner", ("shared/base.proto", "Base")),
    ("main.proto", "shared.Base.In|ner", ("shared/base.proto", "Inner")),
    ("main.proto", "demo.sh|ared.Color", ("shared/base.proto", "demo.shared")),
    ("main.proto", "(demo.shared.ru|le).max", ("shared/base.proto", "rule")),
    ("main.proto", "rule).m|ax", ("shared/base.proto", "max")),
    ("main.proto", "{ m|ax: 1", ("shared/base.proto", "max")),
    ("main.proto", "color: COLOR_R|ED", ("shared/base.proto", "COLOR_RED")),
    ("main.proto", 'import "shared/ba|se', ("shared/base.proto", "")),
    ("main.proto", "Get(GetRe|quest", ("main.proto", "GetRequest")),
    ("main.proto", "map<string, Us|er>", ("main.proto", "User")),
    ("shared/base.proto", "Ru|le rule", ("shared/base.proto", "Rule")),
]


@pytest.mark.parametrize(("name", "words", "expected"), THRIFT_PLACES)
def test_definition_in_thrift(thrift: Texts, name: str, words: str, expected: tuple[str, str]) -> None:
    assert defined(thrift, name, words) == expected


@pytest.mark.parametrize(("name", "words", "expected"), PROTO_PLACES)
def test_definition_in_proto(proto: Texts, name: str, words: str, expected: tuple[str, str]) -> None:
    assert defined(proto, name, words) == expected


def defined(texts: Texts, name: str, words: str) -> tuple[str, str]:
    found = definition.definition(texts.workspace, texts.path(name), texts.at(name, words))
    assert found is not None
    return texts.named(found[0].target_uri, found[0].target_selection_range)


def test_an_option_of_protobuf_is_defined_in_its_own_file(proto: Texts) -> None:
    at = proto.at("main.proto", "depre|cated")
    found = definition.definition(proto.workspace, proto.path("main.proto"), at)
    assert found is not None
    assert found[0].target_uri.endswith("google/protobuf/descriptor.proto")
    shown = hover.hover(proto.workspace, proto.path("main.proto"), at)
    assert shown is not None
    assert isinstance(shown.contents, types.MarkupContent)
    assert "Is this field deprecated?" in shown.contents.value


@pytest.mark.parametrize("words", ["names|pace", "|= base.LIMIT", "// nothing"])
def test_nothing_is_defined_where_no_name_is(thrift: Texts, words: str) -> None:
    thrift.write("main.thrift", (thrift.folder / "main.thrift").read_text() + "// nothing\n")
    path = thrift.path("main.thrift")
    assert definition.definition(thrift.workspace, path, thrift.at("main.thrift", words)) is None


def test_the_type_of_a_field(thrift: Texts, proto: Texts) -> None:
    found = definition.type_definition(
        thrift.workspace, thrift.path("main.thrift"), thrift.at("main.thrift", "color =")
    )
    assert found is not None
    assert thrift.named(found[0].target_uri, found[0].target_selection_range) == ("base.thrift", "Color")
    found = definition.type_definition(proto.workspace, proto.path("main.proto"), proto.at("main.proto", "friends"))
    assert found is not None
    assert proto.named(found[0].target_uri, found[0].target_selection_range) == ("main.proto", "User")


def test_references_across_files(thrift: Texts) -> None:
    assert where(thrift, "base.thrift", "enum Co|lor") == [("base.thrift", "Color")] + [("main.thrift", "Color")] * 3


def test_references_across_protos_whichever_is_asked(proto: Texts) -> None:
    expected = [("shared/base.proto", "Color"), ("main.proto", "Color"), ("shared/base.proto", "Color")]
    assert where(proto, "main.proto", "demo.shared.Co|lor") == expected
    assert sorted(where(proto, "shared/base.proto", "enum Co|lor")) == sorted(expected)


def where(texts: Texts, name: str, words: str) -> list[tuple[str, str]]:
    found = references.references(texts.workspace, texts.path(name), texts.at(name, words), with_declaration=True)
    assert found is not None
    return [texts.named(each.uri, each.range) for each in found]


def test_an_unsaved_text_goes_before_its_file(thrift: Texts) -> None:
    thrift.open("base.thrift", "enum Color { RED = 1 }\nconst i32 LIMIT = 3\nconst Color C = Color.RED")
    assert ("base.thrift", "Color") in where(thrift, "main.thrift", "base.Co|lor color")[1:]


def test_highlights_tell_where_it_is_declared(thrift: Texts, proto: Texts) -> None:
    for texts, name, words, count in ((thrift, "main.thrift", "User {", 4), (proto, "main.proto", "User {", 3)):
        found = references.highlights(texts.workspace, texts.path(name), texts.at(name, words))
        assert found is not None
        assert len(found) == count
        assert [each.kind for each in found].count(types.DocumentHighlightKind.Write) == 1


def renamed(texts: Texts, name: str, words: str, new: str) -> dict[str, int]:
    """How many edits there are, by file."""
    edit = rename.rename(texts.workspace, texts.path(name), texts.at(name, words), new)
    assert edit is not None
    counts: dict[str, int] = {}
    for change in edit.document_changes or ():
        assert isinstance(change, types.TextDocumentEdit)
        for each in change.edits:
            assert isinstance(each, types.TextEdit)
            file, _ = texts.named(change.text_document.uri, each.range)
            counts[file] = counts.get(file, 0) + 1
            assert each.new_text == new
    return counts


def test_rename_keeps_prefixes(thrift: Texts) -> None:
    assert renamed(thrift, "main.thrift", "base.Co|lor color", "Hue") == {"base.thrift": 1, "main.thrift": 3}
    assert renamed(thrift, "main.thrift", "string na|me", "nick") == {"main.thrift": 2}


def test_rename_in_protos(proto: Texts) -> None:
    assert renamed(proto, "main.proto", "COLOR_R|ED", "COLOR_GREEN") == {"shared/base.proto": 1, "main.proto": 1}
    assert renamed(proto, "shared/base.proto", "Rule ru|le", "limits") == {"shared/base.proto": 1, "main.proto": 2}


@pytest.mark.parametrize(
    ("words", "new", "why"),
    [
        ("ba|se.LIMIT", "core", "names a file"),
        ("User {", "1st", "is no name"),
        ("User {", "Oops", "already"),
        ("string na|me", "limit", "already"),
    ],
)
def test_what_cannot_be_renamed(thrift: Texts, words: str, new: str, why: str) -> None:
    with pytest.raises(rename.RenameRefused, match=why):
        rename.rename(thrift.workspace, thrift.path("main.thrift"), thrift.at("main.thrift", words), new)


def test_what_is_declared_elsewhere_is_not_renamed(proto: Texts) -> None:
    with pytest.raises(rename.RenameRefused, match="Protobuf itself"):
        rename.prepare_rename(proto.workspace, proto.path("main.proto"), proto.at("main.proto", "depre|cated"))
    with pytest.raises(rename.RenameRefused, match="package"):
        rename.prepare_rename(proto.workspace, proto.path("main.proto"), proto.at("main.proto", "demo.sh|ared.Color"))


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("thrift", "base.Color co|lor", ("3: base.Color color = base.Color.RED", "wire type I32 (8)", "`08 00 03`, then 4 bytes", "demo.main.User.color")),  # noqa: E501 - a case a line
        ("thrift", "boss", ("5: optional User boss", "STRUCT (12)", "`0C 00 05`")),
        ("thrift", "ge|t(", ("User get(1: i64 id) throws (1: Oops oops)", "Finds one.", "demo.users.Users.get")),
        ("thrift", "base.LI|MIT", ("const i32 LIMIT = 10", "base.LIMIT")),
        ("thrift", "Sha|de", ("typedef base.Color Shade",)),
        ("proto", "scores", ("repeated sint32 scores = 2", "LEN (2), packed", "tag `12`", "JSON `scores`")),
        ("proto", "(demo.shared.ru|le).max", ("Rule rule = 50001", "tag `8A B5 18`", "demo.shared.rule")),
        ("proto", "Ge|t(", ("rpc Get(GetRequest) returns (stream User)",)),
        ("proto", "message Us|er", ("Somebody who signed up.", "message `demo.user.User`", "map<string, User> friends = 5")),  # noqa: E501 - a case a line
    ],
)  # fmt: skip
def test_hover(language: str, words: str, expected: tuple[str, ...], request: pytest.FixtureRequest) -> None:
    texts: Texts = request.getfixturevalue(language)
    name = f"main.{language}"
    found = hover.hover(texts.workspace, texts.path(name), texts.at(name, words))
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    for part in expected:
        assert part in found.contents.value


def test_what_lies_outside_of_the_workspace_is_found_and_not_renamed(tmp_path: Path) -> None:
    texts = Texts(
        tmp_path / "work",
        {"a.thrift": 'include "far.thrift"\nstruct A { 1: far.Far far }'},
        EditorSettings(include_dirs=("../elsewhere",)),
    )
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "far.thrift").write_text("struct Far {}")
    at = texts.at("a.thrift", "far.Fa|r")
    found = definition.definition(texts.workspace, texts.path("a.thrift"), at)
    assert found is not None
    assert found[0].target_uri.endswith("/elsewhere/far.thrift")
    with pytest.raises(rename.RenameRefused, match="outside of the workspace"):
        rename.rename(texts.workspace, texts.path("a.thrift"), at, "Near")


def test_a_rename_speaks_of_the_version_that_is_open(thrift: Texts) -> None:
    thrift.open("main.thrift", "struct A {}\nstruct B { 1: A a }")
    edit = rename.rename(thrift.workspace, thrift.path("main.thrift"), types.Position(0, 7), "C")
    assert edit is not None
    (change,) = edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == 1
