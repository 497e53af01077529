"""describe: what the IDL says, at run time."""

from __future__ import annotations

from typing import Any

import pytest

from kitexgen.runtime import describe
from kitexgen.runtime.contract.model import FrozenMap, Struct
from kitexgen.runtime.model.describe import (
    EnumDescription,
    FieldDescription,
    MemberDescription,
    RecordDescription,
    RecordType,
    ScalarType,
)
from tests.builders.records import Choice, Color, Containers, Kept, Key, NotFound, Scalars, User


def test_a_record() -> None:
    description = describe(User)
    assert isinstance(description, RecordDescription)
    assert (description.kind, description.name, description.source) == ("struct", "User", "sink.thrift:17")
    assert description.annotations == {"table": ("users",)}
    assert description.fields[1] == FieldDescription(
        id=2,
        name="name",
        attribute="name",
        type=ScalarType("string"),
        requirement="default",
        annotations=FrozenMap({"api.query": ("name",), "go.tag": ("a", "b")}),
    )
    assert [field.requirement for field in description.fields] == ["required", "default", "default", "optional"]
    assert description.fields[3].type == RecordType(User)


@pytest.mark.parametrize(
    ("cls", "kind", "keeps"),
    [(Choice, "union", False), (NotFound, "exception", False), (Kept, "struct", True), (Key, "struct", False)],
)
def test_kinds(cls: type[Struct], kind: str, keeps: bool) -> None:
    assert (describe(cls).kind, describe(cls).keeps_unknown_fields) == (kind, keeps)


def test_types_print_as_thrift() -> None:
    assert {field.name: str(field.type) for field in describe(Containers).fields} == {
        "matrix": "list<list<double>>",
        "by_key": "map<Key, User>",
        "keys": "set<KeyChoice>",
        "by_flag": "map<bool, i8>",
        "by_color": "map<Color, set<i32>>",
        "by_ratio": "map<double, uuid>",
        "by_blob": "map<binary, bool>",
        "choices": "list<Choice>",
        "numbers": "list<i32>",
        "deep": "map<list<i32>, map<set<i64>, string>>",
    }


def test_escaped_names() -> None:
    field = next(field for field in describe(Scalars).fields if field.id == 10)
    assert (field.name, field.attribute) == ("class", "class_")


def test_an_enum() -> None:
    assert describe(Color) == EnumDescription(
        name="Color",
        source="sink.thrift:1",
        members=(
            MemberDescription("RED", "RED", 1, FrozenMap()),
            MemberDescription("GREEN", "GREEN", 2, FrozenMap({"colour": ("2", "3")})),
            MemberDescription("VERT", "VERT", 2, FrozenMap()),
        ),
        annotations=FrozenMap(),
    )


def test_a_class_derived_elsewhere_is_described_as_its_base() -> None:
    class Employee(User):
        __slots__ = ()

    assert describe(Employee) == describe(User)


@pytest.mark.parametrize("thing", [Struct, int, 1, User(id=1), None])
def test_anything_else_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match=r"describe\(\) takes a generated record, enum or service class"):
        describe(thing)
