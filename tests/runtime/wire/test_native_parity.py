"""The compiled codec writes and reads what the pure one does, and says the same of what cannot be."""

from __future__ import annotations

import copy
from array import array
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitexgen.codegen import GenerateOptions
from kitexgen.idl import load
from kitexgen.runtime.contract.model import Struct
from kitexgen.runtime.thrift import decode, encode, encoded_size
from kitexgen.runtime.wire.native import fallbacks, pure_only
from kitexgen.runtime.wire.table import table_of
from kitexgen.runtime.wire.thrift_envelope import ThriftProtocol, read_message_begin, write_message_begin
from tests.builders.codecs import check_same, compiled_codec, outcome
from tests.builders.generated import generate_code, generate_text
from tests.builders.records import ALL, Color, Containers, Kept, Key, Scalars, User
from tests.strategies.schemas import schemas, to_thrift
from tests.strategies.values import is_inhabited, records

__all__ = ["compiled_codec"]

PROTOCOLS: tuple[ThriftProtocol, ...] = ("binary", "compact")
EVERYTHING = Path(__file__).parents[2] / "codegen" / "fastcodec" / "everything.thrift"
FEW = settings(max_examples=25, suppress_health_check=[*HealthCheck])


def check_record(record: Struct) -> None:
    check_both_ways(record, may_fall_back=False)


def check_both_ways(record: Struct, *, may_fall_back: bool) -> None:
    before = fallbacks()
    for protocol in PROTOCOLS:
        data = check_same(encode, record, protocol=protocol)
        assert check_same(decode, type(record), data, protocol=protocol) == record
        assert encoded_size(record, protocol=protocol) == len(data)
        # Unknown fields are kept as binary, which only Python makes compact of.
        assert fallbacks() == before or may_fall_back or getattr(record, "__unknown__", b"")


@given(st.one_of([records(cls) for cls in ALL]))
def test_records_written_by_hand(record: Struct) -> None:
    check_record(record)


@pytest.mark.parametrize("keeps_unknown", [False, True])
def test_every_shape_of_record(tmp_path: Path, keeps_unknown: bool) -> None:
    options = GenerateOptions(keep_unknown_fields=keeps_unknown)
    for cls in generate_code([EVERYTHING], tmp_path, options=options).records():
        if is_inhabited(cls):
            FEW(given(records(cls))(check_record))()


@settings(max_examples=12, suppress_health_check=[*HealthCheck])
@given(schema=schemas(max_modules=1, uuids=True), data=st.data())
def test_random_schemas(tmp_path_factory: pytest.TempPathFactory, schema: Any, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("schema")
    for name, text in to_thrift(schema).items():
        (folder / name).write_text(text, encoding="utf-8")
    paths = [folder / name for name in to_thrift(schema)]
    assert load(paths).schema is not None
    classes = generate_code(paths, folder).records()
    odd = not all(map(has_defaults, classes))
    for cls in classes:
        if is_inhabited(cls) and has_defaults(cls):
            for _ in range(3):
                with suppress(TypeError):  # a record within has no defaults
                    record = data.draw(records(cls))
                    check_both_ways(record, may_fall_back=odd)


def has_defaults(cls: Any) -> bool:
    """Whether the defaults of the IDL can be made: one that leaves out a required field of its own record cannot."""
    required = {field.attribute: None for field in table_of(cls).fields if field.is_required}
    try:
        return table_of(cls).is_union or bool(cls(**required).__class__)
    except TypeError:
        return False


RUBBISH: list[Any] = [
    None, True, 1, -1, 2**31, 2**63, 2**200, -(2**63) - 1, 0.5, float("nan"), "", "a\ud800", "\udc80", b"", b"\xff",
    bytearray(b"x"), [], [None], ["a"], (), (1,), {}, {"a": 1}, {1: 2}, set(), {1}, frozenset(), array("i", [1]),
    array("d", [0.5]), Color.RED, Key(), User(id=1), object(), User, range(3), memoryview(b"abc"),
]  # fmt: skip


@pytest.mark.parametrize("cls", [Scalars, Containers, User, Key])
def test_what_does_not_belong_there(cls: Any) -> None:
    for attribute in cls.__match_args__:
        for value in RUBBISH:
            record = cls(id=1) if cls is User else cls()
            object.__setattr__(record, attribute, value)
            for protocol in PROTOCOLS:
                check_same(encode, record, protocol=protocol)
                check_same(encoded_size, record, protocol=protocol)


def test_what_does_not_belong_into_a_container() -> None:
    for value in RUBBISH:
        for protocol in PROTOCOLS:
            check_same(encode, User(id=1, tags=["a", value]), protocol=protocol)
            check_same(encode, Containers(matrix=[[0.5], [1.5, value]]), protocol=protocol)
            check_same(encode, Containers(by_flag={True: 1, False: value}), protocol=protocol)
            check_same(encode, Containers(choices=[value]), protocol=protocol)


@given(st.sampled_from(ALL), st.sampled_from(PROTOCOLS), st.data())
def test_damaged_bytes(cls: type[Struct], protocol: ThriftProtocol, data: st.DataObject) -> None:
    sent = bytearray(encode(data.draw(records(cls)), protocol=protocol))
    for position, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(sent) - 1), st.integers(0, 255)), max_size=3)
    ):
        sent[position] = value
    sent = sent[: data.draw(st.integers(0, len(sent)))] + data.draw(st.binary(max_size=3))
    found = outcome(decode, cls, bytes(sent), protocol=protocol)
    with pure_only():
        expected = outcome(decode, cls, bytes(sent), protocol=protocol)
    # By their text, since NaN does not equal itself.
    assert repr(found) == repr(expected)


@given(st.sampled_from(ALL), st.sampled_from(PROTOCOLS), st.binary(max_size=60))
def test_any_bytes(cls: type[Struct], protocol: ThriftProtocol, data: bytes) -> None:
    found = outcome(decode, cls, data, protocol=protocol)
    with pure_only():
        assert repr(outcome(decode, cls, data, protocol=protocol)) == repr(found)


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    for protocol in PROTOCOLS:
        data = check_same(encode, Scalars(text=text), protocol=protocol)
        if isinstance(data, bytes):
            assert decode(Scalars, data, protocol=protocol).text == text


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 2000, 2048, 5000, 100_000])
@pytest.mark.parametrize("character", ["a", "é", "\udcff", "中", "\U0001f600"])
def test_text_of_any_length(size: int, character: str) -> None:
    for text in (character * size, "a" * size + character, character + "a" * size):
        check_record(Scalars(text=text, blob=text.encode("utf-8", "surrogateescape")))


@pytest.mark.parametrize("kind", ["i8", "i16", "i32", "i64", "double"])
def test_packed_lists(tmp_path: Path, kind: str) -> None:
    types = generate_text(f'struct P {{ 1: list<{kind}> v (py.packed = "1") }}', tmp_path).module("main.main")
    letter = {"i8": "b", "i16": "h", "i32": "i", "i64": "q", "double": "d"}[kind]
    for count in (0, 1, 3, 31, 32, 33, 1000):
        numbers = array(letter, [number % 250 - 125 for number in range(count)])
        check_record(types.P(v=numbers))
        assert encode(types.P(v=memoryview(numbers))) == encode(types.P(v=numbers))
        read = decode(types.P, encode(types.P(v=numbers)))
        assert type(read.v) is array
        assert read.v.typecode == letter


def test_arrays_of_numpy(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")
    types = generate_text('struct P { 1: list<i64> v (py.packed = "1") }', tmp_path).module("main.main")
    expected = encode(types.P(v=array("q", [1, -2, 3])))
    before = fallbacks()
    for code in ("=i8", "<i8", ">i8"):
        assert encode(types.P(v=numpy.array([1, -2, 3], code))) == expected
    assert fallbacks() == before
    for wide in (numpy.array([1, -2, 3], "i2"), numpy.array([1, 0, -2, 0, 3, 0])[::2]):
        assert check_same(encode, types.P(v=wide)) == expected
    for wrong in (numpy.array([[1]]), numpy.array([1], "u8"), numpy.array([0.5])):
        check_same(encode, types.P(v=wrong))


def test_defaults_are_fresh_and_those_of_the_idl(tmp_path: Path) -> None:
    text = """
    struct Inner { 1: i32 x }
    struct D {
      1: list<i32> a = [1], 2: map<string, list<i32>> b = {"k": [2]}, 3: Inner c = {"x": 3}, 4: list<i32> d,
      5: optional list<i32> e = [4], 6: set<i32> f, 7: list<i32> g (py.packed = "1"), 8: optional double h = 0.5,
      9: required i32 i, 10: optional i64 j = 7, 11: optional string k = "k", 12: optional binary l = "l"
    }
    """
    types = generate_text(text, tmp_path).module("main.main")
    data = b"\x08\x00\x09\x00\x00\x00\x01\x00"
    first, second = decode(types.D, data), decode(types.D, data)
    assert first == second == types.D(i=1)
    for attribute in ("a", "b", "c", "d", "e", "f", "g"):
        assert getattr(first, attribute) is not getattr(second, attribute)
    assert first.b["k"] is not second.b["k"]
    check_record(first)
    check_record(types.D(i=1, h=1.5, j=8, k="", l=b"", a=[], e=[]))


def test_fields_in_any_order() -> None:
    record = Scalars(flag=True, text="t", long=5, blob=b"b")
    parts = [b"\x0b\x00\x07\x00\x00\x00\x01t", b"\x0a\x00\x05" + bytes(7) + b"\x05", b"\x02\x00\x01\x01"]
    before = fallbacks()
    data = b"\x0b\x00\x08\x00\x00\x00\x01b" + b"".join(parts) + b"\x00"
    assert check_same(decode, Scalars, data) == record
    assert fallbacks() == before


def test_unknown_fields() -> None:
    unknown = b"\x0c\x00\x63\x0f\x00\x01\x0b\x00\x00\x00\x01\x00\x00\x00\x01a\x00"
    before = fallbacks()
    kept = check_same(decode, Kept, b"\x0b\x00\x02\x00\x00\x00\x01a" + unknown + b"\x08\xff\xff" + bytes(4) + b"\x00")
    assert kept.__unknown__ == unknown + b"\x08\xff\xff" + bytes(4)
    assert check_same(encode, kept)
    assert fallbacks() == before
    kept.__unknown__ = unknown[:-1]
    check_same(encode, kept)


@given(st.text(max_size=20), st.integers(0, 0xFFFF), st.integers(-(2**31), 2**31 - 1), st.binary(max_size=3))
def test_message_headers(name: str, kind: int, sequence: int, before: bytes) -> None:
    header = check_same(write_message_begin, "binary", name, kind, sequence)
    if isinstance(header, bytes):
        begin = check_same(read_message_begin, "binary", before + header, len(before))
        assert (begin.name, begin.kind, begin.sequence, begin.at) == (name, kind, sequence, len(before + header))
        assert type(begin) is type(copy.copy(begin))
        for end in range(len(header)):
            check_same(read_message_begin, "binary", header[:end])


@pytest.mark.parametrize(
    "arguments", [(), (1,), (User, b"", 1), (b"", User), (User, "x"), (User, None), (User, b"", -1), (User, b"", 2**70)]
)
def test_calls_that_make_no_sense(arguments: tuple[Any, ...]) -> None:
    for function in (encode, decode, encoded_size):
        check_same(function, *arguments)
        check_same(function, *arguments, protocol="json")
        check_same(function, *arguments, other=1)
