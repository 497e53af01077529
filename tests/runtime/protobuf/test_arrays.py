"""Repeated numbers that are arrays, as `py_packed` asks for: on the wire as lists are, without an object for each."""

from __future__ import annotations

import copy
import pickle
import struct
import sys
from array import array
from typing import Any

import pytest

from kitexgen.runtime import describe, protobuf
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.model.describe_message import ProtoScalarType, RepeatedType
from kitexgen.runtime.wellknown import field_masks
from kitexgen.runtime.wire.native import fallbacks
from tests.builders.messages import generated, pairs

types: Any = generated().module("messages_arrays.messages_arrays")
CLASSES: list[Any] = [types.Numbers, types.Loose]

# attribute, type code, numbers: the smallest and largest, and what takes each length of a varint
COLUMNS: list[tuple[str, str, list[Any]]] = [
    ("int32s", "i", [0, 1, -1, 127, 128, 2**14, 2**21, 2**28, 2**31 - 1, -(2**31)]),
    ("int64s", "q", [0, -1, *(1 << bit for bit in range(0, 63, 7)), 2**63 - 1, -(2**63)]),
    ("uint32s", "I", [0, 1, 127, 128, 2**14, 2**21, 2**28, 2**32 - 1]),
    ("uint64s", "Q", [0, *(1 << bit for bit in range(0, 64, 7)), 2**64 - 1]),
    ("sint32s", "i", [0, -1, 1, 63, -64, 64, 2**31 - 1, -(2**31)]),
    ("sint64s", "q", [0, -1, 1, 2**40, 2**63 - 1, -(2**63)]),
    ("fixed32s", "I", [0, 1, 2**32 - 1]),
    ("fixed64s", "Q", [0, 1, 2**64 - 1]),
    ("sfixed32s", "i", [0, -1, 2**31 - 1, -(2**31)]),
    ("sfixed64s", "q", [0, -1, 2**63 - 1, -(2**63)]),
    ("floats", "f", [0.0, -0.0, 1.5, -2.25, float("inf"), float("-inf")]),
    ("doubles", "d", [0.0, -0.0, 0.1, -1e300, float("inf"), float("-inf")]),
]
# 256 is how many are read or written at a time one by one.
COUNTS = [0, 1, 2, 255, 256, 257, 512, 1000]


def theirs(cls: Any) -> Any:
    return pairs()[cls.__schema__[1]].theirs


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize(("attribute", "code", "numbers"), COLUMNS)
def test_the_bytes_are_those_of_upb(cls: Any, attribute: str, code: str, numbers: list[Any]) -> None:
    before = fallbacks()
    for count in COUNTS:
        values = array(code, (numbers * (count // len(numbers) + 1))[:count])
        message = cls(**{attribute: values})
        data = protobuf.encode(message)
        google = theirs(cls)(**{attribute: values.tolist()})
        assert data == google.SerializeToString()
        assert protobuf.encoded_size(message) == len(data)
        read = getattr(protobuf.decode(cls, data), attribute)
        assert (type(read), read.typecode, read.tobytes()) == (array, code, values.tobytes())
    assert fallbacks() == before


@pytest.mark.parametrize(("attribute", "code", "numbers"), COLUMNS)
def test_each_form_is_read_where_the_other_is_expected(attribute: str, code: str, numbers: list[Any]) -> None:
    """And any mixture of them, in the order of the wire."""
    block = protobuf.encode(types.Numbers(**{attribute: array(code, numbers)}))
    number = next(field.id for field in describe(types.Loose).fields if field.attribute == attribute)
    single = theirs(types.Loose)(**{attribute: numbers}).SerializeToString()
    of_other = {field.attribute: field.id for field in describe(types.Numbers).fields}[attribute]
    singles = b"".join(_renumbered(each, number, of_other) for each in _fields(single))
    before = fallbacks()
    for data, times in (
        (singles, 1),
        (block + singles, 2),
        (singles + block + singles + block, 4),
        (singles * 200, 200),
    ):
        read = protobuf.decode(types.Numbers, data)
        assert getattr(read, attribute).tobytes() == array(code, numbers * times).tobytes()
        assert list(getattr(theirs(types.Numbers).FromString(data), attribute)) == numbers * times
    assert fallbacks() == before
    unpacked = protobuf.decode(types.Loose, _renumbered(block, of_other, number) + single)
    assert getattr(unpacked, attribute).tobytes() == array(code, numbers * 2).tobytes()


def _tag(number: int, wire_type: int) -> bytes:
    found, out = number << 3 | wire_type, bytearray()
    while found > 0x7F:
        out.append(found & 0x7F | 0x80)
        found >>= 7
    return bytes((*out, found))


def _renumbered(field: bytes, before: int, after: int) -> bytes:
    wire_type = field[0] & 7
    assert field.startswith(_tag(before, wire_type))
    return _tag(after, wire_type) + field[len(_tag(before, wire_type)) :]


def _fields(data: bytes) -> list[bytes]:
    """The fields of a message without lengths, one by one."""
    found, at = [], 0
    while at < len(data):
        end = at
        while data[end] > 0x7F:
            end += 1
        end += 1
        wire_type = data[at] & 7
        if wire_type == 0:
            while data[end] > 0x7F:
                end += 1
            end += 1
        else:
            end += 8 if wire_type == 1 else 4
        found.append(data[at:end])
        at = end
    return found


def test_what_is_left_out_is_an_empty_array_of_its_own() -> None:
    for cls in CLASSES:
        first, second = cls(), protobuf.decode(cls, b"")
        assert first == second == protobuf.decode(cls, b"")
        assert protobuf.encode(first) == b""
        for attribute, code, _ in COLUMNS:
            for message in (first, second):
                value = getattr(message, attribute)
                assert (type(value), value.typecode, len(value)) == (array, code, 0)
            assert getattr(protobuf.decode(cls, b""), attribute) is not getattr(second, attribute)
            assert getattr(cls(), attribute) is not getattr(first, attribute)
    for data in (b"\x0a\x00", b"\x5a\x00"):
        assert protobuf.decode(types.Numbers, data) == types.Numbers()


def test_bits_stay_what_they_are() -> None:
    """A float of Python has no room for what kind of NaN one of 32 bits is."""
    raw = struct.pack("<4I", 0x7F800001, 0x7FC00000, 0xFF800001, 0x80000000)
    floats = array("f")
    floats.frombytes(raw)
    if sys.byteorder == "big":
        floats.byteswap()
    for cls in CLASSES:
        data = protobuf.encode(cls(floats=floats))
        assert raw[:4] in data
        assert protobuf.decode(cls, data).floats.tobytes() == floats.tobytes()
        message = cls()
        protobuf.merge(message, data)
        assert message.floats.tobytes() == floats.tobytes()
        assert protobuf.encode(message, deterministic=True) == data


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"int32s": [1, 2]}, "int32s: expected array, got list"),
    ({"doubles": (1.5,)}, "doubles: expected array, got tuple"),
    ({"doubles": None}, "doubles: expected array, got None"),
    ({"doubles": 1.5}, "doubles: expected array, got float"),
    ({"uint32s": b"1234"}, "uint32s: expected array, got bytes of 1 dimensions and format 'B'"),
    ({"int32s": array("q", [1, 2**31])}, "int32s[1]: 2147483648 does not fit int32"),
    ({"uint32s": array("i", [0, -1])}, "uint32s[1]: -1 does not fit uint32"),
    ({"uint64s": array("q", [-1])}, "uint64s[0]: -1 does not fit uint64"),
    ({"int64s": array("Q", [2**63])}, "int64s[0]: 9223372036854775808 does not fit int64"),
    ({"fixed32s": array("Q", [2**32])}, "fixed32s[0]: 4294967296 does not fit fixed32"),
    ({"sfixed64s": array("d", [1.0])}, "sfixed64s[0]: expected int, got float"),
]


@pytest.mark.parametrize(("given", "said"), MISTAKES)
def test_what_is_no_array_of_these_numbers_is_named(given: dict[str, Any], said: str) -> None:
    for cls in CLASSES:
        message = cls(**{name: array("q") for name in given})
        for name, value in given.items():
            setattr(message, name, value)
        with pytest.raises(EncodeError) as caught:
            protobuf.encode(message)
        assert str(caught.value) == f"{cls.__name__}.{said}"


def test_arrays_of_other_type_codes_are_taken_when_their_numbers_fit() -> None:
    for cls in CLASSES:
        wide = cls(int32s=array("q", [1, -2]), floats=array("d", [1.5, 1e300]), doubles=array("h", [1, 2]))
        narrow = cls(int32s=array("i", [1, -2]), floats=array("f", [1.5, float("inf")]), doubles=array("d", [1, 2]))
        assert protobuf.encode(wide) == protobuf.encode(narrow)


def test_buffers_of_numbers_are_taken() -> None:
    for cls in CLASSES:
        numbers = cls(sint32s=array("i", [1, -2, 3]), doubles=array("d", [0.5]))
        views = cls(sint32s=memoryview(numbers.sint32s), doubles=memoryview(numbers.doubles))
        assert protobuf.encode(views) == protobuf.encode(numbers)


@pytest.mark.parametrize(("attribute", "code", "numbers"), COLUMNS)
def test_arrays_of_numpy(attribute: str, code: str, numbers: list[Any]) -> None:
    numpy = pytest.importorskip("numpy")
    letter = {"i": "i4", "I": "u4", "q": "i8", "Q": "u8", "f": "f4", "d": "f8"}[code]
    for cls in CLASSES:
        expected = protobuf.encode(cls(**{attribute: array(code, numbers)}))
        before = fallbacks()
        for order in "=<>":
            message = cls(**{attribute: numpy.array(numbers, order + letter)})
            assert protobuf.encode(message) == expected
        assert fallbacks() == before
        doubled = numpy.repeat(numpy.array(numbers, letter), 2)[::2]
        assert protobuf.encode(cls(**{attribute: doubled})) == expected
        message = cls(**{attribute: numpy.array(numbers, letter)})
        assert protobuf.to_dict(message) == protobuf.to_dict(cls(**{attribute: array(code, numbers)}))
        with pytest.raises(EncodeError, match="of 2 dimensions"):
            protobuf.encode(cls(**{attribute: numpy.array([numbers], letter)}))


HOSTILE = [
    ("0a02", "int32s: 2 bytes are announced, 0 are left"),
    ("0affffffff07", "int32s: 2147483647 bytes are announced, 0 are left"),
    ("0affffffffff07", "int32s: a varint is longer than 5 bytes"),
    ("0a0180", "int32s: the message ends within a varint"),
    ("0a020180", "int32s: the message ends within a varint"),
    ("0a0bffffffffffffffffffff01", "int32s: a varint is longer than 10 bytes"),
    ("08", "int32s: the message ends within a varint"),
    ("08010880", "int32s: the message ends within a varint"),
    ("5a03000000", "floats: 3 bytes are no whole number of 4-byte values"),
    ("5a05000000000000", "floats: 5 bytes are no whole number of 4-byte values"),
    ("5a08000000", "floats: 8 bytes are announced, 3 are left"),
    ("62090000000000000000ff", "doubles: 9 bytes are no whole number of 8-byte values"),
    ("62f8ffffff07", "doubles: 2147483640 bytes are announced, 0 are left"),
    ("6100000000", "doubles: the message ends within a number"),
    ("610000000000000000610000", "doubles: the message ends within a number"),
    ("82010362080000000000000000", "numbers.doubles: 8 bytes are announced, 1 are left"),
]


@pytest.mark.parametrize(("sent", "said"), HOSTILE)
def test_bytes_that_are_no_numbers_are_refused(sent: str, said: str) -> None:
    data = bytes.fromhex(sent)
    with pytest.raises(DecodeError) as caught:
        protobuf.decode(types.Numbers, data)
    assert str(caught.value) == f"Numbers.{said}"
    message = pytest.importorskip("google.protobuf.message")
    with pytest.raises(message.DecodeError):
        theirs(types.Numbers).FromString(data)


@pytest.mark.parametrize("sent", ["0d01000000", "090100000000000000", "0b0c", "580a", "59" + "00" * 8])
def test_numbers_of_another_wire_type_are_unknown_fields(sent: str) -> None:
    data = bytes.fromhex(sent)
    read = protobuf.decode(types.Numbers, data)
    assert protobuf.encode(read) == data
    assert read.__unknown__ == data


def test_what_is_made_of_a_message_keeps_arrays() -> None:
    message = types.Numbers(
        doubles=array("d", [0.5, -1.0]), uint64s=array("Q", [2**64 - 1]), numbers=types.Numbers(int32s=array("i", [7]))
    )
    assert protobuf.replace(message, number=1).doubles is message.doubles
    for copied in (copy.deepcopy(message), pickle.loads(pickle.dumps(message)), copy.copy(message)):
        assert copied == message
        assert copied.doubles.typecode == "d"
    assert copy.deepcopy(message).doubles is not message.doubles
    assert message != protobuf.replace(message, doubles=array("d", [0.5]))
    assert "doubles=array('d', [0.5, -1.0])" in repr(message)
    assert protobuf.value_or_default(types.Numbers(), "doubles") == array("d")


def test_described_as_repeated() -> None:
    described = {field.attribute: field.type for field in describe(types.Numbers).fields}
    assert described["doubles"] == RepeatedType(ProtoScalarType("double"), is_packed=True, is_array=True)
    assert described["bools"] == RepeatedType(ProtoScalarType("bool"), is_packed=True)
    assert str(described["doubles"]) == "repeated double"
    (loose,) = [field.type for field in describe(types.Loose).fields if field.attribute == "doubles"]
    assert loose == RepeatedType(ProtoScalarType("double"), is_array=True)


def test_merged_behind_what_is_there() -> None:
    message = types.Numbers(int32s=array("i", [1]), doubles=array("d", [0.5]))
    protobuf.merge(message, protobuf.encode(message))
    assert message == types.Numbers(int32s=array("i", [1, 1]), doubles=array("d", [0.5, 0.5]))
    message.int32s, message.doubles = [1, 2], memoryview(message.doubles)  # in the place of arrays
    protobuf.merge(message, bytes.fromhex("0803") + protobuf.encode(types.Numbers(doubles=array("d", [7.0]))))
    assert message == types.Numbers(int32s=array("i", [1, 2, 3]), doubles=array("d", [0.5, 0.5, 7.0]))


def test_merged_by_a_mask() -> None:
    source = types.Numbers(int32s=array("i", [2]), doubles=array("d", [2.5]), colors=[types.Color.BLUE])
    mask = field_masks.of(types.Numbers, "int32s", "colors")
    into = types.Numbers(int32s=array("i", [1]), doubles=array("d", [0.5]))
    field_masks.merge(mask, source, into)
    assert into == types.Numbers(int32s=array("i", [1, 2]), doubles=array("d", [0.5]), colors=[types.Color.BLUE])
    assert into.int32s.typecode == "i"
    field_masks.merge(mask, source, into, replace_repeated=True)
    assert into.int32s == source.int32s
    assert into.int32s is not source.int32s


def test_as_json() -> None:
    message = types.Numbers(
        int32s=array("i", [1, -2]), uint64s=array("Q", [2**64 - 1]), floats=array("f", [0.1, float("inf")])
    )
    plain = {"int32s": [1, -2], "uint64s": ["18446744073709551615"], "floats": [0.1, "Infinity"]}
    assert protobuf.to_dict(message) == plain
    assert protobuf.from_dict(types.Numbers, plain) == message
    assert protobuf.from_json(types.Numbers, protobuf.to_json(message)) == message
    assert protobuf.from_dict(types.Numbers, {"int32s": None}) == types.Numbers()
    assert protobuf.from_dict(types.Numbers, {"int32s": []}).int32s.typecode == "i"
    assert protobuf.to_dict(types.Numbers(), emit_default_values=True)["doubles"] == []
    for wrong, said in (
        ({"int32s": [1, 2**31]}, r"int32s\[1\]"),
        ({"int32s": 7}, "int32s: expected an array"),
        ({"floats": [1e39]}, r"floats\[0\]"),
    ):
        with pytest.raises(DecodeError, match=said):
            protobuf.from_dict(types.Numbers, wrong)
    with pytest.raises(EncodeError, match=r"^Numbers\.int32s: expected array, got list$"):
        protobuf.to_dict(types.Numbers(int32s=[1]))
