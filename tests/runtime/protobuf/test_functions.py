"""encode, decode, merge and the rest, as a user calls them."""

from __future__ import annotations

import copy
import pickle
from types import ModuleType
from typing import Any

import pytest

from kitexgen.runtime import protobuf
from kitexgen.runtime.errors import DecodeError, EncodeError, OneofError
from tests.builders.messages import generated, pairs

UNKNOWN = b"\xf8\x06\x07"  # field 111: 7


@pytest.fixture(scope="module")
def p2() -> ModuleType:
    return generated().module("messages2.messages2")


@pytest.fixture(scope="module")
def p3() -> ModuleType:
    return generated().module("messages3.messages3")


@pytest.fixture(scope="module")
def p2023() -> ModuleType:
    return generated().module("messages2023.messages2023")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("an_int32", 2**31, "2147483648 does not fit int32"),
        ("an_int32", -(2**31) - 1, "-2147483649 does not fit int32"),
        ("an_int32", 1.0, "expected int, got float"),
        ("an_int32", 10**400, "an integer of 1329 bits does not fit int32"),
        ("an_int32", None, "expected int, got None"),
        ("an_int64", 2**63, "9223372036854775808 does not fit int64"),
        ("an_int64", "1", "expected int, got str"),
        ("a_uint32", -1, "-1 does not fit uint32"),
        ("a_uint64", 2**64, "18446744073709551616 does not fit uint64"),
        ("a_sint32", 2**31, "2147483648 does not fit sint32"),
        ("a_sint64", -(2**63) - 1, "-9223372036854775809 does not fit sint64"),
        ("a_fixed32", -1, "-1 does not fit fixed32"),
        ("a_fixed64", 2**64, "18446744073709551616 does not fit fixed64"),
        ("an_sfixed32", 2**31, "2147483648 does not fit sfixed32"),
        ("an_sfixed64", 2**63, "9223372036854775808 does not fit sfixed64"),
        ("a_float", "1", "expected float, got str"),
        ("a_double", None, "expected float, got None"),
        ("a_double", 10**400, "an integer of 1329 bits does not fit double"),
        ("a_bool", 2, "expected bool, got int"),
        ("a_bool", "yes", "expected bool, got str"),
        ("a_string", b"a", "expected str, got bytes"),
        ("a_string", "a\udc80", "character 1 is a surrogate, which UTF-8 has no bytes for"),
        ("some_bytes", "a", "expected bytes, got str"),
        ("a_color", 2**31, "2147483648 does not fit int32"),
        ("a_color", "RED", "expected Color, got str"),
    ],
)
def test_a_value_that_does_not_fit_is_named(p3: ModuleType, field: str, value: Any, said: str) -> None:
    with pytest.raises(EncodeError) as caught:
        protobuf.encode(p3.Scalars(**{field: value}))
    assert str(caught.value) == f"Scalars.{field}: {said}"


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda p: p.Lists(int32s=[1, 2, "3"]), "Lists.int32s[2]: expected int, got str"),
        (lambda p: p.Lists(int32s=7), "Lists.int32s: expected list, got int"),
        (lambda p: p.Lists(inners=[p.Inner(), p.Inner(id="x")]), "Lists.inners[1].id: expected int, got str"),
        (lambda p: p.Lists(inners=[None]), "Lists.inners[0]: expected Inner, got None"),
        (lambda p: p.Maps(numbers={"k": "v"}), 'Maps.numbers["k"]: expected int, got str'),
        (lambda p: p.Maps(numbers={1: 1}), "Maps.numbers[key 1]: expected str, got int"),
        (lambda p: p.Maps(numbers=[]), "Maps.numbers: expected dict, got list"),
        (lambda p: p.Maps(inners={"k": p.Inner(name=1)}), 'Maps.inners["k"].name: expected str, got int'),
        (lambda p: p.Optionals(inner=p.Maps()), "Optionals.inner: expected Inner, got Maps"),
    ],
)
def test_the_path_leads_to_the_value(p3: ModuleType, build: Any, said: str) -> None:
    with pytest.raises(EncodeError) as caught:
        protobuf.encode(build(p3))
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("Scalars", "10", "Scalars.an_int32: the message ends within a varint"),
        ("Scalars", "1080808080808080808080", "Scalars.an_int32: a varint is longer than 10 bytes"),
        ("Scalars", "45010203", "Scalars.a_fixed32: the message ends within a number"),
        ("Scalars", "7205616263", "Scalars.a_string: 5 bytes are announced, 3 are left"),
        ("Scalars", "7202c328", "Scalars.a_string: byte 0 of a string is not UTF-8"),
        ("Scalars", "00", "Scalars: there is no field 0"),
        ("Scalars", "0e", "Scalars.a_bool: there is no wire type 6"),
        ("Scalars", "0c", "Scalars: group 1 ends but was not begun"),
        ("Scalars", "a31f", "Scalars.<field 500>: group 500 does not end"),
        ("Scalars", "8880808010", "Scalars: a tag has more than 32 bits"),
        ("Lists", "4203010203", "Lists.fixed32s: 3 bytes are no whole number of 4-byte values"),
        ("Lists", "920100920102080a92010108", "Lists.inners[2].id: the message ends within a varint"),
        ("Maps", "22040a016b10", 'Maps.numbers["k"]: the message ends within a varint'),
        ("Maps", "22020a05", "Maps.numbers: 5 bytes are announced, 0 are left"),
        ("Maps", "12070a016b12020880", 'Maps.inners["k"].id: the message ends within a varint'),
    ],
)
def test_bytes_at_fault_are_named(p3: ModuleType, name: str, data: str, said: str) -> None:
    with pytest.raises(DecodeError) as caught:
        protobuf.decode(getattr(p3, name), bytes.fromhex(data))
    assert str(caught.value) == said


def test_a_required_field_is_missed_when_writing_only(p2: ModuleType) -> None:
    found = protobuf.decode(p2.Needed, b"")
    assert found.id is None
    with pytest.raises(EncodeError, match=r"Needed\.id: required field id is not set"):
        protobuf.encode(found)
    assert protobuf.encode(p2.Needed(id=0)) == b"\x08\x00"


def test_a_oneof_has_one_field(p3: ModuleType) -> None:
    with pytest.raises(OneofError):
        p3.Chosen(number=1, text="a")
    chosen = p3.Chosen(number=1)
    assert protobuf.which(chosen, "choice") == "number"
    assert protobuf.which(chosen, "other") is None
    chosen.text = "a"
    with pytest.raises(EncodeError, match="one field of oneof choice may be set, 2 are: number, text"):
        protobuf.encode(chosen)
    with pytest.raises(ValueError, match="no oneof"):
        protobuf.which(chosen, "nothing")
    assert protobuf.replace(p3.Chosen(number=1), text="b") == p3.Chosen(text="b")


def test_presence_is_kept(p3: ModuleType) -> None:
    assert protobuf.encode(p3.Optionals(an_int32=0, a_string="")) == b"\x10\x00\x72\x00"
    assert protobuf.encode(p3.Scalars(an_int32=0, a_string="", a_double=0.0)) == b""
    assert protobuf.encode(p3.Scalars(a_double=-0.0)) == b"\x69\0\0\0\0\0\0\0\x80"
    assert protobuf.encode(p3.Scalars(a_float=1e-60)) == b""
    assert protobuf.decode(p3.Optionals, b"\x10\x00").an_int32 == 0
    assert protobuf.decode(p3.Optionals, b"").an_int32 is None


def test_a_float_too_large_for_32_bits_is_infinite(p3: ModuleType) -> None:
    assert protobuf.decode(p3.Scalars, protobuf.encode(p3.Scalars(a_float=-1e39))).a_float == float("-inf")


def test_defaults_of_the_idl(p2: ModuleType) -> None:
    message = p2.Scalars()
    assert message.with_default is None
    assert protobuf.value_or_default(message, "with_default") == "hello"
    assert protobuf.value_or_default(message, "color_default") is p2.Color.BLUE
    assert protobuf.value_or_default(message, "an_int32") == 0
    assert protobuf.value_or_default(p2.Scalars(with_default=""), "with_default") == ""
    assert protobuf.value_or_default(p2.Inner(), "inner") == p2.Inner()
    with pytest.raises(AttributeError):
        protobuf.value_or_default(message, "nothing")


def test_unknown_fields_are_kept_compared_and_copied(p3: ModuleType) -> None:
    message = protobuf.decode(p3.Inner, b"\x08\x05" + UNKNOWN)
    assert protobuf.encode(message) == b"\x08\x05" + UNKNOWN
    assert message != p3.Inner(id=5)
    for twin in (copy.copy(message), copy.deepcopy(message), pickle.loads(pickle.dumps(message))):
        assert twin == message
        assert protobuf.encode(twin) == protobuf.encode(message)
    assert protobuf.replace(message, id=6).__unknown__ == UNKNOWN
    message.__unknown__ = b"\x08"
    with pytest.raises(EncodeError, match="unknown fields are no Protobuf"):
        protobuf.encode(message)


def test_merging_adds(p3: ModuleType) -> None:
    into = p3.Inner(id=1, name="a", inner=p3.Inner(id=2), inners=[p3.Inner()])
    protobuf.merge(into, protobuf.encode(p3.Inner(id=3, inner=p3.Inner(name="b"), inners=[p3.Inner(id=9)])) + UNKNOWN)
    assert into.id == 3
    assert into.name == "a"
    assert into.inner == p3.Inner(id=2, name="b")
    assert into.inners == [p3.Inner(), p3.Inner(id=9)]
    assert into.__unknown__ == UNKNOWN


def test_a_numeric_size_and_other_buffers(p3: ModuleType) -> None:
    message = p3.Lists(strings=["a" * 300, "é"] * 9, int64s=[0, -1, 2**62], doubles=[0.5])
    data = protobuf.encode(message)
    assert protobuf.encoded_size(message) == len(data)
    assert protobuf.decode(p3.Lists, bytearray(data)) == message
    assert protobuf.decode(p3.Lists, memoryview(data)) == message
    assert data == pairs()["messages3.Lists"].theirs.FromString(data).SerializeToString()


def test_a_message_that_contains_itself_is_refused(p3: ModuleType) -> None:
    message = p3.Inner()
    message.inner = message
    with pytest.raises(EncodeError, match="one may contain itself"):
        protobuf.encode(message)


def test_a_thousand_levels_are_written(p3: ModuleType) -> None:
    message = p3.Inner()
    for _ in range(2000):
        message = p3.Inner(inner=message)
    assert protobuf.encoded_size(message) > 4000


def test_unchecked_strings_survive(p2023: ModuleType) -> None:
    data = bytes.fromhex("2a02c328") + bytes.fromhex("3202ff61") + bytes.fromhex("3a060a01ff1201fe") + b"\x18\x01"
    message = protobuf.decode(p2023.Mixed, data)
    assert message.unchecked.encode("utf-8", "surrogateescape") == b"\xc3\x28"
    assert sorted(protobuf.encode(message)) == sorted(data)


@pytest.mark.parametrize("function", [protobuf.encode, protobuf.encoded_size])
def test_what_is_no_message_is_refused(function: Any, p3: ModuleType) -> None:
    with pytest.raises(TypeError, match="takes a message, got"):
        function(7)
    with pytest.raises(TypeError, match="takes a message, got the class"):
        function(p3.Inner)
    with pytest.raises(TypeError, match="takes a message class"):
        protobuf.decode(int, b"")  # type: ignore[type-var]


class TestExtensions:
    def test_of_every_form(self, p2: ModuleType) -> None:
        message = p2.Inner(id=1)
        assert not protobuf.has_extension(message, p2.number_ext)
        assert protobuf.get_extension(message, p2.number_ext) == 0
        assert protobuf.get_extension(message, p2.color_ext) is p2.Color.BLUE
        assert protobuf.get_extension(message, p2.list_ext) == []
        assert protobuf.get_extension(message, p2.inner_ext) == p2.Inner()
        protobuf.set_extension(message, p2.number_ext, 5)
        protobuf.set_extension(message, p2.list_ext, [1, -2])
        protobuf.set_extension(message, p2.inner_ext, p2.Inner(name="x"))
        protobuf.set_extension(message, p2.number_ext, 6)
        found = protobuf.decode(p2.Inner, protobuf.encode(message))
        assert protobuf.get_extension(found, p2.number_ext) == 6
        assert protobuf.get_extension(found, p2.list_ext) == [1, -2]
        assert protobuf.get_extension(found, p2.inner_ext) == p2.Inner(name="x")
        protobuf.clear_extension(found, p2.list_ext)
        assert not protobuf.has_extension(found, p2.list_ext)
        assert protobuf.has_extension(found, p2.inner_ext)

    def test_pieces_of_one_are_merged(self, p2: ModuleType) -> None:
        message = protobuf.decode(
            p2.Inner, bytes.fromhex("b206020801") + bytes.fromhex("b206031201 61".replace(" ", ""))
        )
        assert protobuf.get_extension(message, p2.inner_ext) == p2.Inner(id=1, name="a")

    def test_in_a_message_set(self, p2: ModuleType) -> None:
        old = p2.Old()
        protobuf.set_extension(old, p2.in_old, p2.Inner(id=3))
        assert protobuf.encode(old) == bytes.fromhex("0b10e8071a0208030c")
        assert protobuf.get_extension(old, p2.in_old) == p2.Inner(id=3)
        protobuf.clear_extension(old, p2.in_old)
        assert protobuf.encode(old) == b""

    def test_faults_are_named(self, p2: ModuleType) -> None:
        with pytest.raises(TypeError, match="extends Inner, got Old"):
            protobuf.get_extension(p2.Old(), p2.number_ext)
        with pytest.raises(EncodeError) as caught:
            protobuf.set_extension(p2.Inner(), p2.number_ext, "x")
        assert str(caught.value) == "Inner.[messages2.number_ext]: expected int, got str"
        message = protobuf.decode(p2.Inner, bytes.fromhex("b2060108"))
        with pytest.raises(DecodeError):
            protobuf.get_extension(message, p2.inner_ext)
