"""All mistakes of a file in one run, each once, and what is sound is kept."""

from __future__ import annotations

import pytest

from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.idl.mistakes import MAX_MISTAKES
from kitexgen.idl.parse import parse_text
from kitexgen.idl.terminals import MAX_NESTING
from kitexgen.idl.thrift import tree as t


def lines(text: str) -> list[int]:
    """The lines of the errors in `text`."""
    found = parse_text(text, "a.thrift")[1]
    return [
        text.count("\n", 0, d.at.span.start) + 1 for d in found if d.severity is Severity.ERROR and d.at is not None
    ]


def members(text: str) -> dict[str, list[str]]:
    """The names of what is kept: of each definition, and of its parts."""
    kept: dict[str, list[str]] = {}
    for definition in parse_text(text, "a.thrift")[0].definitions:
        parts: tuple[t.FieldNode | t.EnumMemberNode | t.MethodNode, ...] = ()
        if isinstance(definition, t.RecordNode):
            parts = definition.fields
        elif isinstance(definition, t.EnumNode):
            parts = definition.members
        elif isinstance(definition, t.ServiceNode):
            parts = definition.methods
        kept[definition.name.text] = [part.name.text for part in parts]
    return kept


@pytest.mark.parametrize(
    ("text", "at", "kept"),
    [
        ("struct A {\n 1 i32 a\n 2: i32 b\n}", [2], {"A": ["a", "b"]}),
        ("struct A {\n 1: i32\n 2: i32 b\n}", [2], {"A": ["b"]}),
        ("struct A {\n 1: = \n 2: i32 b\n 3: map<i32> c\n 4: i32 d\n}", [2, 4], {"A": ["b", "d"]}),
        ("struct A {\n 1: i32 a = ;\n 2: i32 b\n}", [2], {"A": ["a", "b"]}),
        ("struct A {\n 1: i32 a (k = 1)\n 2: i32 b\n}", [2], {"A": ["a", "b"]}),
        ("struct A {\n 1: list<i32 a\n 2: i32 b\n}", [2], {"A": ["a", "b"]}),
        ("struct A {\n 1: i32 a\nstruct B {\n 1: i32 b\n}", [1], {"A": ["a"], "B": ["b"]}),
        ("struct A {\n 1: i32 a\n}}\nstruct B {}", [3], {"A": ["a"], "B": []}),
        ("struct {\n 1: i32 a\n 2 i32 b\n}\nstruct B {}", [1, 3], {"B": []}),
        ("struct A : B {\n 1 i32 a\n 2: i32 b\n}", [1, 2], {"A": ["a", "b"]}),
        ("enum A {\n B = x\n C\n D: 4\n E\n}", [2, 4], {"A": ["B", "C", "D", "E"]}),
        ("service S {\n void f(1: i32 a\n void g()\n void h\n void i()\n}", [2, 4], {"S": ["f", "g", "i"]}),
        ("service S {\n void f(1: i32 a, 2 i32 b)\n void g()\n}", [2], {"S": ["f", "g"]}),
        ("strct A {\n 1 i32 a\n}\nstruct B {}\nclss C {}\nenum D {}", [1, 5], {"B": [], "D": []}),
        ("const A = 1\nconst i32 B = 2\nconst i32 C = [\nstruct D {}", [1, 3], {"B": [], "C": [], "D": []}),
        ("struct A { 1: i32 a = {1: 2, 3: } 2: i32 b }\nstruct B {}", [1], {"A": ["b"], "B": []}),
        ("typedef i32\nstruct A {}", [1], {"A": []}),
        ("struct A {\n 1: i32 a\n\n/* open", [4], {"A": ["a"]}),
        ("struct A {\n 1: i32 a!\n 2: i32 $b\n}", [2, 3], {"A": ["a", "b"]}),
    ],
)
def test_reading_goes_on(text: str, at: list[int], kept: dict[str, list[str]]) -> None:
    assert lines(text) == at
    assert members(text) == kept


def test_the_end_of_the_file_closes_every_level() -> None:
    assert members("service S { void f(1: i32 a = [1, {2: ") == {"S": ["f"]}


def test_nothing_made_up_is_kept() -> None:
    tree, _ = parse_text("struct { 1: i32 a } struct A { 1: list<> a 2: i32 } enum { B } const i32 = 1", "a.thrift")
    assert [definition.name.text for definition in tree.definitions] == ["A"]


def test_another_dialect_is_one_mistake() -> None:
    text = 'package "a"\n@x{y = 1}\nstruct A { @z 1: i32 a; stream<i32> b! } interaction I {}'
    assert [d.code for d in parse_text(text, "a.thrift")[1]] == ["KX0127"]


@pytest.mark.parametrize(
    "nest",
    [
        lambda n: f"struct A {{ 1: {'list<' * n}i32{'>' * n} a }}",
        lambda n: f"const list<i32> A = {'[' * n}{']' * n}",
        lambda n: f"const map<i32, i32> A = {'{1: ' * n}1{'}' * n}",
    ],
    ids=["types", "lists", "maps"],
)
def test_nesting_has_a_limit(nest) -> None:  # type: ignore[no-untyped-def]
    assert [d.code for d in parse_text(nest(MAX_NESTING - 1), "a.thrift")[1]] == []
    assert [d.code for d in parse_text(nest(MAX_NESTING + 1), "a.thrift")[1]] == ["KX0129"]
    assert [d.code for d in parse_text(nest(50_000), "a.thrift")[1]] == ["KX0129"]


def test_mistakes_have_a_limit() -> None:
    found = parse_text("1 2\nx y\n" * 10_000, "a.thrift")[1]
    assert len(found) == MAX_MISTAKES + 1
    assert found[-1].code == "KX0130"
