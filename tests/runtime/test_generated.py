"""The hand-written records of the tests are what the generator prints; generated ones behave and travel alike."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitexgen.codegen.options import GenerateOptions
from kitexgen.runtime import describe, which
from kitexgen.runtime.contract.model import Struct
from kitexgen.runtime.errors import DecodeError, EncodeError, UnionError
from kitexgen.runtime.thrift import decode, dump_json, encode, load_json
from tests.builders import records as by_hand
from tests.builders.codecs import codec
from tests.builders.generated import generate_code, generate_text
from tests.strategies.values import records

__all__ = ["codec"]

IDL = Path(by_hand.__file__).with_suffix(".thrift")

# The class `KeyError` is called `KeyError_` there, because the module is checked by tools that know the builtin.
HAND_WRITTEN: list[type[Struct]] = [cls for cls in by_hand.ALL if cls not in (by_hand.Kept, by_hand.KeptKey)]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return generate_code([IDL], tmp_path_factory.mktemp("records")).module("records.records")


def twin_of(generated: ModuleType, cls: type[Struct]) -> Any:
    return getattr(generated, cls.__schema__[1])


def comparable(cls: type[Struct]) -> list[object]:
    """What the IDL says of `cls`, but where it says so. Classes within differ by module: types are compared as text."""
    description = describe(cls)
    fields = [
        (field.id, field.name, field.attribute, str(field.type), field.requirement, field.annotations)
        for field in description.fields
    ]
    return [description.kind, description.name, description.annotations, *fields]


@pytest.mark.parametrize("cls", HAND_WRITTEN)
def test_the_generator_prints_what_was_written_by_hand(generated: ModuleType, cls: type[Struct]) -> None:
    twin = twin_of(generated, cls)
    assert comparable(twin) == comparable(cls)
    assert [base.__name__ for base in twin.__mro__[1:]] == [base.__name__ for base in cls.__mro__[1:]]
    assert twin.__match_args__ == cls.__match_args__
    assert str(inspect.signature(twin)).replace("KeyError", "KeyError_") == str(inspect.signature(cls))


@pytest.mark.parametrize("cls", HAND_WRITTEN)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_generated_codec_writes_what_the_careful_one_writes(
    generated: ModuleType, cls: type[Struct], data: st.DataObject
) -> None:
    """Records written by hand have no generated codec."""
    record = data.draw(records(cls))
    sent = encode(record)
    twin = decode(twin_of(generated, cls), sent)
    assert decode(cls, encode(twin)) == record
    assert len(encode(twin)) == len(sent)


def test_unknown_fields_are_kept_where_generation_asks_for_it(tmp_path: Path) -> None:
    text = "struct Kept { 1: i32 a } struct Newer { 1: i32 a, 2: string b, 3: list<Kept> c }"
    module = generate_text(text, tmp_path, options=GenerateOptions(keep_unknown_fields=True)).module("main.main")
    sent = encode(module.Newer(a=1, b="b", c=[module.Kept(a=2)]))
    kept = decode(module.Kept, sent)
    assert kept.a == 1
    assert encode(kept) == sent
    assert describe(module.Kept).keeps_unknown_fields
    with pytest.raises(EncodeError):
        encode(_with_unknown(module.Kept(a=1), "no bytes"))


def _with_unknown(record: Any, unknown: object) -> Any:
    record.__unknown__ = unknown
    return record


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    text = """
    enum None { True = 1 (k = "v"), def = 2, name = 3, plain = 4 }
    const i32 SEVEN = 7
    struct Defaults {
      1: i32 a = SEVEN
      2: optional string b = "b"
      3: list<i32> c = [1, 2]
      4: map<string, list<i32>> d = {"k": [3]}
      5: Inner e = {"x": 5}
      6: optional list<i32> f = [4]
      7: required bool g = true
      8: None h = None.def
      9: optional None i
    }
    struct Inner { 1: i32 x }
    struct Names {
      1: i32 class, 2: i32 self, 3: string encode, 4: string __slots, 5: i32 int, 6: list<i32> list, 7: string None
    }
    exception Escaped { 1: string args, 2: string with_traceback, 3: string add_note }
    """
    return generate_text(text, tmp_path_factory.mktemp("odd")).module("main.main")


def test_defaults_are_those_of_the_idl_and_fresh_each_time(odd: ModuleType) -> None:
    record = odd.Defaults(g=True)
    assert (record.a, record.b, record.c, record.d, record.f) == (7, "b", [1, 2], {"k": [3]}, [4])
    assert record.e == odd.Inner(x=5)
    assert record.i is None
    record.c.append(3)
    record.d["k"].append(4)
    record.e.x = 6
    assert odd.Defaults(g=True) == decode(odd.Defaults, b"\x02\x00\x07\x01\x00")
    assert odd.Defaults(g=True).c == [1, 2]
    assert odd.Defaults(g=True).d == {"k": [3]}
    assert odd.Defaults(g=True).e == odd.Inner(x=5)


def test_what_differs_from_a_default_comes_back(odd: ModuleType) -> None:
    record = odd.Defaults(g=False, a=0, b="", c=[], d={}, e=odd.Inner(), f=[])
    assert decode(odd.Defaults, encode(record)) == record
    assert load_json(odd.Defaults, dump_json(record)) == record


def test_any_field_name_works(odd: ModuleType) -> None:
    names = [field.name for field in describe(odd.Names).fields]
    assert names == ["class", "self", "encode", "__slots", "int", "list", "None"]
    record = odd.Names()
    for field in describe(odd.Names).fields:
        value: Any = {"i32": 5, "string": "s"}.get(str(field.type), [5])
        setattr(record, field.attribute, value)
    assert decode(odd.Names, encode(record)) == record
    assert repr(record) == ("Names(class=5, self=5, encode='s', __slots='s', int=5, list=[5], None='s')")


def test_members_of_enums_keep_their_names(odd: ModuleType) -> None:
    members = describe(odd.None_).members
    assert [(each.name, each.attribute, each.number) for each in members] == [
        ("True", "True_", 1),
        ("def", "def_", 2),
        ("name", "name_", 3),
        ("plain", "plain", 4),
    ]
    assert [each.annotations for each in members] == [{"k": ("v",)}, {}, {}, {}]


def test_exceptions_stay_exceptions_whatever_their_fields_are_called(odd: ModuleType) -> None:
    error = odd.Escaped(**{field.attribute: field.name for field in describe(odd.Escaped).fields})
    with pytest.raises(odd.Escaped) as caught:
        raise error
    caught.value.add_note("a note")
    assert caught.value.args == ()
    assert str(error) == "args='args', with_traceback='with_traceback', add_note='add_note'"
    assert decode(odd.Escaped, encode(error)) == error


def test_unions_of_generated_code(generated: ModuleType) -> None:
    for values in ({}, {"number": 1, "colors": []}):
        with pytest.raises(UnionError):
            generated.Choice(**values)
    assert which(decode(generated.Choice, b"\x00")) is None
    with pytest.raises(EncodeError, match=r"^Choice: "):
        encode(decode(generated.Choice, b"\x00"))


def test_a_thousand_generated_records_within_each_other(generated: ModuleType) -> None:
    user = generated.User(id=0)
    for level in range(1000):
        user = generated.User(id=level, manager=user)
    for protocol in ("binary", "compact"):
        assert decode(generated.User, encode(user, protocol=protocol), protocol=protocol) == user
    for level in range(50_000):
        user = generated.User(id=level, manager=user)
    with pytest.raises(EncodeError):
        encode(user)
    with pytest.raises(DecodeError):
        decode(generated.User, b"\x0a\x00\x01" + bytes(8) + b"\x0b\x00\x02" + bytes(4) + (b"\x0c\x00\x04" * 60_000))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"id": None}, "User.id: expected int, got None"),
        ({"tags": ["a", 3]}, "User.tags[1]: expected str, got int"),
        ({"name": None}, "User.name: expected str, got None"),
        ({"manager": 5}, "User.manager: expected User, got int"),
    ],
)
def test_errors_are_those_of_the_careful_codec(generated: ModuleType, change: dict[str, Any], text: str) -> None:
    user = generated.User(id=1)
    for name, value in change.items():
        setattr(user, name, value)
    with pytest.raises(EncodeError) as caught:
        encode(user)
    assert str(caught.value) == text
    with pytest.raises(DecodeError) as refused:
        decode(generated.User, b"\x00")
    assert str(refused.value) == "User: required field id is not set"
