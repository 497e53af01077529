"""format_text: what comes out, and what never changes."""

from __future__ import annotations

import pytest

from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.fmt import FormatFault, FormatOptions, format_text
from kitexgen.fmt.verify import verify
from kitexgen.idl.thrift.lexer import lex

# Each text as written, and as it comes out.
THRIFT = [
    ("struct A{1:i32 x}", "struct A {\n  1: i32 x\n}\n"),
    ("struct A{}", "struct A {}\n"),
    ("", ""),
    ("// alone", "// alone\n"),
    ("enum E{A=1,B=2;C=3}", "enum E {\n  A = 1,\n  B = 2,\n  C = 3,\n}\n"),
    ("enum E { A  B }", "enum E {\n  A\n  B\n}\n"),
    ("const i32 X=1;typedef i32 Y", "const i32 X = 1;\ntypedef i32 Y\n"),
    ("namespace py a.b\nstruct A{}\nstruct B{}", "namespace py a.b\n\nstruct A {}\n\nstruct B {}\n"),
    ("struct A { // open\n // own\n 1:i32 x // behind\n}", "struct A { // open\n  // own\n  1: i32 x // behind\n}\n"),
    ("struct A { 1: i32 x // behind\n , }", "struct A {\n  1: i32 x, // behind\n}\n"),
    ("struct A { 1:i32 x\n\n\n\n 2:i32 y }", "struct A {\n  1: i32 x\n\n  2: i32 y\n}\n"),
    ("struct A { 1: /* why */ i32 x }", "struct A {\n  1: /* why */ i32 x\n}\n"),
    ("enum E { A = 1, /* b */ B = 2 }", "enum E {\n  A = 1,\n  /* b */ B = 2,\n}\n"),
    (
        'service S extends b.B{oneway void f(1:i32 a)throws(1:E e)(x="y")}',
        'service S extends b.B {\n  oneway void f(1: i32 a) throws (1: E e) (x = "y")\n}\n',
    ),
    ("const list<i32> L = [1,2,3]", "const list<i32> L = [1, 2, 3]\n"),
    ("const list<i32> L = [\n1,2,3]", "const list<i32> L = [\n  1, 2, 3\n]\n"),
    ('const map<i32,string> M={1:"a"}', 'const map<i32, string> M = {1: "a"}\n'),
    (
        "struct A {\n  /** one\n   *  two\n     */\n  1: i32 x\n}",
        "struct A {\n  /** one\n   *  two\n   */\n  1: i32 x\n}\n",
    ),
    ("struct A {\r\n  1: i32 x\r\n}\r\n", "struct A {\r\n  1: i32 x\r\n}\r\n"),
    ("\ufeffstruct A {}\n", "struct A {}\n"),
    ("/* one */ struct A {}", "/* one */ struct A {}\n"),
    ("struct A {}\n// of A\n\n// of B\nstruct B {}", "struct A {}\n// of A\n\n// of B\nstruct B {}\n"),
]

PROTO = [
    ('syntax="proto3";message A{int32 x=1;}', 'syntax = "proto3";\n\nmessage A {\n  int32 x = 1;\n}\n'),
    ('syntax="proto3";message A{;;}', 'syntax = "proto3";\n\nmessage A {}\n'),
    (
        'syntax="proto3";message A{map<string,int32>m=1[deprecated=true,(a.b).c=-1];}',
        'syntax = "proto3";\n\nmessage A {\n  map<string, int32> m = 1 [deprecated = true, (a.b).c = -1];\n}\n',
    ),
    (
        'syntax="proto3";service S{rpc F(stream A)returns(.b.B);}',
        'syntax = "proto3";\n\nservice S {\n  rpc F(stream A) returns (.b.B);\n}\n',
    ),
    (
        'syntax="proto3";option (a)={x:1 y{z:"b" "c"},l:[1,2]};',
        'syntax = "proto3";\n\noption (a) = {x: 1, y {z: "b" "c"}, l: [1, 2]};\n',
    ),
    (
        'syntax="proto3";\noption (a)={\nx:1, // one\ny:2};',
        'syntax = "proto3";\n\noption (a) = {\n  x: 1 // one\n  y: 2\n};\n',
    ),
    (
        'syntax="proto3";message A{reserved 1,3 to 5,9 to max;reserved "x","y";}',
        'syntax = "proto3";\n\nmessage A {\n  reserved 1, 3 to 5, 9 to max;\n  reserved "x", "y";\n}\n',
    ),
    (
        'syntax="proto3";message A{\n\n// apart\n\n// of x\nint32 x=1;}',
        'syntax = "proto3";\n\nmessage A {\n\n  // apart\n\n  // of x\n  int32 x = 1;\n}\n',
    ),
]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [("a.thrift", *case) for case in THRIFT] + [("a.proto", *case) for case in PROTO],
)
def test_what_comes_out(path: str, text: str, expected: str) -> None:
    formatted = format_text(text, path).text
    assert formatted == expected
    assert format_text(expected, path).text == expected


def test_long_lists_are_broken() -> None:
    text = "service S { void f(1: i32 aaaaaaaaaaaaaaaa, 2: i32 bbbbbbbbbbbbbbbb) }"
    assert format_text(text, "a.thrift", FormatOptions(width=40)).text == (
        "service S {\n  void f(\n    1: i32 aaaaaaaaaaaaaaaa,\n    2: i32 bbbbbbbbbbbbbbbb,\n  )\n}\n"
    )


def test_options_of_protobuf_end_without_a_comma() -> None:
    text = 'syntax="proto3";message A{int32 x=1[deprecated=true,json_name="aaaaaaaaaaaaaaaaaaaaaa"];}'
    assert format_text(text, "a.proto", FormatOptions(width=40)).text == (
        'syntax = "proto3";\n\nmessage A {\n  int32 x = 1 [\n    deprecated = true,\n'
        '    json_name = "aaaaaaaaaaaaaaaaaaaaaa"\n  ];\n}\n'
    )


def test_columns() -> None:
    text = "struct A {\n1: required i64 id // one\n2: string name = 'x' // two\n\n10: i32 z\n}"
    assert format_text(text, "a.thrift", FormatOptions(align=True, indent=4)).text == (
        "struct A {\n"
        "    1: required i64    id         // one\n"
        "    2:          string name = 'x' // two\n"
        "\n"
        "    10: i32 z\n"
        "}\n"
    )


def test_tabs() -> None:
    assert format_text("struct A { 1: i32 x }", "a.thrift", FormatOptions(indent=0)).text == (
        "struct A {\n\t1: i32 x\n}\n"
    )


@pytest.mark.parametrize("path", ["a.thrift", "a.proto"])
def test_what_does_not_parse_is_left_alone(path: str) -> None:
    found = format_text("struct {", path)
    assert found.text is None
    assert found.errors


def test_what_is_hidden_from_the_tree_is_left_alone() -> None:
    found = format_text("option (a) = { b: 1 # c\n};", "a.proto")
    assert found.text is None
    assert [(each.code, each.severity) for each in found.errors] == [("KX0601", Severity.ERROR)]


def test_another_meaning_is_refused() -> None:
    one, other = "struct A { 1: i32 x }", "struct A { 2: i32 x }"
    from kitexgen.idl import parse_text  # noqa: PLC0415 - the trees alone matter here

    trees = parse_text(one, "a")[0], parse_text(other, "a")[0]
    with pytest.raises(FormatFault, match="would change what it declares"):
        verify("a", trees, ((), ()))


def test_a_lost_comment_is_refused() -> None:
    comments = lex("// one\n// two\n", "a").comments
    with pytest.raises(FormatFault, match="would not keep the comment // two"):
        verify("a", (None, None), (comments, comments[:1]))
