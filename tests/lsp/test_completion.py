"""What may stand at the cursor, `|`, in texts that are being written."""

from __future__ import annotations

import pytest
from lsprotocol import types

from kitexgen.lsp.capabilities import Client
from kitexgen.lsp.features.completion import completion
from tests.builders.lsp import Texts
from tests.lsp.texts import PROTO, THRIFT

THRIFT_CASES = [
    ("struct A {\n  1: i64 a\n  |\n}", ["2: ", "optional", "User", "base.Color", "i64"]),
    ("struct A { 1: |", ["required", "User", "list"]),
    ("struct A { 1: base.|", ["base.Base", "base.Color"]),
    ("struct A { 1: map<string, |", ["User", "base.Base"]),
    ("struct A { 1: base.Color c = |", ["base.Color.RED", "base.Color.BLUE"]),
    ("struct A { 1: bool b = |", ["true", "false"]),
    ("const i32 X = base.|", ["base.LIMIT", "base.Color.RED"]),
    ('const User R = {"|', ["id", "name", "color"]),
    ("service S extends |", ["Users"]),
    ("service S |", ["extends"]),
    ("service S {\n  |", ["oneway", "void", "User"]),
    ("service S {\n  void f(1: |", ["User", "string"]),
    ("service S {\n  void f() throws (1: |", ["Oops"]),
    ("service S {\n  void f() |", ["throws"]),
    ("service S {\n  void f() (|", ["api.get", "streaming.mode"]),
    ('service S {\n  void f() (streaming.mode = "|', ["bidirectional", "unary"]),
    ("struct A { 1: i64 a (|", ["api.query", "vt.gt", "go.tag", "py.packed"]),
    ("enum E { A = 1\n  B = |", ["2"]),
    ("|", ["struct", "service", "const"]),
]
PROTO_CASES = [
    ("message A {\n  |\n}", ["repeated", "oneof", "User", "demo.shared.Base", "int32"]),
    ("message A { repeated |", ["User", "string"]),
    ("message A { demo.|", ["demo.shared"]),
    ("message A { shared.Base.|", ["shared.Base.Inner"]),
    ("message A { int32 a = 1; oneof k { string c = 7; } int32 b = |", ["8"]),
    ("message A { map<|", ["string", "int32"]),
    ("message A { map<string, |", ["User"]),
    ("message A { int32 a = 1 [|", ["deprecated", "default", "json_name", "(demo.shared.rule)"]),
    ("message A { int32 a = 1 [deprecated = |", ["true", "false"]),
    ("message A { int32 a = 1 [features.|", ["field_presence"]),
    ("message A { int32 a = 1 [features.field_presence = |", ["EXPLICIT", "IMPLICIT"]),
    ("message A { int32 a = 1 [(|", ["demo.shared.rule"]),
    ("message A { int32 a = 1 [(demo.shared.rule).|", ["max", "color"]),
    ("message A { int32 a = 1 [(demo.shared.rule) = { |", ["max", "color"]),
    ("message A { int32 a = 1 [(demo.shared.rule) = { color: |", ["COLOR_RED"]),
    ("enum E { A = 0; B = |", ["1"]),
    ("enum E { option |", ["allow_alias"]),
    ("service S { rpc Get(|", ["stream", "GetRequest"]),
    ("service S { rpc Get(A) |", ["returns"]),
    ("service S { rpc Get(A) returns (A) { option |", ["idempotency_level"]),
    ("option |", ["go_package", "optimize_for"]),
    ("option optimize_for = |", ["SPEED"]),
    ("extend |", ["User", "demo.shared.Base"]),
    ('import "|', ["google/protobuf/any.proto"]),
    ("|", ["message", "service"]),
]


def offered(texts: Texts, name: str, text: str) -> list[types.CompletionItem]:
    before, bar, after = text.partition("|")
    assert bar
    path = texts.path(name)
    texts.workspace.analysis(path)
    texts.open(name, before + after)
    at = texts.workspace.lines(path).position(len(before))
    return sorted(completion(texts.workspace, path, at).items, key=lambda item: item.sort_text or "")


@pytest.mark.parametrize(("end", "expected"), THRIFT_CASES, ids=[case[0] for case in THRIFT_CASES])
def test_thrift(thrift: Texts, end: str, expected: list[str]) -> None:
    labels = [item.label for item in offered(thrift, "main.thrift", f"{THRIFT['main.thrift']}{end}")]
    assert [label for label in expected if label not in labels] == []
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(("end", "expected"), PROTO_CASES, ids=[case[0] for case in PROTO_CASES])
def test_proto(proto: Texts, end: str, expected: list[str]) -> None:
    labels = [item.label for item in offered(proto, "main.proto", f"{PROTO['main.proto']}{end}")]
    assert [label for label in expected if label not in labels] == []


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("main.thrift", "struct A { 1: i64 a // |"),
        ("main.thrift", "/* struct |"),
        ("main.thrift", "struct |"),
        ("main.thrift", "struct A { 1: i64 |"),
        ("main.thrift", 'const string S = "|'),
        ("main.proto", "message A { // |"),
        ("main.proto", "message |"),
        ("main.proto", "message A { int32 |"),
        ("main.proto", 'message A { int32 a = 1 [json_name = "|'),
    ],
)
def test_nothing_where_a_name_is_made_up(request: pytest.FixtureRequest, name: str, end: str) -> None:
    texts: Texts = request.getfixturevalue(name.partition(".")[2])
    given = (THRIFT | PROTO)[name]
    assert offered(texts, name, given + end) == []


def test_include_paths_are_those_of_the_workspace(thrift: Texts) -> None:
    thrift.write("deep/other.thrift", "struct Other {}")
    texts = [item.text_edit.new_text for item in offered(thrift, "main.thrift", 'include "|"') if item.text_edit]
    assert texts == ["base.thrift", "deep/other.thrift"]


def test_the_first_answers_are_the_likeliest(thrift: Texts) -> None:
    items = offered(thrift, "main.thrift", f"{THRIFT['main.thrift']}struct A {{ 1: base.Color c = |")
    assert [item.label for item in items[:3]] == ["base.Color.BLUE", "base.Color.GREEN", "base.Color.RED"]


def test_the_word_at_the_cursor_is_replaced(proto: Texts) -> None:
    items = offered(proto, "main.proto", f"{PROTO['main.proto']}message A {{ demo.shared.Co|")
    edit = next(item.text_edit for item in items if item.label == "demo.shared.Color")
    assert isinstance(edit, types.TextEdit)
    assert edit.range.end.character - edit.range.start.character == len("demo.shared.Co")


def test_what_a_broken_text_lost_is_still_offered(thrift: Texts) -> None:
    """The last text without syntax errors stands in for what can no longer be read."""
    broken = 'namespace py demo\ninclude "base.thrift"\nstruct {{{{ User\nstruct B { 1: |'
    assert "User" in [item.label for item in offered(thrift, "main.thrift", broken)]


def test_without_snippets_plain_words_are_given(thrift: Texts) -> None:
    thrift.open("main.thrift", "")
    found = completion(thrift.workspace, thrift.path("main.thrift"), types.Position(0, 0), Client())
    for item in found.items:
        assert isinstance(item.text_edit, types.TextEdit)
        assert item.text_edit.new_text == item.label
