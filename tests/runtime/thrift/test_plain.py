"""to_dict, from_dict and replace."""

from __future__ import annotations

from array import array
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.contract.model import FrozenMap, Struct
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.thrift import from_dict, replace, to_dict
from tests.builders.records import (
    ALL,
    Choice,
    Color,
    Containers,
    Kept,
    Key,
    KeyChoice,
    NotFound,
    Scalars,
    User,
)
from tests.strategies.values import records

any_record = st.one_of([records(cls) for cls in ALL])


@given(any_record)
def test_round_trip(record: Struct) -> None:
    assert from_dict(type(record), to_dict(record), refuse_unknown=True) == record
    assert from_dict(type(record), to_dict(record, keep_none=True)) == record


@pytest.mark.parametrize(
    ("record", "plain"),
    [
        (
            User(id=1, tags=["a"], manager=User(id=2)),
            {"id": 1, "name": "", "tags": ["a"], "manager": {"id": 2, "name": "", "tags": []}},
        ),
        (Choice(colors=[Color.RED, Color(42)]), {"colors": [Color.RED, Color(42)]}),
        (NotFound(code=1), {"code": 1}),
        (Kept(name="k"), {"name": "k"}),
        (Key(parts=("a",), sizes=FrozenMap({"a": 1})), {"x": 0, "parts": ["a"], "sizes": {"a": 1}}),
        (
            Containers(by_key={Key(x=1): User(id=1)}, keys={KeyChoice(text="t")}, numbers=array("i", [1, 2])),
            {
                "matrix": [],
                "by_key": {Key(x=1): {"id": 1, "name": "", "tags": []}},
                "keys": {KeyChoice(text="t")},
                "by_flag": {},
                "by_color": {},
                "by_ratio": {},
                "by_blob": {},
                "choices": [],
                "numbers": [1, 2],
            },
        ),
    ],
)
def test_what_a_dict_looks_like(record: Struct, plain: dict[str, Any]) -> None:
    assert to_dict(record) == plain
    assert from_dict(type(record), plain) == record


def test_none_is_kept_on_demand() -> None:
    assert to_dict(NotFound(code=1), keep_none=True) == {"code": 1, "message": None}


def test_keys_are_those_of_the_idl() -> None:
    assert to_dict(Scalars(class_=Color.RED))["class"] is Color.RED
    assert from_dict(Scalars, {"class": 1}).class_ is Color.RED


def test_the_dict_shares_no_container_with_the_record() -> None:
    user = User(id=1, tags=["a"])
    to_dict(user)["tags"].append("b")
    assert user.tags == ["a"]


@pytest.mark.parametrize(
    ("cls", "data", "record"),
    [
        (User, {"id": 1, "name": None, "nope": 1}, User(id=1)),
        (User, {"id": 1, "manager": User(id=2)}, User(id=1, manager=User(id=2))),
        (User, {"id": 1, "tags": ("a", "b")}, User(id=1, tags=["a", "b"])),
        (Scalars, {"ratio": 1, "blob": bytearray(b"b"), "class": Color.GREEN},
         Scalars(ratio=1.0, blob=b"b", class_=Color.GREEN)),
        (Containers, {"keys": [{"number": 1}, KeyChoice(text="t")]},
         Containers(keys={KeyChoice(number=1), KeyChoice(text="t")})),
        (Containers, {"numbers": [1, 2]}, Containers(numbers=array("i", [1, 2]))),
    ],
)  # fmt: skip
def test_what_else_is_taken(cls: type[Struct], data: dict[str, Any], record: Struct) -> None:
    assert from_dict(cls, data) == record


@pytest.mark.parametrize(
    ("cls", "data", "text"),
    [
        (User, {}, "User: required field id is not set"),
        (User, {"id": None}, "User: required field id is not set"),
        (User, {"id": True}, "User.id: expected int, got bool"),
        (User, {"id": 2**63}, "User.id: 9223372036854775808 is out of range for i64"),
        (User, {"id": 10**5000}, "User.id: a number of 16610 bits is out of range for i64"),
        (User, {"id": 1, "tags": "abc"}, "User.tags: expected a list, got str"),
        (User, {"id": 1, "tags": ["a", 2]}, "User.tags[1]: expected str, got int"),
        (User, {"id": 1, "manager": {"id": 1, "manager": 3}}, "User.manager.manager: expected a dict, got int"),
        (User, [], "User: expected a dict, got list"),
        (Scalars, {"byte": 128}, "Scalars.byte: 128 is out of range for i8"),
        (Scalars, {"short": -32769}, "Scalars.short: -32769 is out of range for i16"),
        (Scalars, {"class": 2**31}, "Scalars.class: 2147483648 is out of range for i32"),
        (Scalars, {"class": "RED"}, "Scalars.class: expected Color or int, got str"),
        (Scalars, {"flag": 1}, "Scalars.flag: expected bool, got int"),
        (Scalars, {"ratio": "1"}, "Scalars.ratio: expected float, got str"),
        (Scalars, {"ratio": 10**400}, "Scalars.ratio: the number is out of range for a double"),
        (Scalars, {"text": b"x"}, "Scalars.text: expected str, got bytes"),
        (Scalars, {"blob": "x"}, "Scalars.blob: expected bytes, got str"),
        (Scalars, {"uid": str(UUID(int=0))}, "Scalars.uid: expected UUID, got str"),
        (Choice, {}, "Choice: exactly one field of union Choice must be set, none is"),
        (Choice, {"number": 1, "colors": []},
         "Choice: exactly one field of union Choice must be set, 2 are: number, colors"),
        (Containers, {"by_flag": {1: 1}}, "Containers.by_flag[1]: expected bool, got int"),
        (Containers, {"by_flag": {True: 300}}, "Containers.by_flag[True]: 300 is out of range for i8"),
        (Containers, {"by_flag": []}, "Containers.by_flag: expected a dict, got list"),
    ],
)  # fmt: skip
def test_what_is_refused(cls: type[Struct], data: Any, text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        from_dict(cls, data)
    assert str(caught.value) == text


def test_unknown_keys_are_refused_on_demand_at_any_depth() -> None:
    data = {"id": 1, "manager": {"id": 2, "nmae": "", "x": 1}}
    assert from_dict(User, data) == User(id=1, manager=User(id=2))
    with pytest.raises(DecodeError, match=r"^User\.manager: no such field: nmae, x$"):
        from_dict(User, data, refuse_unknown=True)


@pytest.mark.parametrize("cls", [Struct, Color, int, User(id=1)])
def test_only_record_classes_are_built(cls: Any) -> None:
    with pytest.raises(TypeError, match="expected a generated record class, got"):
        from_dict(cls, {})


def test_only_records_become_dicts() -> None:
    with pytest.raises(TypeError, match=r"to_dict\(\) takes a record, got Color"):
        to_dict(Color.RED)  # type: ignore[arg-type]


def test_depth_past_the_stack_is_an_error_of_ours() -> None:
    user = User(id=0)
    data: dict[str, Any] = {"id": 0}
    for _ in range(20_000):
        user, data = User(id=0, manager=user), {"id": 0, "manager": data}
    with pytest.raises(EncodeError, match=r"^User: nested too deeply"):
        to_dict(user)
    with pytest.raises(DecodeError, match=r"^User: nested too deeply"):
        from_dict(User, data)


def test_replace_makes_a_changed_copy() -> None:
    user = User(id=1, tags=["a"])
    changed = replace(user, id=2)
    assert (changed, user) == (User(id=2, tags=["a"]), User(id=1, tags=["a"]))
    assert changed.tags is user.tags
    assert replace(Key(x=1), x=2) == Key(x=2)
    kept = Kept(name="a")
    kept.__unknown__ = b"\x02\x00\x01\x01"
    assert replace(kept, name="b").__unknown__ == kept.__unknown__


def test_replace_takes_attributes_only() -> None:
    with pytest.raises(TypeError, match="nope"):
        replace(User(id=1), nope=1)
    with pytest.raises(TypeError, match=r"replace\(\) takes a record, got int"):
        replace(1, id=1)  # type: ignore[type-var]
