"""Well-known types and what Python has for them: there and back, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any as Anything

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime import wellknown
from kitexgen.runtime.contract.model import Message
from kitexgen.runtime.contract.wellknown.type import Field, Type
from kitexgen.runtime.wellknown import (
    Any,
    Duration,
    FieldMask,
    FloatValue,
    Int64Value,
    ListValue,
    NullValue,
    StringValue,
    Struct,
    Timestamp,
    Value,
    anys,
    durations,
    field_masks,
    structs,
    timestamps,
    wrappers,
)

ZONES = st.timezones() | st.just(UTC)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def test_every_name_is_there() -> None:
    assert all(getattr(wellknown, name) is not None for name in wellknown.__all__)
    assert set(wellknown.__all__) <= set(dir(wellknown))
    with pytest.raises(AttributeError, match="Nobody"):
        _ = wellknown.Nobody  # type: ignore[attr-defined]


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES))
def test_datetimes_survive(moment: datetime) -> None:
    # In UTC: Python calls moments that clocks skip, or show twice, unequal to themselves in another zone.
    assert timestamps.to_datetime(timestamps.from_datetime(moment)) == moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("timestamp", "moment"),
    [
        (Timestamp(), datetime(1970, 1, 1, tzinfo=UTC)),
        (Timestamp(seconds=-1, nanos=999_999_999), datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)),
        (Timestamp(seconds=1, nanos=1_999), datetime(1970, 1, 1, 0, 0, 1, 1, UTC)),
        (Timestamp(seconds=253402300799), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_what_is_finer_is_cut_off_towards_the_past(timestamp: Timestamp, moment: datetime) -> None:
    assert timestamps.to_datetime(timestamp) == moment


def test_a_datetime_comes_in_the_zone_asked_for() -> None:
    zone = timezone(timedelta(hours=8))
    assert timestamps.to_datetime(Timestamp(), zone).isoformat() == "1970-01-01T08:00:00+08:00"


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        timestamps.from_datetime(datetime(2020, 1, 1))


@pytest.mark.parametrize(
    "bad", [Timestamp(nanos=-1), Timestamp(nanos=10**9), Timestamp(seconds=253402300800), Timestamp(seconds=-(10**12))]
)
def test_timestamps_that_are_none(bad: Timestamp) -> None:
    with pytest.raises(ValueError, match="years 1 to 9999"):
        timestamps.to_datetime(bad)


@given(st.integers(-62135596800 * 10**9, 253402300799 * 10**9))
def test_nanoseconds_lose_nothing(nanoseconds: int) -> None:
    assert timestamps.to_nanoseconds(timestamps.from_nanoseconds(nanoseconds)) == nanoseconds
    assert durations.to_nanoseconds(durations.from_nanoseconds(nanoseconds)) == nanoseconds


def test_now() -> None:
    assert abs(datetime.now(UTC) - timestamps.to_datetime(timestamps.now())) < timedelta(minutes=1)


@given(st.timedeltas(timedelta(days=-3650000), timedelta(days=3650000)))
def test_timedeltas_survive(delta: timedelta) -> None:
    duration = durations.from_timedelta(delta)
    assert duration.seconds * duration.nanos >= 0
    assert durations.to_timedelta(duration) == delta


def test_a_duration_is_cut_off_towards_zero() -> None:
    assert durations.to_timedelta(Duration(nanos=-1_999)) == timedelta(microseconds=-1)
    assert durations.to_timedelta(Duration(nanos=1_999)) == timedelta(microseconds=1)


@pytest.mark.parametrize(
    "bad",
    [Duration(seconds=1, nanos=-1), Duration(seconds=-1, nanos=1), Duration(nanos=10**9), Duration(seconds=10**12)],
)
def test_durations_that_are_none(bad: Duration) -> None:
    with pytest.raises(ValueError, match=r"10,000 years"):
        durations.to_timedelta(bad)


@given(st.dictionaries(st.text(), PLAIN))
def test_structs_survive(values: dict[str, Anything]) -> None:
    assert structs.to_dict(structs.from_dict(values)) == values


def test_values() -> None:
    assert structs.from_plain(None) == Value(null_value=NullValue.NULL_VALUE)
    assert structs.from_plain(7) == Value(number_value=7.0)
    assert structs.from_plain(True) == Value(bool_value=True)
    assert structs.to_list(ListValue(values=[structs.from_plain((1, "a"))])) == [[1.0, "a"]]
    assert structs.from_plain({"a": None}) == Value(struct_value=Struct(fields={"a": structs.from_plain(None)}))
    with pytest.raises(ValueError, match="nothing is set"):
        structs.to_plain(Value())


@pytest.mark.parametrize("bad", [b"x", object(), {"a": {1}}, {1: "a"}])
def test_what_json_has_not(bad: Anything) -> None:
    with pytest.raises(TypeError):
        structs.from_plain(bad)


def test_any() -> None:
    packed = anys.pack(Int64Value(value=7))
    assert packed.type_url == "type.googleapis.com/google.protobuf.Int64Value"
    assert anys.is_(packed, Int64Value)
    assert anys.unpack(packed, Int64Value).value == 7
    with pytest.raises(ValueError, match=r"not google\.protobuf\.StringValue"):
        anys.unpack(packed, StringValue)
    assert not anys.is_(Any(type_url="google.protobuf.Int64Value"), Int64Value)


def test_wrappers() -> None:
    assert wrappers.wrap(Int64Value, 7) == Int64Value(value=7)
    assert wrappers.wrap(FloatValue, None) is None
    assert wrappers.unwrap(StringValue(value="x")) == "x"
    assert wrappers.unwrap(None) is None


def test_masks() -> None:
    mask = field_masks.of(Type, "name", "source_context.file_name", "name")
    assert mask.paths == ["name", "source_context.file_name"]
    assert field_masks.of_all(Duration).paths == ["seconds", "nanos"]
    assert field_masks.is_valid(mask, Type)
    for path in ("nobody", "name.x", "fields.name", ""):
        assert not field_masks.is_valid(FieldMask(paths=[path]), Type)
        with pytest.raises(ValueError, match="has no path"):
            field_masks.of(Type, path)


@pytest.mark.parametrize(
    ("left", "right", "union", "common"),
    [
        (["a"], ["b"], ["a", "b"], []),
        (["a.b", "a.c"], ["a"], ["a"], ["a.b", "a.c"]),
        (["a.b"], ["a.c"], ["a.b", "a.c"], []),
        (["a.b.c", "d"], ["a.b", "d.e"], ["a.b", "d"], ["a.b.c", "d.e"]),
        ([], ["x", "x"], ["x"], []),
    ],
)
def test_sets_of_paths(left: list[str], right: list[str], union: list[str], common: list[str]) -> None:
    for one, other in ((left, right), (right, left)):
        masks = FieldMask(paths=one), FieldMask(paths=other)
        assert field_masks.union(*masks).paths == union
        assert field_masks.intersection(*masks).paths == common
    assert field_masks.normalized(FieldMask(paths=[*left, *right])).paths == union


def merged(mask: list[str], source: Message, into: Message, **settings: bool) -> Message:
    field_masks.merge(FieldMask(paths=mask), source, into, **settings)
    return into


def test_merging() -> None:
    source = Type(name="new", oneofs=["b"], fields=[Field(name="f")])
    assert merged(["name"], source, Type(name="old", oneofs=["a"])) == Type(name="new", oneofs=["a"])
    assert merged(["oneofs"], source, Type(oneofs=["a"])) == Type(oneofs=["a", "b"])
    assert merged(["oneofs"], source, Type(oneofs=["a"]), replace_repeated=True) == Type(oneofs=["b"])
    into = merged(["fields"], source, Type())
    assert isinstance(into, Type)
    assert into.fields == source.fields
    assert into.fields[0] is not source.fields[0]


def test_merging_messages_within() -> None:
    inner = Value(list_value=ListValue(values=[Value(bool_value=True)]))
    old = Value(list_value=ListValue(values=[Value(bool_value=False)]))
    both = Value(list_value=ListValue(values=[Value(bool_value=False), Value(bool_value=True)]))
    assert merged(["list_value.values"], inner, structs.from_plain([False])) == both
    assert merged(["list_value"], inner, structs.from_plain([False])) == both
    assert merged(["list_value"], inner, structs.from_plain([False]), replace_messages=True) == inner
    assert merged(["list_value"], Value(), old) == Value()
    assert merged(["list_value"], inner, Value(string_value="x")) == inner
    assert merged(["struct_value.fields"], Value(), Value(string_value="x")) == Value(string_value="x")
