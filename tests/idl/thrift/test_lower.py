from __future__ import annotations

import pytest

from kitexgen.schema import (
    Alias,
    DeclId,
    Enum,
    ListOf,
    ModuleId,
    Record,
    Ref,
    Requirement,
    Scalar,
    ScalarKind,
    Service,
    Streaming,
)
from tests.builders.idl import codes, declared, load_texts


def test_requirements() -> None:
    loaded = load_texts(
        "struct S { 1: required i32 a, 2: i32 b, 3: optional i32 c }\nunion U { 1: required i32 a, 2: i32 b }\n"
        "exception E {}\nservice V { void f(1: optional i32 a, 2: required i32 b) throws (1: required E e, 2: E f) }"
    )
    struct, union, service = (declared(loaded, name) for name in ("S", "U", "V"))
    assert isinstance(struct, Record)
    assert isinstance(union, Record)
    assert isinstance(service, Service)
    assert [field.requirement.value for field in struct.fields] == ["required", "default", "optional"]
    assert {field.requirement for field in union.fields} == {Requirement.OPTIONAL}
    method = service.methods[0]
    assert [field.requirement.value for field in method.arguments] == ["default", "required"]
    assert {field.requirement for field in method.throws} == {Requirement.OPTIONAL}


def test_annotations_keep_all_values_in_order() -> None:
    loaded = load_texts('struct S { 1: list<i32 (a = "t")> x (k = "1", other = "2", k = "3") } (bare)')
    record = declared(loaded, "S")
    assert isinstance(record, Record)
    assert [(one.key, one.values) for one in record.annotations] == [("bare", ("1",))]
    field = record.fields[0]
    assert [(one.key, one.values) for one in field.annotations] == [("k", ("1", "3")), ("other", ("2",))]
    assert isinstance(field.type, ListOf)
    assert [one.key for one in field.type.element.annotations] == ["a"]


def test_enum_numbers_count_on() -> None:
    enum = declared(load_texts("enum E { A, B = 5, C, D = -2, F }"), "E")
    assert isinstance(enum, Enum)
    assert [member.number for member in enum.members] == [0, 5, 6, -2, -1]


@pytest.mark.parametrize("mode", [mode for mode in Streaming if mode is not Streaming.NONE])
def test_streaming(mode: Streaming) -> None:
    service = declared(load_texts(f'service S {{ string f(1: string a) (streaming.mode = "{mode.value}") }}'), "S")
    assert isinstance(service, Service)
    assert service.methods[0].streaming is mode


def test_byte_is_i8_and_aliases_are_kept() -> None:
    loaded = load_texts("typedef byte B\ntypedef B C")
    first, second = declared(loaded, "B"), declared(loaded, "C")
    assert isinstance(first, Alias)
    assert isinstance(second, Alias)
    assert first.type == Scalar(ScalarKind.I8)
    assert second.type == Ref(DeclId(ModuleId("main.thrift"), "B"))


def test_names_across_files() -> None:
    loaded = load_texts(
        {
            "main.thrift": 'include "dir/a.b.thrift"\nservice S extends a.b.Base { a.b.T f() }',
            "dir/a.b.thrift": 'include "c.thrift"\ntypedef c.X T\nservice Base {}',
            "dir/c.thrift": "struct X {}",
        },
        strict=True,
    )
    service = declared(loaded, "S")
    assert isinstance(service, Service)
    assert service.base == DeclId(ModuleId("dir/a.b.thrift"), "Base")
    assert loaded.schema is not None
    result = service.methods[0].result
    assert result is not None
    assert loaded.schema.resolve(result) == Ref(DeclId(ModuleId("dir/c.thrift"), "X"))
    assert [module.id.path for module in loaded.schema.modules] == ["dir/c.thrift", "dir/a.b.thrift", "main.thrift"]


def test_includes_of_includes_cannot_be_seen() -> None:
    loaded = load_texts(
        {
            "main.thrift": 'include "a.thrift"\nstruct S { 1: c.X x }',
            "a.thrift": 'include "c.thrift"\nstruct A { 1: c.X x }',
            "c.thrift": "struct X {}",
        }
    )
    assert "KX0212" in codes(loaded)


def test_all_mistakes_in_one_go_and_none_twice() -> None:
    """What refers to a broken declaration is not reported again."""
    loaded = load_texts(
        "typedef Nope Broken\nstruct S { 1: Broken a, 2: list<Broken> b, 3: Missing c, 4: i8 d = 1000 }\n"
        "const Broken X = 5\nconst i32 Y = X\nconst S Z = {'a': 1, 'b': [Y]}\n"
        "service V extends W { Broken f(1: Missing a) }"
    )
    assert codes(loaded) == ["KX0210", "KX0210", "KX0302", "KX0232", "KX0210"]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"typedef T{n} T{n + 1}" for n in range(20_000)) + "\ntypedef i32 T0",
        "\n".join(f"typedef T{n} T{(n + 1) % 5000}" for n in range(5000)),
        "\n".join(f"typedef list<T{n}> T{n + 1}" for n in range(5000)) + "\ntypedef i32 T0",
        "\n".join(f"struct S{n} {{ 1: required S{n + 1} s }}" for n in range(5000)) + "\nstruct S5000 {}",
        "\n".join(f"service S{n} extends S{(n + 1) % 3000} {{}}" for n in range(3000)),
        "struct S { 1: " + "list<" * 3000 + "i32" + ">" * 3000 + " a }",
        "const list<i32> X = " + "[" * 3000 + "]" * 3000,
        "struct N { 1: optional N n }\nconst N X = " + '{"n": ' * 3000 + "{}" + "}" * 3000,
    ],
    ids=["aliases", "cycle", "nested aliases", "structs", "services", "type", "list", "struct value"],
)
def test_depth_is_bounded(text: str) -> None:
    """An answer, whatever it is, and never a RecursionError."""
    loaded = load_texts(text)
    assert (loaded.schema is None) == loaded.report.has_errors
