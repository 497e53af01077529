"""ProtoJSON beside what Google's own implementation can be asked: errors and their places, Any, extensions, limits."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from kitexgen.runtime import protobuf
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.wellknown import Any as AnyMessage
from kitexgen.runtime.wellknown import (
    Duration,
    Empty,
    FieldMask,
    ListValue,
    Struct,
    Timestamp,
    Value,
    anys,
    structs,
)
from tests.builders.generated import generate_code
from tests.builders.messages import generated

ONE = generated().module("messages_json.messages_json")
TWO = generated().module("messages2.messages2")
THREE = generated().module("messages3.messages3")
EDITION = generated().module("messages2023.messages2023")


def failure(error: type[Exception], call: Any) -> str:
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


READING = [
    (TWO.Inner, '{"id": "x"}', 'Inner.id: expected a whole number, got "x"'),
    (TWO.Inner, '{"id": true}', "Inner.id: expected a whole number, got true"),
    (TWO.Inner, '{"id": 2147483648}', "Inner.id: 2147483648 does not fit int32"),
    (
        TWO.Inner,
        '{"inner": {"inners": [{}, {"id": 1.5}]}}',
        "Inner.inner.inners[1].id: expected a whole number, got 1.5",
    ),
    (TWO.Inner, '{"name": 5}', "Inner.name: expected text, got 5"),
    (TWO.Inner, '{"name": "a\\ud800"}', "Inner.name: character 1 is half of a surrogate pair"),
    (TWO.Inner, '{"inner": {"nope": 1}}', 'Inner.inner: no such field: "nope"'),
    (TWO.Inner, '{"inners": {}}', "Inner.inners: expected an array, got an object"),
    (TWO.Inner, '{"inners": [null]}', "Inner.inners[0]: expected an object, got null"),
    (TWO.Inner, "[]", "Inner: expected an object, got an array"),
    (TWO.Inner, '{"id": 1, "id": 2}', 'an object has the name "id" twice'),
    (TWO.Inner, "{", "no JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    (TWO.Inner, b"\xff", "no JSON: byte 0 is not UTF-8"),
    (TWO.Inner, '{"id": Infinity}', "no JSON: Infinity is not a number there"),
    (TWO.Scalars, '{"aBool": 1}', "Scalars.aBool: expected true or false, got 1"),
    (TWO.Scalars, '{"aFloat": 3.5e38}', "Scalars.aFloat: 3.5e+38 does not fit float"),
    (TWO.Scalars, '{"someBytes": "a*"}', 'Scalars.someBytes: expected base64 text, got "a*"'),
    (TWO.Scalars, '{"aColor": "PINK"}', 'Scalars.aColor: expected a name or number of Color, got "PINK"'),
    (TWO.Scalars, '{"aColor": 7}', "Scalars.aColor: 7 has no name in Color, a closed enum"),
    (TWO.Scalars, '{"an_int32": 1, "anInt32": 2}', 'Scalars: "an_int32" and "anInt32" are the same field'),
    (TWO.Chosen, '{"number": 1, "text": ""}', 'Chosen: "number" and "text" are both of oneof choice'),
    (TWO.Maps, '{"inners": {"k": {"id": []}}}', 'Maps.inners["k"].id: expected a whole number, got an array'),
    (TWO.Maps, '{"byInt32": {"x": ""}}', 'Maps.byInt32["x"]: expected a whole number, got "x"'),
    (TWO.Maps, '{"colors": {"1": 0}}', 'Maps.colors["1"]: expected "true" or "false", got "1"'),
    (
        TWO.Maps,
        '{"byInt32": {"1": "", "1.0": ""}}',
        'Maps.byInt32["1.0"]: another spelling of this key stands there too',
    ),
    (
        Timestamp,
        '"1970-02-30T00:00:00Z"',
        'Timestamp: "1970-02-30T00:00:00Z" is no time of the calendar',
    ),
    (Duration, '"1"', 'Duration: expected seconds like 1.5s, got "1"'),
    (FieldMask, '"a,,b"', 'FieldMask: expected paths like user.homePage, got ""'),
    (Struct, '{"a": [1e999]}', 'Struct["a"][0]: inf does not fit double; "Infinity", "-Infinity" and "NaN" are text'),
]


@pytest.mark.parametrize(("cls", "text", "message"), READING)
def test_what_cannot_be_read(cls: Any, text: Any, message: str) -> None:
    assert failure(DecodeError, lambda: protobuf.from_json(cls, text)) == message


NO_UTF8 = "Scalars.a_string: character 1 is a surrogate: bytes that are no UTF-8 have no JSON"
NO_YEAR = "Timestamp: -62135596801 s and 0 ns are not within the years 1 to 9999, or no part of a second"
WRITING = [
    (TWO.Inner(id="x"), "Inner.id: expected int, got str"),
    (TWO.Inner(id=2**31), "Inner.id: 2147483648 does not fit int32"),
    (TWO.Inner(inner=TWO.Inner(inners=[TWO.Inner(name=b"")])), "Inner.inner.inners[0].name: expected str, got bytes"),
    (TWO.Inner(inner=5), "Inner.inner: expected Inner, got int"),
    (TWO.Scalars(a_bool="x"), "Scalars.a_bool: expected bool, got str"),
    (TWO.Scalars(a_double="1"), "Scalars.a_double: expected float, got str"),
    (TWO.Scalars(some_bytes="x"), "Scalars.some_bytes: expected bytes, got str"),
    (TWO.Scalars(a_color="RED"), "Scalars.a_color: expected Color, got str"),
    (TWO.Scalars(a_color=TWO.Color(9)), "Scalars.a_color: 9 has no name in Color, a closed enum"),
    (THREE.Scalars(an_int32=None), "Scalars.an_int32: expected int, got None"),
    (THREE.Scalars(an_int32=""), "Scalars.an_int32: expected int, got str"),
    (
        THREE.Scalars(a_string="a\udcff"),
        NO_UTF8,
    ),
    (THREE.Lists(bools={}), "Lists.bools: expected list, got dict"),
    (THREE.Maps(texts=["a"]), "Maps.texts: expected dict, got list"),
    (THREE.Maps(texts={5: "a"}), "Maps.texts[key 5]: expected str, got int"),
    (THREE.Maps(numbers={"a": "b"}), 'Maps.numbers["a"]: expected int, got str'),
    (TWO.Needed(), "Needed.id: required field id is not set"),
    (TWO.Needed(id=1, needed=TWO.Needed()), "Needed.needed.id: required field id is not set"),
    (
        Timestamp(seconds=-62135596801),
        NO_YEAR,
    ),
    (Timestamp(nanos=-1), "Timestamp: 0 s and -1 ns are not within the years 1 to 9999, or no part of a second"),
    (Duration(seconds=1, nanos=-1), "Duration: 1 s and -1 ns are longer than 10,000 years, or have different signs"),
    (FieldMask(paths=["a_1"]), 'FieldMask: the path "a_1" is another one when it is read back from JSON'),
    (FieldMask(paths=["aB"]), 'FieldMask: the path "aB" is another one when it is read back from JSON'),
    (FieldMask(paths=["a__b"]), 'FieldMask: the path "a__b" is another one when it is read back from JSON'),
    (FieldMask(paths=["a_"]), 'FieldMask: the path "a_" is another one when it is read back from JSON'),
    (FieldMask(paths=["a,b"]), 'FieldMask: the path "a,b" is another one when it is read back from JSON'),
    (Value(number_value=float("inf")), "Value: Infinity in a Value: JSON has no such number"),
    (AnyMessage(type_url="a/b.C"), 'Any: an Any of "a/b.C", which is none of `types`'),
    (AnyMessage(value=b"x"), 'Any: an Any of "", which is none of `types`'),
]


@pytest.mark.parametrize(("message", "text"), WRITING)
def test_what_cannot_be_written(message: Any, text: str) -> None:
    assert failure(EncodeError, lambda: protobuf.to_json(message)) == text


def test_two_fields_of_a_oneof_are_not_written() -> None:
    message = TWO.Chosen(number=1)
    message.text = "x"
    expected = "Chosen: one field of oneof choice may be set, 2 are: number, text"
    assert failure(EncodeError, lambda: protobuf.to_json(message)) == expected


def test_what_is_no_message() -> None:
    assert failure(TypeError, lambda: protobuf.to_json(5)) == "expected a message, got int"  # type: ignore[arg-type]
    assert failure(TypeError, lambda: protobuf.from_json(int, "5")) == "expected a message class, got <class 'int'>"  # type: ignore[type-var]


def test_layout() -> None:
    message = TWO.Inner(id=1, name="é", inners=[TWO.Inner()])
    assert protobuf.to_json(message) == '{"id":1,"name":"é","inners":[{}]}'
    assert protobuf.to_json(TWO.Inner(id=1), indent=2) == '{\n  "id": 1\n}'
    assert protobuf.from_json(TWO.Inner, '{"name": "é"}'.encode()) == TWO.Inner(name="é")
    assert protobuf.from_json(TWO.Inner, bytearray(b" {} ")) == TWO.Inner()


def test_a_name_that_is_empty_is_a_name(tmp_path: Path) -> None:
    idl = tmp_path / "evil.proto"
    idl.write_text('syntax = "proto3"; message Evil { int32 empty_string = 1 [json_name = ""]; }')
    (cls,) = generate_code([idl], tmp_path / "out").records()
    assert protobuf.to_dict(cls(empty_string=1)) == {"": 1}
    assert protobuf.from_dict(cls, {"": 1}) == cls(empty_string=1)


def test_dicts() -> None:
    message = THREE.Scalars(an_int64=2**53 + 1, some_bytes=b"\xfb\xff", a_color=THREE.Color.BLUE, a_float=0.1)
    plain = {"anInt64": "9007199254740993", "aFloat": 0.1, "someBytes": "+/8=", "aColor": "BLUE"}
    assert protobuf.to_dict(message) == plain
    assert protobuf.from_dict(THREE.Scalars, plain | {"someBytes": "-_8"}) == protobuf.decode(
        THREE.Scalars, protobuf.encode(message)
    )
    assert protobuf.to_dict(structs.from_dict({"a": [None, 1, "x"]})) == {"a": [None, 1.0, "x"]}
    assert protobuf.to_dict(ListValue()) == []
    assert protobuf.to_dict(Value()) is None
    assert protobuf.from_dict(Value, {"a": (1, 2)}) == structs.from_plain({"a": [1, 2]})
    assert protobuf.from_dict(TWO.Inner, {5: 1}, discard_unknown=True) == TWO.Inner()
    assert failure(DecodeError, lambda: protobuf.from_dict(TWO.Inner, {5: 1})) == "Inner: no such field: 5"
    assert failure(DecodeError, lambda: protobuf.from_dict(Struct, {5: 1})) == "Struct[5]: expected text, got 5"
    assert failure(DecodeError, lambda: protobuf.from_dict(Value, b"x")) == "Value: expected a value of JSON, got bytes"


def test_names_of_enums_are_those_of_the_idl() -> None:
    message = ONE.Named(kinds=[ONE.Kind(0), ONE.Kind(1), ONE.Kind(2), ONE.Kind(3)])
    assert protobuf.to_dict(message) == {"kinds": ["PLAIN", "FIRST", "None", "mro"]}
    assert protobuf.from_dict(ONE.Named, {"kinds": ["PLAIN", "ALSO_FIRST", "None", "mro"]}) == message


def test_unknown_names_are_discarded_on_request() -> None:
    text = '{"id": 1, "nope": {"deep": [1]}, "[x.y]": 1, "inners": [{"x": 1}]}'
    assert protobuf.from_json(TWO.Inner, text, discard_unknown=True) == TWO.Inner(id=1, inners=[TWO.Inner()])
    text = '{"kind": "NOPE", "kinds": ["NOPE", "FIRST"], "kindMap": {"a": "NOPE", "b": "FIRST"}}'
    first = ONE.Kind.FIRST
    read = protobuf.from_json(ONE.Named, text, discard_unknown=True)
    assert read == ONE.Named(kinds=[first], kind_map={"b": first})
    assert failure(DecodeError, lambda: protobuf.from_json(ONE.Named, '{"kind": 77}', discard_unknown=True)) == (
        "Named.kind: 77 has no name in Kind, a closed enum"
    )


def test_extensions() -> None:
    known = [ONE.number, ONE.list_, ONE.kind_ext, TWO.number_ext]
    message = ONE.Named(home_page=1)
    protobuf.set_extension(message, ONE.number, 2**60)
    protobuf.set_extension(message, ONE.list_, [ONE.Named(home_page=2)])
    protobuf.set_extension(message, ONE.kind_ext, ONE.Kind.FIRST)
    plain = {
        "homePage": 1,
        "[messages_json.number]": str(2**60),
        "[messages_json.list]": [{"homePage": 2}],
        "[messages_json.kind_ext]": "FIRST",
    }
    assert protobuf.to_dict(message, extensions=known) == plain
    assert protobuf.to_dict(message, use_proto_names=True, extensions=[]) == {"home_page": 1}
    read = protobuf.from_dict(ONE.Named, plain, extensions=known)
    assert protobuf.encode(read) == protobuf.encode(message)
    assert protobuf.from_dict(ONE.Named, {"[messages_json.number]": None}, extensions=known) == ONE.Named()
    for data, text in (
        ({"[messages_json.number]": "x"}, 'Named[messages_json.number]: expected a whole number, got "x"'),
        ({"[messages_json.nope]": 1}, 'Named: no such field: "[messages_json.nope]"'),
        ({"[messages2.number_ext]": 1}, 'Named: no such field: "[messages2.number_ext]"'),
    ):
        assert failure(DecodeError, lambda data=data: protobuf.from_dict(ONE.Named, data, extensions=known)) == text


def test_an_extension_whose_bytes_are_bad() -> None:
    message = ONE.Named()
    message.__unknown__ = b"\xaa\x06\x01\xff"  # field 101, a message that ends within a tag
    with pytest.raises(EncodeError, match=r"^Named\[messages_json\.list\]: "):
        protobuf.to_dict(message, extensions=[ONE.list_])


def test_a_message_set() -> None:
    old = TWO.HoldsOld(old=TWO.Old())
    protobuf.set_extension(old.old, TWO.in_old, TWO.Inner(id=5))
    plain = {"old": {"[messages2.in_old]": {"id": 5}}}
    assert protobuf.to_dict(old, extensions=[TWO.in_old]) == plain
    assert protobuf.from_dict(TWO.HoldsOld, plain, extensions=[TWO.in_old]) == old


ANY = "type.googleapis.com/"


def test_any() -> None:
    types = [TWO.Inner, TWO.Needed, Timestamp, AnyMessage, Empty]
    inner = anys.pack(TWO.Inner(id=5))
    plain = {"@type": f"{ANY}messages2.Inner", "id": 5}
    assert protobuf.to_dict(inner, types=types) == plain
    assert protobuf.from_dict(AnyMessage, plain, types=types) == inner
    assert protobuf.to_dict(anys.pack(inner), types=types) == {"@type": f"{ANY}google.protobuf.Any", "value": plain}
    assert protobuf.to_dict(anys.pack(Empty()), types=types) == {"@type": f"{ANY}google.protobuf.Empty"}
    # Go writes it so.
    assert protobuf.from_dict(
        AnyMessage, {"@type": f"{ANY}google.protobuf.Empty", "value": {}}, types=types
    ) == anys.pack(Empty())
    assert protobuf.to_dict(AnyMessage()) == {}
    assert protobuf.from_dict(AnyMessage, {}) == AnyMessage()
    bad = {
        "Any: an Any needs @type, the URL of its type": {"id": 5},
        "Any: @type is text": {"@type": 5},
        'Any: an Any of "messages2.Inner", which is none of `types`': {"@type": "messages2.Inner"},
        'Any: an Any of "/messages2.Inner", which is none of `types`': {"@type": "/messages2.Inner"},
        'Any.id: expected a whole number, got "x"': plain | {"id": "x"},
        'Any: no such field: "value"': {"@type": f"{ANY}messages2.Inner", "value": {}},
        "Any: what is in the Any cannot be written: Needed.id: required field id is not set": {
            "@type": f"{ANY}messages2.Needed"
        },
        'Any: an Any of "x/google.protobuf.Timestamp" has only its value, and no "b"': {
            "@type": "x/google.protobuf.Timestamp",
            "value": "1970-01-01T00:00:00Z",
            "b": 1,
        },
        'Any.value: expected a time like 1972-01-01T10:00:20.021Z, got "x"': {
            "@type": "x/google.protobuf.Timestamp",
            "value": "x",
        },
    }
    for text, data in bad.items():
        assert failure(DecodeError, lambda data=data: protobuf.from_dict(AnyMessage, data, types=types)) == text
    spoiled = AnyMessage(type_url=inner.type_url, value=b"\xff")
    assert failure(EncodeError, lambda: protobuf.to_dict(spoiled, types=types)).startswith(
        f'Any: an Any of "{inner.type_url}" holds bytes that are none: Inner'
    )


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (Timestamp(), "1970-01-01T00:00:00Z"),
        (Timestamp(seconds=-62135596800), "0001-01-01T00:00:00Z"),
        (Timestamp(seconds=253402300799, nanos=999_999_999), "9999-12-31T23:59:59.999999999Z"),
        (Timestamp(nanos=20_000_000), "1970-01-01T00:00:00.020Z"),
        (Timestamp(nanos=20_000), "1970-01-01T00:00:00.000020Z"),
        (Timestamp(nanos=100), "1970-01-01T00:00:00.000000100Z"),
        (Timestamp(seconds=-1, nanos=1), "1969-12-31T23:59:59.000000001Z"),
        (Duration(), "0s"),
        (Duration(seconds=-3, nanos=-100_000_000), "-3.100s"),
        (Duration(nanos=-1), "-0.000000001s"),
        (Duration(seconds=315576000000), "315576000000s"),
        (FieldMask(), ""),
        (FieldMask(paths=["user.home_page", "x1"]), "user.homePage,x1"),
    ],
)
def test_well_known_texts(message: Any, text: str) -> None:
    assert protobuf.to_dict(message) == text
    assert protobuf.from_dict(type(message), text) == message


def nested(levels: int) -> Any:
    message = TWO.Inner(id=1)
    for _ in range(levels):
        message = TWO.Inner(inner=message)
    return message


def test_as_many_messages_within_each_other_as_on_the_wire() -> None:
    text = protobuf.to_json(nested(100))
    assert (
        protobuf.from_json(TWO.Inner, text) == nested(100) == protobuf.decode(TWO.Inner, protobuf.encode(nested(100)))
    )
    too_deep = text.replace('{"id":1}', '{"inner":{"id":1}}')
    assert "more than 100 messages within each other" in failure(EncodeError, lambda: protobuf.to_json(nested(101)))
    assert "more than 100 messages within each other" in failure(
        DecodeError, lambda: protobuf.from_json(TWO.Inner, too_deep)
    )


def test_a_message_that_contains_itself() -> None:
    message = TWO.Inner()
    message.inner = message
    with pytest.raises(EncodeError, match="more than 100 messages"):
        protobuf.to_json(message)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"struct":' + '{"a":' * 5_000 + "1" + "}" * 5_001,
        '{"struct":{"a":' + "[" * 60 + "]" * 60 + "}}",
        '{"nullValue":' + "1" * 10_000 + "}",
        '{"nullValue":1e999999999}',
        '{"nullValue":"1e999999999"}',
        '{"nullValue":"1e-999999999"}',
        '{"nullValue":"1' + "0" * 100_000 + '"}',
        '{"nullValue":"' + "-" * 100_000 + '1"}',
        '{"duration":"' + "9" * 100_000 + 's"}',
        '{"timestamp":"' + "9" * 100_000 + '"}',
        '{"any":' * 3_000 + "{}" + "}" * 3_000,
    ],
    ids=range(13),
)
def test_bombs(text: str) -> None:
    assert len(failure(DecodeError, lambda: protobuf.from_json(ONE.Special, text))) < 1_000


def test_a_stack_that_is_nearly_full() -> None:
    text = protobuf.to_json(nested(100))

    def deeper(levels: int) -> None:
        if levels:
            deeper(levels - 1)
            return
        with pytest.raises(DecodeError, match="stack"):
            protobuf.from_json(TWO.Inner, text)
        with pytest.raises(EncodeError, match="stack"):
            protobuf.to_json(nested(100))

    here = 0
    frame: Any = sys._getframe()
    while frame:
        here, frame = here + 1, frame.f_back
    deeper(sys.getrecursionlimit() - here - 120)


def test_floats_have_few_digits() -> None:
    values = [0.1, 1e10, 3.4028234663852886e38, 1.401298464324817e-45, 16777216.0, -0.0, 1 / 3, 1e300, -1e300]
    written = protobuf.to_dict(THREE.Lists(floats=values))["floats"]
    assert json.dumps(written) == (
        '[0.1, 10000000000.0, 3.4028235e+38, 1.4013e-45, 16777216.0, -0.0, 0.33333334, "Infinity", "-Infinity"]'
    )
    assert protobuf.to_dict(THREE.Scalars(a_double=-0.0)) == {"aDouble": -0.0}


def test_text_that_may_be_no_utf8_has_json_when_it_is() -> None:
    message = EDITION.Mixed(needed=1, unchecked="é")
    assert protobuf.to_dict(message) == {"needed": 1, "unchecked": "é"}
    message.unchecked = "\udcff"
    with pytest.raises(EncodeError, match=r"^Mixed\.unchecked: character 0 is a surrogate"):
        protobuf.to_dict(message)
