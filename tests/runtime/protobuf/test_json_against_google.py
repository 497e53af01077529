"""ProtoJSON is that of Google's json_format: both ways, all options, and what is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitexgen.runtime import protobuf
from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wellknown import BoolValue, Duration, Empty, Value
from tests.builders.messages import Pair, pairs
from tests.strategies.messages import PACKED, messages

json_format = pytest.importorskip("google.protobuf.json_format", reason="the peer")

PAIRS = {name: pair for name, pair in pairs().items() if "messages2.Old" not in name and "HoldsOld" not in name}


TYPES = [*PACKED, BoolValue, Duration, Empty, Value, PAIRS["messages_json.Named"].ours]


@st.composite
def values(draw: Any) -> tuple[Pair, Any]:
    pair = draw(st.sampled_from([*PAIRS.values()]))
    return pair, draw(messages(pair.ours, for_json=True))


def same_values(pair: Pair, ours: Any) -> Any:
    """Google's message of the same bytes."""
    return pair.theirs.FromString(protobuf.encode(ours))


def pool(pair: Pair) -> Any:
    return pair.theirs.DESCRIPTOR.file.pool


@settings(max_examples=150, suppress_health_check=[*HealthCheck])
@given(values(), st.booleans(), st.booleans(), st.booleans())
def test_google_writes_the_same(value: tuple[Pair, Any], names: bool, numbers: bool, defaults: bool) -> None:
    pair, ours = value
    text = protobuf.to_json(
        ours, use_proto_names=names, use_enum_numbers=numbers, emit_default_values=defaults, types=PACKED
    )
    theirs = json_format.MessageToJson(
        same_values(pair, ours),
        preserving_proto_field_name=names,
        use_integers_for_enums=numbers,
        always_print_fields_with_no_presence=defaults,
        descriptor_pool=pool(pair),
    )
    assert json.loads(text) == json.loads(theirs)


@settings(max_examples=150, suppress_health_check=[*HealthCheck])
@given(values(), st.booleans(), st.booleans())
def test_each_reads_what_the_other_writes(value: tuple[Pair, Any], names: bool, numbers: bool) -> None:
    pair, ours = value
    text = protobuf.to_json(ours, use_proto_names=names, use_enum_numbers=numbers, types=PACKED)
    theirs = json_format.Parse(text, pair.theirs(), descriptor_pool=pool(pair))
    assert protobuf.decode(pair.ours, theirs.SerializeToString()) == protobuf.from_json(pair.ours, text, types=PACKED)

    text = json_format.MessageToJson(
        same_values(pair, ours), preserving_proto_field_name=names, descriptor_pool=pool(pair)
    )
    read = protobuf.from_json(pair.ours, text, types=PACKED)
    theirs = json_format.Parse(text, pair.theirs(), descriptor_pool=pool(pair))
    assert protobuf.decode(pair.ours, theirs.SerializeToString()) == read


# Values that somebody may put where another one is asked for.
ODD_SPELLINGS = """
null true false 0 1 -1 1.0 -0.0 1.5 1e2 1E+2 1e-2 100e-2 1e400 -1e400 1e-400 2147483647 2147483648 -2147483648
-2147483649 4294967295 4294967296 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809
18446744073709551615 18446744073709551616 3.4028234e38 3.5e38 1e309 4e-46 "" "0" "1" "-1" "1.0" "1.5" "1e2" "100e-2"
"-0" "1e400" "0.0" "2147483647" "2147483648" "4294967296" "9223372036854775807" "9223372036854775808"
"18446744073709551615" "18446744073709551616" "9007199254740993.0" "NaN" "Infinity" "-Infinity" "nan" "inf" "abc" "YWJj"
"YWI=" "YWI" "-_-_" "+/+/" "YW==" "true" "RED" "BLUE" "NOPE" "5" "é" "\\ud83d\\ude00" "\\ud83d" [] [1] {} {"a":1} "0x1"
"3.5e38"
"""
ODD = ODD_SPELLINGS.split()

# Where json_format lets Python's own `float`, `int` and `base64` decide, we go by the specification, as Go does.
LAX = {
    "float": {"true", "false", '"inf"', '"1e400"', '"3.5e38"'},
    "double": {"true", "false", '"inf"', '"1e400"'},
    "bytes": {'"é"', '"\\ud83d\\ude00"'},
    "enum": {
        *("true", "false", "1.5", "1e-2", "4e-46"),
        *("4294967295", "4294967296", "9223372036854775807", "-9223372036854775808"),
        *('"4294967296"', '"9223372036854775807"'),
    },
}
# Here it rounds, and we are exact.
EXACT = '"9007199254740993.0"'
KINDS = {1: "double", 2: "float", 12: "bytes", 14: "enum"}  # by FieldDescriptorProto.Type


@pytest.mark.parametrize("name", ["messages3.Scalars", "messages2.Scalars"])
def test_odd_values_of_each_scalar(name: str) -> None:
    pair = PAIRS[name]
    different = set()
    lax = set()
    for field in pair.theirs.DESCRIPTOR.fields:
        kind = KINDS.get(field.type, "")
        for spelled in ODD:
            text = f'{{"{field.name}": {spelled}}}'
            ours, theirs = verdicts(pair, text)
            if ours == "refused" and spelled in LAX.get(kind, ()):
                lax.add((kind, spelled))
            elif ours != theirs and not (spelled == EXACT and "64" in field.name):
                different.add((field.name, spelled, ours, theirs))
    assert different == set()
    assert lax == {(kind, spelled) for kind, each in LAX.items() for spelled in each}


def verdicts(pair: Pair, text: str) -> tuple[Any, Any]:
    """The bytes of what each reads, or "refused"."""
    ours: Any = "refused"
    theirs: Any = "refused"
    with suppress(DecodeError):
        ours = protobuf.encode(protobuf.from_json(pair.ours, text, types=TYPES), deterministic=True)
    with suppress(json_format.ParseError):
        message = json_format.Parse(text, pair.theirs(), descriptor_pool=pool(pair))
        theirs = message.SerializeToString(deterministic=True)
    return ours, theirs


KEYS = [
    *("", "0", "1", "-1", "-0", "1.0", "1.5", "1e2", "2147483647", "2147483648", "4294967296", "18446744073709551615"),
    *("18446744073709551616", "9223372036854775808", "-9223372036854775809", "true", "false", "True", "x", "é"),
]


def test_keys_of_maps() -> None:
    pair = PAIRS["messages3.Maps"]
    values = {"colors": "5", "inners": "{}", "maps": "{}", "blobs": '"YQ=="', "by_int32": '"x"', "texts": '"x"'}
    for field in pair.theirs.DESCRIPTOR.fields:
        for key in KEYS:
            value = values.get(field.name, "true" if field.name == "bools" else "1")
            ours, theirs = verdicts(pair, f'{{"{field.name}": {{"{key}": {value}}}}}')
            assert ours == theirs, (field.name, key)


# Whole messages: what is null, twice, unknown, or shaped otherwise. Without a mark, both say the same.
WHOLE = {
    "messages2.Chosen": [
        '{"number": 1, "text": null}',
        '{"text": null, "inner": null}',
        '{"number": 1, "text": "a"}',
        '{"parted": {"size": 1}, "single": {"inner": {}}}',
        '{"Parted": {}}',
        '{"inner": []}',
        '{"inner": null}',
        "[]",
        "null",
        "1",
        "",
        "{",
        "{}{}",
        '{"yes": true,}',
        '{"yes": NaN}',
        "{'yes': true}",
        '{"yes": true, "yes": true}',
        '{"nope": 1}',
        '{"[messages2.nope]": 1}',
        '{"text": "\t"}',
        "\ufeff{}",
    ],
    "messages2.Lists": [
        '{"bools": null}',
        '{"bools": []}',
        '{"bools": [null]}',
        '{"bools": true}',
        '{"bools": {}}',
        '{"inners": [{}, {"id": 1}]}',
        '{"inners": [null]}',
        '{"inners": {}}',
        '{"part": [{"part": [{"size": 1}]}]}',
        '{"colors": ["RED", 5, "NOPE"]}',
        '{"colors": ["RED", 5]}',
        '{"colors": [7]}',
    ],
    "messages3.Maps": [
        '{"byInt32": null}',
        '{"byInt32": {}}',
        '{"byInt32": []}',
        '{"byInt32": {"1": null}}',
        '{"inners": {"a": null}}',
        '{"inners": {"a": {}, "b": {"id": 3}}}',
        '{"colors": {"true": "RED"}}',
        '{"colors": {"true": 77}}',
        '{"maps": {"1": {"maps": {"2": {}}}}}',
    ],
    "messages_json.Special": [
        '{"any": {}}',
        '{"any": null}',
        '{"any": {"@type": "nope"}}',
        '{"any": {"@type": "x/y.Nope"}}',
        '{"any": {"value": 1}}',
        '{"any": {"@type": "type.googleapis.com/google.protobuf.Timestamp", "value": "1970-01-01T00:00:01Z"}}',
        '{"any": {"value": "1s", "@type": "a.b/google.protobuf.Duration"}}',
        '{"any": {"@type": "type.googleapis.com/google.protobuf.Timestamp"}}',
        '{"any": {"@type": "type.googleapis.com/google.protobuf.Empty"}}',
        '{"any": {"@type": "type.googleapis.com/google.protobuf.Value", "value": null}}',
        '{"any": {"@type": "x/google.protobuf.Any", "value": {"@type": "x/google.protobuf.BoolValue", "value": true}}}',
        '{"any": {"@type": "x/messages_json.Named", "homePage": 5}}',
        '{"any": {"@type": "x/messages_json.Named", "homePage": "x"}}',
        '{"any": {"@type": 5}}',
        '{"any": []}',
        '{"empty": {}}',
        '{"empty": {"a": 1}}',
        '{"fieldMask": ""}',
        '{"fieldMask": "a,bC.d"}',
        '{"fieldMask": "a_b"}',
        '{"fieldMask": ["a"]}',
        '{"struct": {}}',
        '{"struct": {"a": [null, true, 1, "x", {"b": []}]}}',
        '{"struct": []}',
        '{"value": null}',
        '{"value": 1e400}',
        '{"value": "\\ud800"}',
        '{"listValue": [1, null]}',
        '{"listValue": {}}',
        '{"nullValue": null}',
        '{"nullValue": "NULL_VALUE"}',
        '{"nullValue": 0}',
        '{"values": [null, 1]}',
        '{"anys": [null]}',
        '{"valueMap": {"a": null}}',
        '{"chosenValue": null}',
        '{"chosenNull": null}',
        '{"chosenNull": null, "text": null}',
        '{"chosenBool": null, "text": "x"}',
        '{"chosenBool": false}',
    ],
    "messages_json.Wrapped": [
        '{"anInt64": "5", "an_int32": 5}',
        '{"anInt64": null}',
        '{"anInt64": {"value": 5}}',
        '{"list": [1, "2"]}',
        '{"list": [null]}',
        '{"map": {"true": "x"}}',
        '{"aFloat": "NaN"}',
    ],
    "messages_json.Named": [
        '{"homePage": 1}',
        '{"home_page": 1}',
        '{"HomePage": 1}',
        '{"Leading": 1, "trailing": 2, "twoInARow": 3, "with1Digit": 4, "UPPERCase": 5}',
        '{"_leading": 1, "trailing_": 2, "two__in_a_row": 3, "with_1_digit": 4, "UPPER_Case": 5}',
        '{"@own": 1}',
        '{"own_name": 1}',
        '{"ownName": 1}',
        '{"None": 1}',
        '{"none": 1}',
        '{"kind": "ALSO_FIRST", "kinds": ["None", "mro", "FIRST"], "kindMap": {"a": 1}}',
        '{"kind": 9}',
    ],
}
for kind, good, bad in (
    (
        "timestamp",
        "0001-01-01T00:00:00Z 9999-12-31T23:59:59.999999999Z 1972-01-01T10:00:20.021-05:00 1972-02-29T00:00:00+14:00"
        " 1970-01-01T00:00:00.1Z 0001-01-01T01:00:00+01:00",
        "1972-01-01T10:00:20 1972-01-01t10:00:20Z 1972-01-01T10:00:20z 1972-13-01T10:00:20Z 1971-02-29T00:00:00Z"
        " 0001-01-01T00:00:00+01:00 9999-12-31T23:59:59-00:01 1970-01-01T00:00:00.1234567890Z 0000-01-01T00:00:00Z"
        " 1970-01-01 x 1970-01-01T25:00:00Z 1970-01-01T00:00:00Zx 1970-01-01T00:00:00+0100 10000-01-01T00:00:00Z",
    ),
    (
        "duration",
        "0s 1s -1s 1.5s -0.5s 315576000000s -315576000000.999999999s 0.000000001s 3.000s",
        "1 s 1.5 1m 1.0000000001s 315576000001s -s 1.2.3s 1e3s",
    ),
):
    WHOLE["messages_json.Special"] += [f'{{"{kind}": "{text}"}}' for text in (good + " " + bad).split(" ")]

# What json_format takes and we, as the specification, refuse.
LAX_WHOLE = {
    "[]",  # an array where an object should be
    '{"inner": []}',
    '{"value": 1e400}',  # a number that JSON has, and a double has not
    '{"duration": "1.0000000001s"}',  # finer than nanoseconds
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WHOLE.items() for text in texts])
def test_whole_messages(name: str, text: str) -> None:
    pair = PAIRS[name]
    ours, theirs = verdicts(pair, text)
    assert (ours == "refused" != theirs) if text in LAX_WHOLE else (ours == theirs)
