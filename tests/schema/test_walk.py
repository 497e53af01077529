from __future__ import annotations

from kitexgen.schema import ListOf, ListValue, MapOf, MapValue, Record, Ref, Scalar, ScalarKind, SetOf
from kitexgen.schema.walk import dependencies, fields, inner_values, parts
from tests.builders.idl import declared, load_texts
from tests.builders.schemas import ref

I32, TEXT = Scalar(ScalarKind.I32), Scalar(ScalarKind.STRING)


def test_parts_from_outside_in() -> None:
    inner = SetOf(I32)
    type = MapOf(TEXT, ListOf(inner))
    assert list(parts(type)) == [type, TEXT, ListOf(inner), inner, I32]


def test_values_left_to_right() -> None:
    value = MapValue(((1, ListValue((2, 3))), (4, 5)))
    assert list(inner_values(value)) == [value, 1, ListValue((2, 3)), 2, 3, 4, 5]


def test_dependencies_in_source_order() -> None:
    loaded = load_texts(
        "enum E { A }\nexception X {}\nstruct T { 1: i32 a }\nservice W {}\n"
        "struct S { 1: map<E, list<T>> a, 2: i32 b, 3: T t = {'a': 1} }\n"
        "service V extends W { T f(1: E e) throws (1: X x) }"
    )
    assert [id.name for id in dependencies(declared(loaded, "S"))] == ["E", "T", "T", "T"]
    assert [id.name for id in dependencies(declared(loaded, "V"))] == ["W", "T", "E", "X"]


def test_fields_of_methods_too() -> None:
    loaded = load_texts("exception X {}\nservice V { void f(1: i32 a) throws (1: X b), void g(1: i32 c) }")
    assert [field.name for field in fields(declared(loaded, "V"))] == ["a", "b", "c"]


def test_an_alias_is_not_followed_until_asked() -> None:
    loaded = load_texts("typedef T U\ntypedef list<i32> T\nstruct S { 1: U u }", strict=True)
    record = declared(loaded, "S")
    assert isinstance(record, Record)
    type = record.fields[0].type
    assert list(parts(type)) == [ref("U", "main.thrift")]
    assert isinstance(type, Ref)
    assert loaded.schema is not None
    assert loaded.schema.resolve(type) == ListOf(I32)
