"""What one compiler family refuses: accepted with a warning that names it, an error under `--strict`.

Each row was run through the compilers themselves: Apache Thrift 0.17 and 0.25, thriftgo 0.4.5.
"""

from __future__ import annotations

import pytest

from tests.builders.idl import codes, load_texts

INC = {"inc.thrift": "namespace * inc\nenum E { A }\nconst i32 C = 1\nexception X {}\nstruct S { 1: i32 a }"}

REFUSED_BY_APACHE = [
    ("const i32 A = B\nconst i32 B = 1", "KX0250"),
    ("const S X = {'a': 1}\nstruct S { 1: i32 a }", "KX0250"),
    ("struct S { 1: T t = {} }\nstruct T {}", "KX0250"),
    ("struct S { 1: list<T> t = [{}] }\nstruct T {}", "KX0250"),
    ("typedef T A\nstruct S { 1: A t = {} }\nstruct T {}", "KX0250"),
    ("service A { void f() throws (1: E e) }\nexception E {}", "KX0250"),
    ("service B extends A {}\nservice A {}", "KX0250"),
    ("service A { void f() }\nservice B extends A { void f() }", "KX0231"),
    ("struct S { 1: i32 a }\nconst S A = {'a': 1}\nconst S B = A", "KX0257"),
    ("const list<i32> A = [1]\nconst list<i32> B = A", "KX0257"),
    ("enum E { A }\nconst E X = E.A\nconst i32 Y = X", "KX0257"),
    ('namespace * inc\ninclude "inc.thrift"\nstruct S { 1: inc.S s }', "KX0251"),
    ('include "inc.thrift"\ninclude "inc.thrift"\nstruct T { 1: inc.S s }', "KX0252"),
]

REFUSED_BY_THRIFTGO = [
    ("enum E { A = 1, B = 1 }", "KX0221"),
    ("enum E { A = 8, B = 010 }", "KX0255"),
    ("enum E { A = 0, B = 08 }", "KX0255"),
    ("struct S { i32 a, 1: i32 b }", "KX0205"),
    ("struct S { 0x1: i32 a, 0x2: i32 b }", "KX0209"),
    ("enum E { A }\nservice V { void f(1: E e = E.A) }", "KX0253"),
    ("const i32 C = 1\nservice V { void f(1: list<i32> e = [1, C]) }", "KX0253"),
    ("typedef list<i32> L\nconst L X = [1]", "KX0256"),
    ("typedef map<i32, i32> L\nstruct S { 1: L l = {1: 2} }", "KX0256"),
    ("struct NewFoo {}\nstruct Foo {}", "KX0254"),
    ("service FooClient {}\nservice Foo {}", "KX0254"),
    ("service Test { void f() }\nservice test { void f() }", "KX0254"),
    ("enum E { A = 1 }\nconst E X = true", "KX0310"),
    ("enum E { A }\ntypedef E T\nconst T X = T.A", "KX0216"),
]

ACCEPTED_BY_BOTH = [
    "struct S { 1: list<T> t = [] }\nstruct T {}",
    "struct S { 1: S s, 2: list<T> t }\nstruct T { 1: S s }",
    "typedef T A\nstruct T {}\nstruct S { 1: A t = {} }",
    "typedef map<string, i32> L\nconst L X = {}",
    "service Foo {}\nservice FooClient {}",
    "service V { void f(1: bool a = true, 2: i32 b = 5, 3: string c = 'x') }",
    "struct S { i32 a, 7: i32 b, i32 c }",
    'include "inc.thrift"\nstruct S { 1: inc.S s = {"a": 2}, 2: inc.E e = inc.E.A, 3: i32 c = inc.C }',
    'include "inc.thrift"\nservice V { void f() throws (1: inc.X x) }',
    'include "inc.thrift"\nnamespace * other\nstruct S { 1: inc.S s }',
]


@pytest.mark.parametrize(("text", "code"), REFUSED_BY_APACHE)
def test_refused_by_apache(text: str, code: str) -> None:
    _refused(text, code, "apache")


@pytest.mark.parametrize(("text", "code"), REFUSED_BY_THRIFTGO)
def test_refused_by_thriftgo(text: str, code: str) -> None:
    _refused(text, code, "thriftgo")


def _refused(text: str, code: str, family: str) -> None:
    loaded = load_texts({"main.thrift": text, **INC})
    assert loaded.schema is not None, loaded.report.diagnostics
    refusals = {(found.code, found.refused_by) for found in loaded.report.diagnostics if found.refused_by}
    assert (code, (family,)) in refusals
    assert {families for _, families in refusals} == {(family,)}
    assert load_texts({"main.thrift": text, **INC}, strict=True).schema is None


@pytest.mark.parametrize("text", ACCEPTED_BY_BOTH)
def test_accepted_by_both(text: str) -> None:
    loaded = load_texts({"main.thrift": text, **INC}, strict=True)
    assert loaded.schema is not None, loaded.report.diagnostics


def test_refused_by_one_here_and_the_other_there() -> None:
    """Then nobody but us would read it, even when the two places are in different files."""
    texts = {
        "main.thrift": 'include "inc.thrift"\nstruct S { 1: E e = E.A, 2: inc.E f }\nenum E { A }',
        "inc.thrift": "namespace * inc\nenum E { A = 1, B = 1 }",
    }
    assert "KX0290" in codes(load_texts(texts))
    assert "KX0290" not in codes(load_texts(texts, roots=["inc.thrift"]))
    apart = {"main.thrift": "struct S { 1: E e = E.A }\nenum E { A }", "inc.thrift": "enum E { A = 1, B = 1 }"}
    assert "KX0290" not in codes(load_texts(apart, roots=["main.thrift", "inc.thrift"]))
