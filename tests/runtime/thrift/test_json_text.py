"""dump_json and load_json: the form of Kitex's JSON generic, both ways."""

from __future__ import annotations

import json
from array import array
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kitexgen.runtime.contract.model import FrozenMap, Struct
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.thrift import dump_json, load_json
from tests.builders.records import ALL, Choice, Color, Containers, Key, KeyChoice, NotFound, Scalars, User
from tests.strategies.values import records

# The classes without their types, for values that do not fit.
U: Any = User
S: Any = Scalars
C: Any = Containers

any_record = st.one_of([records(cls) for cls in ALL])

EMPTY = (
    '{"matrix":[],"by_key":{},"keys":[],"by_flag":{},"by_color":{},"by_ratio":{},"by_blob":{},"choices":[],"numbers":[]'
)


def containers(**changed: str) -> str:
    text = EMPTY
    for name, value in changed.items():
        old = next(part for part in (f'"{name}":[]', f'"{name}":{{}}') if part in text)
        text = text.replace(old, f'"{name}":{value}')
    return text + "}"


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(any_record)
def test_round_trip(record: Struct) -> None:
    try:
        text = dump_json(record)
    except EncodeError as error:
        assume("JSON has no" not in error.reason)
        raise
    assert load_json(type(record), text, refuse_unknown=True) == record
    assert load_json(type(record), text.encode()) == record
    assert load_json(type(record), dump_json(record, indent=2)) == record


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (User(id=2**63 - 1, name="é"), '{"id":9223372036854775807,"name":"é","tags":[]}'),
        (User(id=-(2**63)), '{"id":-9223372036854775808,"name":"","tags":[]}'),
        (User(id=1, name="a\udc80\U0001f600"), '{"id":1,"name":"a\\udc80\U0001f600","tags":[]}'),
        (User(id=1, manager=User(id=2)), '{"id":1,"name":"","tags":[],"manager":{"id":2,"name":"","tags":[]}}'),
        (
            Scalars(flag=True, ratio=1.0, blob=b"\x00\xff", uid=UUID(int=1), class_=Color(42), limit=7),
            '{"flag":true,"byte":0,"short":0,"word":0,"long":0,"ratio":1.0,"text":"","blob":"AP8=",'
            '"uid":"00000000-0000-0000-0000-000000000001","class":42,"limit":7}',
        ),
        (Choice(colors=[Color.RED]), '{"colors":[1]}'),
        (NotFound(code=1), '{"code":1}'),
        (Key(parts=("a",), sizes=FrozenMap({"a": 1})), '{"x":0,"parts":["a"],"sizes":{"a":1}}'),
        (Containers(by_flag={True: 1, False: 2}), containers(by_flag='{"true":1,"false":2}')),
        (Containers(by_color={Color.RED: {5}, Color(42): set()}), containers(by_color='{"1":[5],"42":[]}')),
        (Containers(by_ratio={1.5: UUID(int=0)}),
         containers(by_ratio='{"1.5":"00000000-0000-0000-0000-000000000000"}')),
        (Containers(by_blob={b"\xff": True}), containers(by_blob='{"/w==":true}')),
        (Containers(keys={KeyChoice(number=3)}), containers(keys='[{"number":3}]')),
        (Containers(numbers=array("i", [1, 2])), containers(numbers="[1,2]")),
        (
            Containers(by_key={Key(x=1): User(id=1)}),
            containers(by_key='{"{\\"x\\":1,\\"parts\\":[],\\"sizes\\":{}}":{"id":1,"name":"","tags":[]}}'),
        ),
        (Containers(deep={(1, 2): {frozenset({3}): "x"}}), containers()[:-1] + ',"deep":{"[1,2]":{"[3]":"x"}}}'),
    ],
)  # fmt: skip
def test_what_the_text_looks_like(record: Struct, text: str) -> None:
    assert dump_json(record) == text
    assert load_json(type(record), text) == record
    text.encode("utf-8")
    json.loads(text)


def test_indented() -> None:
    assert dump_json(NotFound(code=1), indent=2) == '{\n  "code": 1\n}'


@pytest.mark.parametrize(
    ("cls", "text", "record"),
    [
        (User, '{"id": "9223372036854775807"}', User(id=2**63 - 1)),
        (User, '{"id": 1e3, "name": null, "nope": [{}]}', User(id=1000)),
        (User, '{"id": 1, "id": 2}', User(id=2)),
        (User, b'{"id": 1, "name": "\xff"}', User(id=1, name="\udcff")),
        (User, bytearray(b'{"id": 1}'), User(id=1)),
        (Scalars, '{"ratio": 1, "uid": "ABCDEFAB-0000-0000-0000-000000000000"}',
         Scalars(ratio=1.0, uid=UUID("abcdefab-0000-0000-0000-000000000000"))),
    ],
)  # fmt: skip
def test_what_else_is_read(cls: type[Struct], text: str | bytes | bytearray, record: Struct) -> None:
    assert load_json(cls, text) == record


@pytest.mark.parametrize(
    ("cls", "text", "message"),
    [
        (User, "", "no JSON: Expecting value: line 1 column 1 (char 0)"),
        (User, "{", "no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (User, '{"id": NaN}', "no JSON: NaN is not a number there"),
        (User, "[]", "User: expected an object, got an array"),
        (User, "null", "User: expected an object, got null"),
        (User, "{}", "User: required field id is not set"),
        (User, '{"id": null}', "User: required field id is not set"),
        (User, '{"id": 1.5}', "User.id: expected a whole number, got a number"),
        (User, '{"id": "x"}', "User.id: expected a whole number, got a string"),
        (User, '{"id": true}', "User.id: expected a whole number, got true or false"),
        (User, '{"id": 9223372036854775808}', "User.id: 9223372036854775808 is out of range for i64"),
        (User, '{"id": 1, "tags": {}}', "User.tags: expected an array, got an object"),
        (User, '{"id": 1, "tags": ["", 1]}', "User.tags[1]: expected a string, got a number"),
        (User, '{"id": 1, "manager": {}}', "User.manager: required field id is not set"),
        (Scalars, '{"byte": "1"}', "Scalars.byte: expected a whole number, got a string"),
        (Scalars, '{"flag": 1}', "Scalars.flag: expected true or false, got a number"),
        (Scalars, '{"ratio": "1"}', "Scalars.ratio: expected a number, got a string"),
        (Scalars, '{"ratio": 1' + "0" * 400 + "}", "Scalars.ratio: the number is out of range for a double"),
        (Scalars, '{"blob": "A"}', "Scalars.blob: expected base64, padded"),
        (Scalars, '{"blob": "é"}', "Scalars.blob: expected base64, padded"),
        (Scalars, '{"uid": "1"}', "Scalars.uid: expected a UUID as 8-4-4-4-12 hexadecimal digits"),
        (Scalars, '{"uid": "' + "0" * 32 + '"}', "Scalars.uid: expected a UUID as 8-4-4-4-12 hexadecimal digits"),
        (Scalars, '{"class": "RED"}', "Scalars.class: expected a whole number, got a string"),
        (Choice, "{}", "Choice: exactly one field of union Choice must be set, none is"),
        (Containers, '{"by_flag": {"1": 1}}', 'Containers.by_flag["1"]: expected true or false, got a string'),
        (Containers, '{"by_color": {"01": []}}', 'Containers.by_color["01"]: expected a whole number, got a string'),
        (Containers, '{"by_color": {"1": [1, null]}}',
         'Containers.by_color["1"][1]: expected a whole number, got null'),
        (Containers, '{"by_ratio": {"nan": ""}}', 'Containers.by_ratio["nan"]: expected a number, got a string'),
        (Containers, '{"by_key": {"x": {}}}',
         'Containers.by_key["x"]: no JSON: Expecting value: line 1 column 1 (char 0)'),
    ],
)  # fmt: skip
def test_what_is_refused(cls: type[Struct], text: str, message: str) -> None:
    with pytest.raises(DecodeError) as caught:
        load_json(cls, text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (U(id=None), "User.id: expected i64, got None"),
        (U(id="1"), "User.id: expected int, got str"),
        (U(id=True), "User.id: expected int, got bool"),
        (U(id=2**63), "User.id: the number is out of range for i64"),
        (U(id=1, tags=["a", 1]), "User.tags[1]: expected str, got int"),
        (U(id=1, tags="ab"), "User.tags: expected list, got str"),
        (U(id=1, manager=Key()), "User.manager: expected User, got Key"),
        (S(text=None), "Scalars.text: expected string, got None"),
        (S(flag=1), "Scalars.flag: expected bool, got int"),
        (S(ratio="1"), "Scalars.ratio: expected float, got str"),
        (S(ratio=10**400), "Scalars.ratio: the number is out of range for a double"),
        (S(ratio=float("inf")), "Scalars.ratio: JSON has no inf"),
        (S(blob="x"), "Scalars.blob: expected bytes, got str"),
        (S(uid="x"), "Scalars.uid: expected UUID, got str"),
        (C(by_ratio={float("nan"): UUID(int=0)}), "Containers.by_ratio[nan]: JSON has no nan"),
    ],
)  # fmt: skip
def test_what_cannot_be_written(record: Struct, message: str) -> None:
    with pytest.raises(EncodeError) as caught:
        dump_json(record)
    assert str(caught.value) == message


def test_a_union_off_the_wire_with_no_field_cannot_be_written() -> None:
    union = Choice.__new__(Choice)
    union.number = union.user = union.colors = None
    with pytest.raises(EncodeError, match=r"^Choice: exactly one field of union Choice must be set, none is$"):
        dump_json(union)


def test_a_number_of_too_many_digits_is_an_error_of_ours() -> None:
    with pytest.raises(DecodeError, match=r"^no number of ours: "):
        load_json(User, '{"id": ' + "1" * 5000 + "}")


def test_depth_past_the_stack_is_an_error_of_ours() -> None:
    user = User(id=0)
    for _ in range(20_000):
        user = User(id=0, manager=user)
    with pytest.raises(EncodeError, match=r"^User: nested too deeply"):
        dump_json(user)
    with pytest.raises(DecodeError, match="nested too deeply"):
        load_json(User, '{"id":0,"manager":' * 20_000 + '{"id":0}' + "}" * 20_000)
    with pytest.raises(DecodeError, match="nested too deeply"):
        load_json(User, '{"id":0,"manager":' * 500 + '{"id":0}' + "}" * 500)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(Scalars.__match_args__), inner),
    max_leaves=6,
)


@given(st.sampled_from(ALL), json_values)
def test_any_json_is_read_or_refused(cls: type[Struct], value: Any) -> None:
    try:
        load_json(cls, json.dumps(value))
    except DecodeError:
        return


@given(st.sampled_from(ALL), st.text(max_size=20) | st.binary(max_size=20))
def test_any_text_is_read_or_refused(cls: type[Struct], text: str | bytes) -> None:
    try:
        load_json(cls, text)
    except DecodeError:
        return
