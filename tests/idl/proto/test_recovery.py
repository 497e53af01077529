"""All mistakes of a file in one run, each once, and what is sound is kept."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import pytest

from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.idl.mistakes import MAX_MISTAKES
from kitexgen.idl.proto import tree as t
from kitexgen.idl.proto.grammar import parse
from kitexgen.idl.proto.nesting import MAX_MESSAGES
from kitexgen.idl.terminals import MAX_NESTING

HEAD = 'syntax = "proto3";\n'


def lines(text: str) -> list[int]:
    """The lines of the errors in `text`, the first behind `syntax` being 1."""
    found = parse(HEAD + text, "a.proto")[1]
    return [text.count("\n", 0, d.at.span.start - len(HEAD)) + 1 for d in found if d.at is not None]


def names(items: Iterable[object]) -> Iterator[str]:
    """The names of what is kept, inner ones behind the outer one."""
    for item in items:
        if isinstance(item, t.MessageNode | t.EnumNode | t.ServiceNode | t.OneofNode):
            yield item.name.text
            yield from names(item.items)
        elif isinstance(item, t.FieldNode | t.EnumValueNode | t.MethodNode):
            yield item.name.text


@pytest.mark.parametrize(
    ("text", "at", "kept"),
    [
        ("message A {\n int32 a = 1\n int32 b = 2;\n}", [2], "A a b"),
        ("message A {\n int32 a = 1\n optional int32 b = 2\n}", [2, 3], "A a b"),
        ("message A {\n int32 a;\n int32 b = 2;\n int32 = 3;\n int32 d = 4;\n}", [2, 4], "A b d"),
        ("message A {\n int32 a 1;\n int32 b: 2;\n int32 c = 3,\n}", [2, 3, 4], "A a b c"),
        ("message A {\n 1: int32 a;\n int32 b = 2;\n}\nmessage C {}", [2], "A b C"),
        ("message A {\n int32 a = 1;\n\nservice S {}\nmessage B {}", [1], "A a S B"),
        ("message A {\n message B {\n  int32 b = 1;\n\nimport 'c';\nmessage C {}", [2], "A B b C"),
        ("message A\n int32 a = 1;\n}\nmessage B {}", [1], "A a B"),
        ("message {\n int32 a = 1;\n}\nmessage B {}", [1], "B"),
        ("message A x {\n int32 a = 1;\n}\nmessage B {}", [1], "A a B"),
        ("struct A {\n int32 a = 1;\n}\nmessage B {}", [1], "B"),
        ("enum A {\n B = 0\n C = 1,\n D;\n E = 2;\n}", [2, 3, 4], "A B C E"),
        (
            "service A {\n rpc B(C) returns C;\n rpc D C returns (C);\n rpc E();\n rpc F(C) returns (C);\n}",
            [2, 3, 4, 4],
            "A B D F",
        ),
        ("message A {\n oneof b {\n  int32 c;\n  int32 d = 2;\n }\n int32 e = 3;\n}", [3], "A b d e"),
        ("message A {\n int32 a = 1 [b = ;\n int32 c = 2;\n}", [2], "A c"),
        ("message A {\n int32 a = 1 [b = {c: [1, }];\n int32 d = 2;\n}", [2], "A d"),
        ("}\nmessage A {}\n}", [1, 3], "A"),
        ("message A {\n int32 a = 08;\n int32 b = 1f;\n int32 c = 3;\n}", [2, 3], "A c"),
    ],
)
def test_every_mistake_is_told_once_and_the_rest_is_kept(text: str, at: list[int], kept: str) -> None:
    assert lines(text) == at
    assert list(names(parse(HEAD + text, "a.proto")[0].items)) == kept.split()


@pytest.mark.parametrize("text", ["message A {", "message", "option a = {", "enum A { B =", "/* a", "option a = 'b"])
def test_early_end_is_one_mistake(text: str) -> None:
    assert len(lines(text)) == 1


def test_thrift_is_one_mistake() -> None:
    found = parse("namespace go a\nstruct B { 1: string c }\n", "a.proto")[1]
    assert [d.code for d in found] == ["KX0615"]


def nested(count: int) -> str:
    return HEAD + "".join(f"message A{n} {{ " for n in range(count)) + "}" * count


def groups(count: int) -> str:
    inner = "".join(f"optional group A{n} = 1 {{ " for n in range(count - 1))
    return f'syntax = "proto2"; message A {{ {inner}' + "}" * count


@pytest.mark.parametrize("make", [nested, groups])
def test_messages_nest_as_deep_as_protoc_has_it(make: object) -> None:
    assert callable(make)
    assert [d.code for d in parse(make(MAX_MESSAGES), "a.proto")[1]] == []
    assert [d.code for d in parse(make(MAX_MESSAGES + 1), "a.proto")[1]] == ["KX0613"]


@pytest.mark.parametrize(("opening", "closing"), [("{ a ", "}"), ("{ a: [", "]}"), ("{ a < b ", ">}")])
def test_brackets_nest_to_a_limit(opening: str, closing: str) -> None:
    def text(count: int) -> str:
        return f"{HEAD}option a = {opening * count}{{}}{closing * count};"

    assert [d.code for d in parse(text(20), "a.proto")[1]] == []
    assert "KX0613" in {d.code for d in parse(text(MAX_NESTING), "a.proto")[1]}
    assert "KX0613" in {d.code for d in parse(text(20_000), "a.proto")[1]}


@pytest.mark.parametrize(
    "text", ["1 2\nx y\n", "message A { int32 a;\n", "option a = {{\n", "enum {\n", "}\n", '"', "/* /* */ ", "[a/b]\n"]
)
def test_number_of_mistakes_is_bounded_and_so_is_time(text: str) -> None:
    started = time.process_time()
    found = parse(text * 5_000, "a.proto")[1]
    assert time.process_time() - started < 5
    assert sum(d.severity is Severity.ERROR for d in found) <= MAX_MISTAKES + 1
