"""Each rule beside what just keeps it. What breaks a rule, and what is said then, stands in tests/golden/errors."""

from __future__ import annotations

import pytest

from tests.builders.idl import codes, load_texts, shown

KEPT = {
    "KX0203": "struct S { 1: i32 a, 2: i32 A }\nservice V { void f(1: i32 a) throws (1: X a) }\nexception X {}",
    "KX0204": "struct S { 1: i32 a, -1: i32 b }\nservice V { void f(1: i32 a) throws (1: X e) }\nexception X {}",
    "KX0222": "enum E { A = 2147483647, B = -2147483648, C }",
    "KX0234": "service A {}\nservice B extends A {}\nservice C extends A {}",
    "KX0240": "service V { oneway void f() }",
    "KX0242": "exception X {}\ntypedef X Y\nservice V { void f() throws (1: Y e) }",
    "KX0243": "exception X {}\nexception Y {}\nservice V { void f() throws (1: X a, 2: Y b) }",
    "KX0248": 'service V { string f(1: string a) (streaming.mode = "unary") }',
    "KX0314": "union U { 1: i32 a = 1, 2: i32 b }",
    "KX0316": 'struct N { 1: i32 a, 2: optional N n }\nstruct T { 1: N n = {"a": 1, "n": {"a": 2}} }',
    "KX0320": "struct S { 1: list<A> a }\ntypedef map<i32, S> A",
    "KX0321": "struct S { 1: required list<S> a, 2: optional S b, 3: S c, 4: required U d }\nunion U { 1: S s }",
    "KX0322": "enum E { A }\nstruct S { 1: map<E, i32> a, 2: set<string> b, 3: map<i64, list<double>> c }",
    "KX0325": 'typedef i64 L\nstruct S { 1: list<L> a (py.packed = "1") 2: list<double> (py.packed = "1") b }',
}


@pytest.mark.parametrize(("code", "text"), KEPT.items(), ids=KEPT)
def test_just_kept(code: str, text: str) -> None:
    loaded = load_texts(text)
    assert loaded.schema is not None, loaded.report.diagnostics
    assert code not in codes(loaded)


def test_a_default_may_give_what_would_build_itself() -> None:
    """The default of `n` is used again only where a value leaves `n` out."""
    endless = load_texts('struct A { 1: B b = {"x": 1} }\nstruct B { 1: i32 x, 2: A a = {} }')
    assert codes(endless).count("KX0316") == 1
    ends = load_texts('struct B { 1: i32 x, 2: optional A a }\nstruct A { 1: B b = {"x": 1, "a": {"b": {"x": 2}}} }')
    assert "KX0316" not in codes(ends)


def test_the_smallest_place_is_shown() -> None:
    loaded = load_texts("struct S { 1: i32 a, 1: list<Nope> b, 3: i8 c = 300 }")
    assert [(found.code, shown(loaded, found)) for found in loaded.report.diagnostics] == [
        ("KX0204", "1"),
        ("KX0210", "Nope"),
        ("KX0302", "300"),
    ]


def test_unused_includes_by_constant_type_service_and_enum() -> None:
    texts = {
        "main.thrift": "\n".join(f'include "{name}.thrift"' for name in "abcde")
        + "\nconst i32 X = a.C\nstruct S { 1: b.T t, 2: i32 e = d.E.A }\nservice V extends c.W {}",
        "a.thrift": "namespace * a\nconst i32 C = 1",
        "b.thrift": "namespace * b\nstruct T {}",
        "c.thrift": "namespace * c\nservice W {}",
        "d.thrift": "namespace * d\nenum E { A }",
        "e.thrift": "namespace * e\nenum E { A }",
    }
    loaded = load_texts(texts)
    assert [shown(loaded, found) for found in loaded.report.diagnostics] == ['"e.thrift"']
