"""What Thrift is, who refuses it, and where every node stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.idl.parse import parse_text
from kitexgen.idl.thrift import tree as t
from kitexgen.source.span import Span


def parse(text: str) -> t.DocumentNode:
    """The tree of a text that must have no error."""
    tree, found = parse_text(text, "a.thrift")
    assert [d for d in found if d.severity is Severity.ERROR] == []
    return tree


@pytest.mark.parametrize(
    "text",
    [
        "// nothing but a comment",
        'include "a.thrift" cpp_include "<vector>" namespace py a.b namespace * c namespace py.twisted d',
        'namespace xsd foo (uri = "x")',
        "const i32 A = 1, const i32 B = 2; const bool C = true",
        "const map<string, list<set<i32>>> A = {'a': [[1 2;3,]], \"b\" : [] 'c': [[],],}",
        "const E A = E.B const double C = -1.5e3 const i64 D = +5",
        'typedef list<i32> (a = "b") C (d = "e") typedef C D',
        "enum E {} enum F { A B = 3, C; D = -1 (x = 'y'), } (z = 'w')",
        "struct A { 1: i32 a 2: required string b; 3: optional A c = {}, string d }",
        "struct A { 1: i32 string, 2: i32 struct 3: i32 required, 4: i32 oneway; 5: i32 namespace }",
        "union U { 1: i32 a } exception E { 1: string message } (a = 'b')",
        "struct A { 1: i32 a () } ()",
        "struct A { 1: i32 a (k = 'v', k = 'w'; l = 'x' m = 'y') }",
        'struct A { 1: map cpp_type "M" <i32, i32> a 2: set cpp_type "S" <i32> b 3: list<i32> cpp_type "L" c }',
        "service S {} service T extends a.S { void f() oneway void g(1: i32 a) throws (), i32 h(i32 a, i32 b) } (a='')",
        "exception E {} service S { string (x = 'y') f(1: i32 a = 5 (k = 'v')) throws (1: E e (l = 'w')) (m = 'z') }",
        "struct None {} struct END {} enum class { import, None } service lambda { void print(1: i32 self) }",
        "/* a */ struct /* b */ A /* c */ { # d\n /* e */ } // f",
        "struct A {\r\n 1: i32 a\r\n}\r\n",
    ],
)
def test_both_families_take(text: str) -> None:
    parse(text)
    assert [(d.code, d.message) for d in parse_text(text, "a.thrift")[1]] == []


@pytest.mark.parametrize(
    ("text", "code", "refused_by"),
    [
        ("\ufeffstruct A {}", "KX0008", "thriftgo"),
        ("", "KX0009", "thriftgo"),
        (" \n\t", "KX0009", "thriftgo"),
        ("struct A { 1: i32 a (k = 'a\nb') }", "KX0106", "apache"),
        (r"const string A = '\x41'", "KX0107", "apache"),
        ("const i32 A = 08", "KX0111", "thriftgo"),
        ("const i32 A = 010", "KX0111", None),
        ("enum E { A = 08 }", "KX0111", None),
        ("const i32 A = -0x10", "KX0112", "thriftgo"),
        ("enum E { A = -0x10 }", "KX0112", None),
        ("const i32 A = 0o17", "KX0113", "apache"),
        ("enum E { A = 0o17 }", "KX0113", None),
        ("struct list {}", "KX0133", "apache"),
        ("enum E { map }", "KX0133", "apache"),
        ("service S { void list() }", "KX0133", "apache"),
        ("struct struct { 1: i32 a }", "KX0133", "apache"),
        ("struct A { 1: service a }", "KX0133", "apache"),
        ("struct A { 1: i32 xsd_all }", "KX0133", "apache"),
        ("struct A { 1: i32 a (required = '1') }", "KX0133", "apache"),
        ("const i32 A = optional", "KX0133", "apache"),
        ("namespace list a", "KX0133", "apache"),
        ("typedef string uuid struct A { 1: i32 a }", "KX0133", "apache"),
        ("typedef i32 A;", "KX0140", "thriftgo"),
        ("typedef i32 A, struct B {}", "KX0140", "thriftgo"),
        ("struct A { 1: B (a = 'b') c }", "KX0141", "apache"),
        ("struct A { 1: i32 a (k) }", "KX0142", "thriftgo"),
        ("const i32 A = 1 (a = 'b')", "KX0144", "apache"),
        ("const i32 A = 1; (a = 'b')", "KX0144", "apache"),
        ("struct A { 1: A & a }", "KX0145", "thriftgo"),
        ("struct A xsd_all {}", "KX0146", "thriftgo"),
        ("struct A { 1: i32 a xsd_nillable }", "KX0146", "thriftgo"),
        ("struct A { 1: i32 a = 1 xsd_attrs { 1: i32 b } (c = 'd') }", "KX0146", "thriftgo"),
        ('struct A { 1: list cpp_type "L" <i32> a }', "KX0147", "thriftgo"),
        ("service S { async void f() }", "KX0148", "thriftgo"),
        ("struct A { 1: uuid a 2: uuid b }", "KX0149", "thriftgo"),
        ("namespace * a (b = 'c')", "KX0150", "apache"),
    ],
)
def test_one_family_takes(text: str, code: str, refused_by: str | None) -> None:
    (found,) = parse_text(text, "a.thrift")[1]
    assert (found.code, found.severity) == (code, Severity.WARNING)
    assert found.refused_by == ((refused_by,) if refused_by else ())


@pytest.mark.parametrize(
    "text",
    [
        "struct A { required 1: i32 a }",
        "struct A { 1: required optional i32 a }",
        "struct A { 1: REQUIRED i32 a }",
        "struct A { 1: list a }",
        "struct A { 1: void a }",
        "struct A { 1: slist }",
        "struct A { 1: i32 a,, }",
        "struct A { 1: i32 a } ;",
        "struct A { 1: i32 a (k = 1) }",
        "struct A { 1: i32 a (k = 'v') (l = 'w') }",
        "struct A { 1: struct B { 1: i32 x } b }",
        "struct A extends B {}",
        "struct A",
        "struct A {",
        "struct A { 1: i32 a.b }",
        "struct A { 1: i32 true }",
        "enum E { true }",
        "exception E xsd_all {}",
        "senum A { 'a' }",
        "py_module a",
        "namespace py 'a'",
        "namespace py",
        "include a",
        "include 'a';",
        "struct A {} include 'a'",
        "const i32 A",
        "const A = 1",
        "const set<i32> A = {1, 2}",
        "const list<i32> A = [1,,2]",
        "const i32 A = 9223372036854775808",
        "const i64 A = 0xFFFFFFFFFFFFFFFF",
        "const void A = 1",
        "const i32 A = 1 (a = 'b');",
        "service S { void f }",
        "service S { f() }",
        "service S : T {}",
        "@a struct A {}",
        "package 'a'",
        "interaction I {}",
        "service S { stream<i32> f() }",
    ],
)
def test_nobody_takes(text: str) -> None:
    _, found = parse_text(text, "a.thrift")
    errors = [d for d in found if d.severity is Severity.ERROR]
    assert len(errors) == 1


def test_numbers_that_do_not_fit_are_zero_and_reported() -> None:
    tree, found = parse_text("const i64 A = 99999999999999999999", "a.thrift")
    (const,) = tree.definitions
    assert isinstance(const, t.ConstNode)
    assert isinstance(const.value, t.IntNode)
    assert (const.value.value, [d.code for d in found]) == (0, ["KX0110"])


def test_own_uuid_is_a_name() -> None:
    tree = parse("typedef string uuid\nstruct A { 1: uuid a, 2: list<uuid> b }")
    record = tree.definitions[1]
    assert isinstance(record, t.RecordNode)
    assert isinstance(record.fields[0].type, t.NamedTypeNode)


WHOLE = """\
include "base.thrift"
namespace py a.b (k = "v")
const list<i32> A = [1, -2]
typedef map<string, base.B> C (d)
enum E { A = 1 (a = "b"), B }
struct S {
  1: required list<i32> (x = "y") a = [1] (z = "w"),
  optional S & b;
}
service T extends base.U {
  oneway void f(1: i32 a) throws (1: X x) (q = "r")
}
"""


def _nodes(node: object) -> Iterator[tuple[object, Span]]:
    if isinstance(node, tuple):
        for part in node:
            yield from _nodes(part)
    elif dataclasses.is_dataclass(node) and not isinstance(node, Span):
        if isinstance(span := getattr(node, "span", None), Span):
            yield node, span
        for field in dataclasses.fields(node):
            yield from _nodes(getattr(node, field.name))


def test_spans_cut_out_each_node() -> None:
    cut = [(type(node).__name__, WHOLE[span.start : span.end]) for node, span in _nodes(parse(WHOLE))]
    for expected in [
        ("IncludeNode", 'include "base.thrift"'),
        ("LiteralNode", '"base.thrift"'),
        ("NamespaceNode", 'namespace py a.b (k = "v")'),
        ("AnnotationNode", 'k = "v"'),
        ("ConstNode", "const list<i32> A = [1, -2]"),
        ("ListNode", "[1, -2]"),
        ("IntNode", "-2"),
        ("TypedefNode", "typedef map<string, base.B> C (d)"),
        ("MapTypeNode", "map<string, base.B>"),
        ("NamedTypeNode", "base.B"),
        ("AnnotationNode", "d"),
        ("EnumNode", 'enum E { A = 1 (a = "b"), B }'),
        ("EnumMemberNode", 'A = 1 (a = "b")'),
        ("EnumMemberNode", "B"),
        ("FieldNode", '1: required list<i32> (x = "y") a = [1] (z = "w")'),
        ("ListTypeNode", 'list<i32> (x = "y")'),
        ("FieldNode", "optional S & b"),
        ("MethodNode", 'oneway void f(1: i32 a) throws (1: X x) (q = "r")'),
        ("FieldNode", "1: X x"),
        ("Name", "oneway"),
        ("Name", "required"),
        ("BaseTypeNode", "void"),
        ("ServiceNode", WHOLE[WHOLE.index("service") : -1]),
        ("RecordNode", WHOLE[WHOLE.index("struct") : WHOLE.index("service") - 1]),
    ]:
        assert expected in cut


def test_children_lie_within_their_parents() -> None:
    def check(node: object, outer: Span | None) -> None:
        span = getattr(node, "span", None)
        if isinstance(node, tuple):
            for part in node:
                check(part, outer)
        elif dataclasses.is_dataclass(node) and not isinstance(node, Span):
            if isinstance(span, Span) and outer is not None:
                assert outer.start <= span.start <= span.end <= outer.end
            for field in dataclasses.fields(node):
                check(getattr(node, field.name), span if isinstance(span, Span) else outer)

    check(parse(WHOLE), None)
