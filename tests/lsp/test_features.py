"""Diagnostics, symbols, formatting, code actions, semantic tokens, folding, hints and links, on both languages."""

from __future__ import annotations

import pytest
from lsprotocol import types

from kitexgen.lsp.capabilities import CAPABLE, Client
from kitexgen.lsp.features import (
    code_actions,
    diagnostics,
    folding,
    formatting,
    inlay_hints,
    links,
    semantic_tokens,
    symbols,
)
from kitexgen.lsp.settings import EditorSettings
from kitexgen.source.edit import TextEdit, apply_edits
from tests.builders.lsp import ALL, Texts


def edited(texts: Texts, name: str, edits: list[types.TextEdit]) -> str:
    """The text of the file with `edits` made."""
    text = texts.workspace.text(texts.path(name)) or ""
    lines = texts.workspace.lines(texts.path(name), text)
    return apply_edits(text, [TextEdit(*lines.span(each.range), each.new_text) for each in edits])


# ---- diagnostics --------------------------------------------------------------------------------------------------


def told(texts: Texts, name: str) -> list[types.Diagnostic]:
    return diagnostics.diagnostics(texts.workspace, texts.workspace.analysis(texts.path(name)))


def test_errors_have_codes_hints_and_related_places(thrift: Texts) -> None:
    thrift.open("main.thrift", "struct A { 1: i64 a, 1: i64 b, 2: Usr c }\nstruct User {}")
    found = {each.code: each for each in told(thrift, "main.thrift")}
    assert found["KX0204"].severity is types.DiagnosticSeverity.Error
    assert [related.message for related in found["KX0204"].related_information or ()] == ["`a` has it"]
    assert "did you mean `User`?" in found["KX0210"].message
    assert found["KX0204"].code_description is not None
    assert found["KX0204"].code_description.href.endswith("KX0204.md")


def test_rules_speak_when_nothing_is_wrong(thrift: Texts, proto: Texts) -> None:
    assert "KX0833" in [each.code for each in told(thrift, "main.thrift")]
    assert "KX0833" in [each.code for each in told(proto, "main.proto")]
    thrift.workspace.configure(EditorSettings(lint=False))
    assert "KX0833" not in [each.code for each in told(thrift, "main.thrift")]


def test_a_rule_can_be_silenced_in_place(thrift: Texts) -> None:
    thrift.open(
        "base.thrift", "namespace py b\nnamespace go b\n// lint:ignore SERVICE_SUFFIX known so\nservice Users {}"
    )
    assert told(thrift, "base.thrift") == []


def test_a_missing_import_is_told_at_all_that_lead_to_it(proto: Texts) -> None:
    for name in ("one.proto", "two.proto"):
        proto.open(name, 'syntax = "proto3"; package a; import "gone.proto";')
    proto.open("all.proto", 'syntax = "proto3"; package a;\nimport "one.proto";\nimport "two.proto";')
    found = [(each.code, each.range.start.line) for each in told(proto, "all.proto")]
    assert found == [("KX0700", 1), ("KX0700", 2)]
    assert [each.code for each in told(proto, "two.proto")] == ["KX0700"]


def test_an_include_with_errors_is_told_where_it_is_included(thrift: Texts, proto: Texts) -> None:
    thrift.open("base.thrift", "struct {")
    proto.open("shared/base.proto", 'syntax = "proto3"; message {')
    for texts, name, path in ((thrift, "main.thrift", "base.thrift"), (proto, "main.proto", "shared/base.proto")):
        found = [each for each in told(texts, name) if "this file has errors" in each.message]
        assert [texts.named(texts.uri(name), each.range)[1] for each in found] == [path]


def test_what_is_not_used_is_faded(thrift: Texts) -> None:
    thrift.open("main.thrift", 'include "base.thrift"\nstruct A {}')
    found = next(each for each in told(thrift, "main.thrift") if each.code == "KX0223")
    assert found.tags == [types.DiagnosticTag.Unnecessary]


# ---- symbols ------------------------------------------------------------------------------------------------------


def test_document_symbols(thrift: Texts, proto: Texts) -> None:
    found = symbols.document_symbols(thrift.workspace, thrift.path("main.thrift"))
    assert [(each.name, each.detail) for each in found or ()] == [
        ("Shade", "base.Color"),
        ("User", "struct"),
        ("Oops", "exception"),
        ("Users", "service"),
        ("ROOT", "User"),
    ]
    found = symbols.document_symbols(proto.workspace, proto.path("shared/base.proto"))
    assert [each.name for each in found or ()] == ["Color", "Base", "Rule", "rule"]
    assert [child.name for child in (found or ())[1].children or ()] == ["id", "Inner"]


def test_symbols_of_a_broken_file(thrift: Texts) -> None:
    thrift.open("main.thrift", "struct A { 1: i64 a }\nstruct B { 1: \nservice S {}")
    found = symbols.document_symbols(thrift.workspace, thrift.path("main.thrift"))
    assert {"A", "S"} <= {each.name for each in found or ()}


def test_workspace_symbols_are_sorted_by_how_well_they_fit(thrift: Texts) -> None:
    found = symbols.workspace_symbols(thrift.workspace, "user")
    assert [each.name for each in found] == ["User", "Users"]
    assert [each.name for each in symbols.workspace_symbols(thrift.workspace, "Clr")] == ["Color", "color"]


# ---- formatting ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("thrift", "struct   A {\r\n1: i64 a}\r\n", "struct A {\r\n  1: i64 a\r\n}\r\n"),
        ("thrift", "struct A {\n1:i64 é\n}\n// ü\nstruct B{}", None),
        (
            "proto",
            'syntax="proto3";\nmessage A{int32 a=1;}\n',
            'syntax = "proto3";\n\nmessage A {\n  int32 a = 1;\n}\n',
        ),
    ],
)
def test_formatting(language: str, text: str, expected: str | None, request: pytest.FixtureRequest) -> None:
    texts: Texts = request.getfixturevalue(language)
    name = f"main.{language}"
    texts.open(name, text)
    edits = formatting.formatting(texts.workspace, texts.path(name))
    if expected is None:  # it does not parse
        assert edits is None
    else:
        assert edited(texts, name, edits or []) == expected
        texts.open(name, expected)
        assert formatting.formatting(texts.workspace, texts.path(name)) == []


def test_range_formatting_touches_only_those_lines(thrift: Texts) -> None:
    thrift.open("main.thrift", "struct   A {}\n\nstruct   B {}\n\nstruct   C {}\n")
    edits = formatting.range_formatting(
        thrift.workspace, thrift.path("main.thrift"), types.Range(types.Position(2, 3), types.Position(3, 0))
    )
    assert edited(thrift, "main.thrift", edits or []) == "struct   A {}\n\nstruct B {}\n\nstruct   C {}\n"


# ---- code actions -------------------------------------------------------------------------------------------------


def mended(texts: Texts, name: str, text: str, title: str) -> str:
    """`text` after the action called `title`."""
    texts.open(name, text)
    found = {each.title: each for each in code_actions.code_actions(texts.workspace, texts.path(name), ALL)}
    assert title in found, list(found)
    edit = found[title].edit
    assert edit is not None
    assert edit.changes is not None
    return edited(texts, name, list(edit.changes[texts.uri(name)]))


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("struct User {}\nstruct A { 1: Usr u }", "Write `User`", "struct User {}\nstruct A { 1: User u }"),
        ("struct A { 1: i64 a, 1: i64 b }", "Use 2, which is free", "struct A { 1: i64 a, 2: i64 b }"),
        ("struct A { i64 a\n i64 b }", "Write the ids that are left out", "struct A { 1: i64 a\n 2: i64 b }"),
        ("struct A { 1: base.Color c }", 'Include "base.thrift"', 'include "base.thrift"\n\nstruct A { 1: base.Color c }'),  # noqa: E501 - a case a line
        (
            "namespace py a\n\nstruct A { 1: Color c }",
            'Include "base.thrift"',
            'namespace py a\ninclude "base.thrift"\n\nstruct A { 1: base.Color c }',
        ),
        ('include "base.thrift"\nstruct A {}', "Remove this line", "struct A {}"),
        ('include "base.thrift"\nstruct A {}', "Remove what is included and not used", "struct A {}"),
        ("namespace go a\nstruct A { 1: byte b }", "Write `i8`", "namespace go a\nstruct A { 1: i8 b }"),
        ("enum E { A = 1, B = 1 }", "Use the free number 2", "enum E { A = 1, B = 2 }"),
        ('include "base.thrift"\nconst base.Color C = base.Color.REDD', "Write `RED`", 'include "base.thrift"\nconst base.Color C = base.Color.RED'),  # noqa: E501 - a case a line
        ('include "base.thrift"\nconst base.Color C = bse.Color.RED', "Write `base.Color.RED`", 'include "base.thrift"\nconst base.Color C = base.Color.RED'),  # noqa: E501 - a case a line
        ("struct User {}\nstruct A { 1: bse.User u }\ninclude \"base.thrift\"", "Write `base`", "struct User {}\nstruct A { 1: base.User u }\ninclude \"base.thrift\""),  # noqa: E501 - a case a line
    ],
)  # fmt: skip
def test_mending_thrift(thrift: Texts, text: str, title: str, expected: str) -> None:
    assert mended(thrift, "main.thrift", text, title) == expected


HEAD = 'syntax = "proto3";\npackage demo.user;\n'


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("message User {}\nmessage A { Usr u = 1; }", "Write `User`", "message User {}\nmessage A { User u = 1; }"),
        ("message A { int32 a = 1; int32 b = 1; }", "Use 2, which is free", "message A { int32 a = 1; int32 b = 2; }"),
        ('import "shared/base.proto";\nmessage A {}', "Remove this line", "message A {}"),
        (
            "message A { demo.shared.Color c = 1; }",
            'Import "shared/base.proto"',
            'import "shared/base.proto";\nmessage A { demo.shared.Color c = 1; }',
        ),
    ],
)
def test_mending_proto(proto: Texts, text: str, title: str, expected: str) -> None:
    assert mended(proto, "main.proto", HEAD + text, title) == HEAD + expected


def test_only_what_is_asked_for_is_offered(thrift: Texts) -> None:
    thrift.open("main.thrift", 'include "base.thrift"\nnamespace go a\nstruct A { 1: byte b }')
    path = thrift.path("main.thrift")
    for only in (types.CodeActionKind.QuickFix, types.CodeActionKind.Source, code_actions.FIX_ALL):
        found = code_actions.code_actions(thrift.workspace, path, ALL, [only])
        assert found
        assert all(str(getattr(each.kind, "value", each.kind)).startswith(only) for each in found)


# ---- tokens, folds, hints, links ----------------------------------------------------------------------------------


def marked(texts: Texts, name: str, client: Client = CAPABLE) -> list[tuple[str, str]]:
    data = semantic_tokens.semantic_tokens(texts.workspace, texts.path(name), None, client).data
    found: list[tuple[str, str]] = []
    row = column = 0
    for at in range(0, len(data), 5):
        delta_row, delta_column, length, kind, _ = data[at : at + 5]
        column = delta_column if delta_row else column + delta_column
        row += delta_row
        place = types.Range(types.Position(row, column), types.Position(row, column + length))
        found.append((texts.named(texts.uri(name), place)[1], semantic_tokens.TOKEN_TYPES[kind]))
    return found


def test_semantic_tokens(thrift: Texts, proto: Texts) -> None:
    found = marked(thrift, "main.thrift")
    for expected in (
        ("struct", "keyword"), ("User", "struct"), ("base", "namespace"), ("Color", "enum"), ("RED", "enumMember"),
        ("LIMIT", "variable"), ("i64", "type"), ("get", "method"), ("Users", "interface"), ("Shade", "type"),
    ):  # fmt: skip
        assert expected in found
    found = marked(proto, "main.proto")
    for expected in (
        ("message", "keyword"), ("User", "struct"), ("shared", "namespace"), ("int64", "type"), ("scores", "property"),
        ("COLOR_RED", "enumMember"), ("deprecated", "property"), ("Get", "method"), ("Users", "interface"),
    ):  # fmt: skip
        assert expected in found


def test_who_has_a_grammar_is_told_of_names_alone(thrift: Texts, proto: Texts) -> None:
    """Words would be coloured twice: first by the grammar, then, once the server is up, otherwise."""
    for texts, name in ((thrift, "main.thrift"), (proto, "main.proto")):
        found = marked(texts, name, Client(has_grammar=True))
        assert ("User", "struct") in found
        assert not {kind for _, kind in found} & {"keyword", "comment", "string", "number"}
        assert not {word for word, _ in found} & {"i64", "int64", "string"}
        assert set(found) < set(marked(texts, name))


def test_semantic_tokens_of_some_lines_are_those_of_all(thrift: Texts) -> None:
    path = thrift.path("main.thrift")
    whole = semantic_tokens.semantic_tokens(thrift.workspace, path)
    assert semantic_tokens.semantic_tokens(thrift.workspace, path, ALL) == whole
    some = semantic_tokens.semantic_tokens(
        thrift.workspace, path, types.Range(types.Position(6, 0), types.Position(9, 0))
    )
    assert some.data[0] == 6
    assert 0 < len(some.data) < len(whole.data)


def test_folding(thrift: Texts, proto: Texts) -> None:
    thrift.open("main.thrift", "namespace py a\nnamespace go b\n\n// one\n// two\nstruct A {\n  1: i64 a\n}\n/*\n*/\n")
    found = folding.folding_ranges(thrift.workspace, thrift.path("main.thrift"))
    assert [(each.start_line, each.end_line, each.kind) for each in found or ()] == [
        (0, 1, types.FoldingRangeKind.Imports),
        (3, 4, types.FoldingRangeKind.Comment),
        (5, 6, None),
        (8, 9, types.FoldingRangeKind.Comment),
    ]
    found = folding.folding_ranges(proto.workspace, proto.path("shared/base.proto"))
    assert (5, 7, None) in [(each.start_line, each.end_line, each.kind) for each in found or ()]


def hints(texts: Texts, name: str) -> list[tuple[int, str]]:
    found = inlay_hints.inlay_hints(texts.workspace, texts.path(name), ALL)
    return [(each.position.line, str(each.label)) for each in found]


def test_hints_of_thrift(thrift: Texts) -> None:
    assert hints(thrift, "main.thrift") == [(9, "= 1"), (10, "= 10")]
    assert hints(thrift, "base.thrift") == [(3, "= 2")]
    thrift.open("base.thrift", "struct A {\n  i64 a\n  optional i64 b\n}")
    assert hints(thrift, "base.thrift") == [(1, "1:"), (2, "2:")]
    thrift.workspace.configure(EditorSettings(hint_ids=False))
    assert hints(thrift, "base.thrift") == []


def test_hints_of_proto(proto: Texts) -> None:
    assert hints(proto, "main.proto") == [(8, "= COLOR_UNSPECIFIED")]
    proto.open("main.proto", 'syntax = "proto2";\nenum E { A = 4; }\nmessage M { optional E e = 1 [default = A]; }')
    assert hints(proto, "main.proto") == [(2, "= 4")]


def test_links(thrift: Texts, proto: Texts) -> None:
    found = links.document_links(thrift.workspace, thrift.path("main.thrift"))
    assert [(thrift.named(thrift.uri("main.thrift"), each.range)[1], each.target) for each in found] == [
        ("base.thrift", thrift.uri("base.thrift"))
    ]
    found = links.document_links(proto.workspace, proto.path("shared/base.proto"))
    assert [str(each.target).rpartition("/")[2] for each in found] == ["descriptor.proto"]
