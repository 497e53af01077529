"""What records mean on the wire, by encode and decode: reference wire.md §1.2 to §1.5, design output.md §2."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime import which
from kitexgen.runtime.contract.model import Struct
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.thrift import decode, encode, encoded_size
from kitexgen.runtime.wire.thrift_envelope import ThriftProtocol
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

PROTOCOLS: tuple[ThriftProtocol, ...] = ("binary", "compact")

# The classes without their types, for values that do not fit.
U: Any = User
S: Any = Scalars
C: Any = Containers

any_record = st.one_of([records(cls) for cls in ALL])


def raw(spelled: str) -> bytes:
    """Bytes from hexadecimal with comments: `"0a 0001 ..."`."""
    return bytes.fromhex(spelled.replace(" ", ""))


def i64(value: int) -> str:
    return struct.pack(">q", value).hex()


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(any_record)
def test_round_trip(protocol: ThriftProtocol, record: Struct) -> None:
    data = encode(record, protocol=protocol)
    twin = decode(type(record), data, protocol=protocol)
    assert twin == record
    assert type(twin) is type(record)
    assert encoded_size(record, protocol=protocol) == len(data)
    assert decode(type(record), memoryview(bytearray(data)), protocol=protocol) == record


# record, its bytes in Thrift binary: read and written
BYTES: list[tuple[Struct, str]] = [
    # ids in wire order: fixed-size fields first, then the rest; absent optional fields left out
    (User(id=7), f"0a 0001 {i64(7)} 0b 0002 00000000 0f 0003 0b 00000000 00"),
    (User(id=2**63 - 1), "0a 0001 7fffffffffffffff 0b 0002 00000000 0f 0003 0b 00000000 00"),
    (User(id=-(2**63)), "0a 0001 8000000000000000 0b 0002 00000000 0f 0003 0b 00000000 00"),
    # a string that is no UTF-8 survives
    (User(id=0, name="a\udcff\udc80"), f"0a 0001 {i64(0)} 0b 0002 00000003 61ff80 0f 0003 0b 00000000 00"),
    (Key(x=1, parts=("p",)), "08 0001 00000001 0f 0002 0b 00000001 00000001 70 0d 0003 0b0a 00000000 00"),
    (Choice(number=0), f"0a 0001 {i64(0)} 00"),
    (Choice(colors=[Color.RED, Color(42)]), "0f 0003 08 00000002 00000001 0000002a 00"),
    (NotFound(code=-1), "08 0001 ffffffff 00"),
    (NotFound(code=1, message=""), "08 0001 00000001 0b 0002 00000000 00"),
]


@pytest.mark.parametrize(("record", "spelled"), BYTES)
def test_bytes(record: Struct, spelled: str) -> None:
    assert encode(record).hex() == raw(spelled).hex()
    assert decode(type(record), raw(spelled)) == record


def test_scalars_in_the_order_of_kitex() -> None:
    record = Scalars(flag=True, byte=-1, short=-2, word=-3, long=-4, ratio=1.5, class_=Color.GREEN, leaf=Key())
    assert encode(record) == raw(
        "02 0001 01  03 0002 ff  06 0003 fffe  08 0004 fffffffd"
        f"0a 0005 {i64(-4)}  04 0006 3ff8000000000000"
        "0b 0007 00000000  0b 0008 00000000  10 0009 00000000000000000000000000000000  08 000a 00000002"
        "0c 000c 08 0001 00000000 0f 0002 0b 00000000 0d 0003 0b0a 00000000 00"
        "00"
    )


# class, bytes, what they are read as; never written like this
LENIENT: list[tuple[type[Struct], str, Struct]] = [
    # nothing but the required field: defaults
    (User, f"0a 0001 {i64(1)} 00", User(id=1)),
    (Scalars, "00", Scalars()),
    # fields in any order
    (User, f"0b 0002 00000001 61 0a 0001 {i64(1)} 00", User(id=1, name="a")),
    # unknown ids, negative ones too, and known ids of another type are skipped
    (User, f"0a 0001 {i64(1)} 0d 0063 0b0c 00000001 00000001 61 08 0001 00000001 00 02 ffff 01 00", User(id=1)),
    (User, f"0a 0001 {i64(1)} 08 0002 00000005 00", User(id=1)),
    # the last occurrence of a field wins, whole
    (User, f"0a 0001 {i64(1)} 0a 0001 {i64(2)} 00", User(id=2)),
    (
        User,
        f"0a 0001 {i64(1)} 0f 0003 0b 00000001 00000001 61 0f 0003 0b 00000001 00000001 62 00",
        User(id=1, tags=["b"]),
    ),
    # only the byte 1 is true
    (Scalars, "02 0001 02 00", Scalars(flag=False)),
    # an enum keeps its number
    (Scalars, "08 000a 7fffffff 00", Scalars(class_=Color(2**31 - 1))),
    # optional with an IDL default: what was sent, else the default
    (Scalars, "08 000b 00000064 00", Scalars(limit=100)),
    # an empty container may name any element type
    (User, f"0a 0001 {i64(1)} 0f 0003 08 00000000 00", User(id=1)),
    # of equal map keys the last wins
    (Containers, "0d 0004 0203 00000002 01 05 01 06 00", Containers(by_flag={True: 6})),
]


@pytest.mark.parametrize(("cls", "spelled", "record"), LENIENT)
def test_what_is_read_leniently(cls: type[Struct], spelled: str, record: Struct) -> None:
    assert decode(cls, raw(spelled)) == record


@pytest.mark.parametrize("limit", [99, 101, 0])
def test_an_optional_field_with_a_default_is_written_when_it_differs(limit: int) -> None:
    size = encoded_size(Scalars())
    assert encoded_size(Scalars(limit=100)) == size
    assert encoded_size(Scalars(limit=limit)) == size + 3 + 4
    assert decode(Scalars, encode(Scalars(limit=limit))).limit == limit


def test_a_default_struct_that_is_none_is_left_out() -> None:
    assert decode(Scalars, encode(Scalars(leaf=None))).leaf is None
    assert b"\x0c\x00\x0c" not in encode(Scalars(leaf=None))


# union bytes, fields that are set then, what `which` says
@pytest.mark.parametrize(
    ("spelled", "name"),
    [("00", None), ("08 0009 00000001 00", None), (f"0a 0001 {i64(1)} 00", "number"), ("0b 0001 00000000 00", None)],
)
def test_unions_are_read_as_they_come(spelled: str, name: str | None) -> None:
    union = decode(Choice, raw(spelled))
    assert which(union) == name
    if name is None:
        with pytest.raises(EncodeError, match=r"^Choice: exactly one field"):
            encode(union)


def test_a_union_of_two_is_kept_as_received_and_not_written() -> None:
    union = decode(Choice, raw(f"0a 0001 {i64(1)} 0f 0003 08 00000000 00"))
    assert (union.number, union.user, union.colors) == (1, None, [])
    for protocol in PROTOCOLS:
        with pytest.raises(EncodeError, match="exactly one field"):
            encode(union, protocol=protocol)


def test_unknown_fields_are_kept_on_demand_and_written_back_last() -> None:
    sent = raw("08 0063 00000007  0b 0002 00000001 61  0c 0064 02 0001 01 00  00")
    kept = decode(Kept, sent)
    assert kept.name == "a"
    assert kept.__unknown__ == raw("08 0063 00000007  0c 0064 02 0001 01 00")
    assert encode(kept) == raw("0b 0002 00000001 61  08 0063 00000007  0c 0064 02 0001 01 00  00")
    assert decode(Kept, encode(kept, protocol="compact"), protocol="compact") == kept


@pytest.mark.parametrize(
    ("cls", "spelled", "path", "reason"),
    [
        (User, "00", "User", "required field id is not set"),
        (User, "08 0001 00000001 00", "User", "required field id is not set"),
        (User, f"0a 0001 {i64(1)} 0c 0004 00 00", "User.manager", "required field id is not set"),
        (Choice, "0c 0002 00 00", "Choice.user", "required field id is not set"),
        (User, f"0a 0001 {i64(1)} 0f 0003 08 00000001 00000001 00", "User.tags", "got i32"),
        (User, f"0a 0001 {i64(1)} 0f 0003 0b 7fffffff 00", "User.tags", "elements"),
        (User, f"0a 0001 {i64(1)} 0f 0003 0b ffffffff 00", "User.tags", "invalid data length -1"),
        (User, f"0a 0001 {i64(1)} 0b 0002 ffffffff 00", "User.name", "invalid data length -1"),
        (User, f"0a 0001 {i64(1)} 0b 0002 00000009 61 00", "User.name", "9 bytes expected, 2 are left"),
        (User, "01 0005 00", "User.<field 5>", "unknown data type 1"),
        (User, "", "User", ""),
        (User, "0a", "User", ""),
        (User, f"0a 0001 {i64(1)}", "User", ""),
        (User, f"0a 0001 {i64(1)} 00 00", "User", "1 bytes are left behind the record"),
    ],
)
def test_what_cannot_be_read(cls: type[Struct], spelled: str, path: str, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(cls, raw(spelled))
    assert caught.value.path == path
    assert reason in caught.value.reason


def test_depth_limit_of_unknown_fields_is_that_of_kitex() -> None:
    def nested(levels: int) -> bytes:
        return b"\x0c\x00\x63" * levels + b"\x00" * (levels + 1)

    assert decode(Scalars, nested(64)) == Scalars()
    with pytest.raises(DecodeError, match="depth limit exceeded"):
        decode(Scalars, nested(65))
    with pytest.raises(DecodeError, match="depth limit exceeded"):
        decode(Scalars, nested(100_000))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_thousand_records_within_each_other(protocol: ThriftProtocol) -> None:
    user = User(id=0)
    for level in range(1000):
        user = User(id=level, manager=user)
    assert decode(User, encode(user, protocol=protocol), protocol=protocol) == user


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_however_deep_there_is_no_recursion_error(protocol: ThriftProtocol) -> None:
    user = User(id=0)
    for level in range(50_000):
        user = User(id=level, manager=user)
    with pytest.raises(EncodeError):
        encode(user, protocol=protocol)
    header = f"0a 0001 {i64(1)} 0c 0004" if protocol == "binary" else "16 02 3c"
    with pytest.raises(DecodeError):
        decode(User, raw(header) * 100_000, protocol=protocol)


def test_a_record_within_itself_is_refused() -> None:
    user = User(id=1)
    user.manager = user
    with pytest.raises(EncodeError, match="may contain itself"):
        encode(user)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("record", "text"),
    [
        (U(id=None), "User.id: expected int, got None"),
        (U(id="1"), "User.id: expected int, got str"),
        (U(id=1, name=None), "User.name: expected str, got None"),
        (U(id=1, name=b"x"), "User.name: expected str, got bytes"),
        (U(id=1, tags=["a", 3]), "User.tags[1]: expected str, got int"),
        (U(id=1, tags="ab"), "User.tags: expected list, got str"),
        (U(id=1, manager=U(id=1, manager=Key())), "User.manager.manager: expected User, got Key"),
        (S(class_="RED"), "Scalars.class: expected Color, got str"),
        (S(ratio="1"), "Scalars.ratio: expected float, got str"),
        (S(blob="x"), "Scalars.blob: expected bytes, got str"),
        (S(uid="x"), "Scalars.uid: expected UUID, got str"),
        (C(by_key={Key(): None}), "Containers.by_key[Key]: expected User, got None"),
        (C(by_flag={True: 128}), "Containers.by_flag[True]: "),
        (C(choices=[Choice(number=1), KeyChoice(number=1)]),
         "Containers.choices[1]: expected Choice, got KeyChoice"),
    ],
)  # fmt: skip
def test_what_cannot_be_written(protocol: ThriftProtocol, record: Struct, text: str) -> None:
    for attempt in (encode, encoded_size):
        with pytest.raises(EncodeError) as caught:
            attempt(record, protocol=protocol)
        assert str(caught.value).startswith(text)


def test_none_where_a_container_belongs_is_refused() -> None:
    user = User(id=1)
    user.tags = None  # type: ignore[assignment]
    with pytest.raises(EncodeError, match=r"^User\.tags: expected list, got None$"):
        encode(user)


@pytest.mark.parametrize(
    ("field", "bits"), [("byte", 8), ("short", 16), ("word", 32), ("long", 64), ("class_", 32), ("limit", 32)]
)
def test_integers_have_their_range(field: str, bits: int) -> None:
    limit = 1 << (bits - 1)
    for value in (-limit, limit - 1):
        assert getattr(decode(Scalars, encode(S(**{field: value}))), field) == value
    for value in (-limit - 1, limit):
        with pytest.raises(EncodeError, match=rf"^Scalars\.{field.rstrip('_')}: "):
            encode(S(**{field: value}))


@pytest.mark.parametrize("thing", [User, Color.RED, 1, None, {"id": 1}])
def test_only_records_are_written(thing: Any) -> None:
    for function in (encode, encoded_size):
        with pytest.raises(TypeError, match=rf"^{function.__name__}\(\) takes a record, got "):
            function(thing)


@pytest.mark.parametrize("thing", [Struct, Color, int, User(id=1)])
def test_only_record_classes_are_read(thing: Any) -> None:
    with pytest.raises(TypeError, match="expected a generated record class, got"):
        decode(thing, b"\x00")


def test_another_protocol_is_refused() -> None:
    for attempt in (encode, encoded_size):
        with pytest.raises(ValueError, match="'json'"):
            attempt(User(id=1), protocol="json")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'json'"):
        decode(User, b"", protocol="json")  # type: ignore[arg-type]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(st.sampled_from(ALL), st.data())
def test_damaged_bytes_are_read_or_refused(protocol: ThriftProtocol, cls: type[Struct], data: st.DataObject) -> None:
    sent = bytearray(encode(data.draw(records(cls)), protocol=protocol))
    for position, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(sent) - 1), st.integers(0, 255)), max_size=3)
    ):
        sent[position] = value
    try:
        decode(cls, bytes(sent[: data.draw(st.integers(0, len(sent)))]), protocol=protocol)
    except DecodeError:
        return
