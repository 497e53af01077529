"""Generated codecs do what the careful codec does, on every shape of record, or leave it to that one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitexgen.codegen import GenerateOptions
from kitexgen.runtime.contract.model import Struct
from kitexgen.runtime.errors import DecodeError, EncodeError
from kitexgen.runtime.thrift import decode, encode
from kitexgen.runtime.wire.pure import READERS, WRITERS
from kitexgen.runtime.wire.read_record import read_record
from kitexgen.runtime.wire.thrift_binary import BinaryReader, BinaryWriter
from kitexgen.runtime.wire.write_record import write_record
from tests.builders.generated import GeneratedCode, generate_code
from tests.strategies.values import records

IDL = Path(__file__).parent / "everything.thrift"
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[*HealthCheck])


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "keep_unknown_fields"])
def code(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> GeneratedCode:
    options = GenerateOptions(keep_unknown_fields=request.param)
    return generate_code([IDL], tmp_path_factory.mktemp("codecs"), options=options)


def each_class(code: GeneratedCode, *names: str) -> Iterator[tuple[type[Struct], Any, Any]]:
    """Class, generated writer and generated reader of every record, or of those named."""
    for module in list(code.modules()):
        for cls, (write, read) in getattr(module, "CODECS", {}).items():
            if not names or cls.__name__ in names:
                yield cls, write, read


def carefully_written(record: Any) -> bytes:
    pieces: list[bytes] = []
    write_record(record, BinaryWriter(pieces))
    return b"".join(pieces)


def for_each(code: GeneratedCode, make: Callable[[Any, Any, Any], Callable[[], None]]) -> None:
    """Run the property that `make` gives for each class with its writer and reader."""
    for cls, write, read in each_class(code):
        make(cls, write, read)()


def outcome(read: Callable[[], Any]) -> Any:
    """The record read, or None when a DecodeError says that there is none."""
    try:
        return read()
    except DecodeError:
        return None


def test_every_record_has_a_codec(code: GeneratedCode) -> None:
    assert {cls for cls, _, _ in each_class(code)} == set(code.records())


def test_bytes_are_those_of_the_careful_writer(code: GeneratedCode) -> None:
    def make(cls: Any, write: Any, read: Any) -> Callable[[], None]:
        @FEW
        @given(records(cls, utf8_only=True))
        def check(record: Any) -> None:
            data = b"".join(write(record))
            assert data == carefully_written(record)
            assert read(b"\xff" + data + b"\xff", 1) == (record, 1 + len(data))

        return check

    for_each(code, make)


def test_strings_that_are_not_utf8_go_the_careful_way(code: GeneratedCode) -> None:
    def make(cls: Any, write: Any, read: Any) -> Callable[[], None]:
        @settings(FEW, max_examples=10)
        @given(records(cls))
        def check(record: Any) -> None:
            assert decode(cls, encode(record)) == record

        return check

    for_each(code, make)


def fields_of(data: bytes) -> list[bytes]:
    """The fields of a record, cut apart."""
    reader = BinaryReader(data)
    fields: list[bytes] = []
    while True:
        start = reader.at
        code, _ = reader.field()
        if code == 0:
            return fields
        reader.skip(code)
        fields.append(data[start : reader.at])


def test_fields_in_any_order_some_missing_some_unknown(code: GeneratedCode) -> None:
    def make(cls: Any, write: Any, read: Any) -> Callable[[], None]:
        @FEW
        @given(records(cls, utf8_only=True), st.randoms(use_true_random=False))
        def check(record: Any, rng: random.Random) -> None:
            fields = fields_of(carefully_written(record))
            rng.shuffle(fields)
            data = b"".join([b"\x0a\x7f\x00" + bytes(8), *fields, b"\x0c\x7f\x01\x00", b"\x00"])
            assert same_up_to_unknown(decode(cls, data), record)
            for change in (drop_one, repeat_one, retype_one, unknown_between):
                data = b"".join([*change(list(fields), rng), b"\x00"])
                careful = outcome(lambda data=data: read_record(cls, BinaryReader(data)))  # type: ignore[misc]
                assert outcome(lambda data=data: decode(cls, data)) == careful  # type: ignore[misc]

        return check

    for_each(code, make)


def same_up_to_unknown(left: Any, right: Any) -> bool:
    return all(getattr(left, field[1]) == getattr(right, field[1]) for field in left.__schema__[3])


def drop_one(fields: list[bytes], rng: random.Random) -> list[bytes]:
    return rng.sample(fields, len(fields) - 1) if fields else fields


def repeat_one(fields: list[bytes], rng: random.Random) -> list[bytes]:
    return [*fields, rng.choice(fields)] if fields else fields


def retype_one(fields: list[bytes], rng: random.Random) -> list[bytes]:
    """Another type under a known id."""
    if not fields:
        return fields
    header = rng.choice(fields)[1:3]
    return [*fields, b"\x0f" + header + b"\x03\x00\x00\x00\x02ab"]


def unknown_between(fields: list[bytes], rng: random.Random) -> list[bytes]:
    place = rng.randrange(len(fields) + 1)
    return [*fields[:place], b"\x0b\x7f\x02\x00\x00\x00\x01x", *fields[place:]]


def test_every_truncation_is_refused(code: GeneratedCode) -> None:
    def make(cls: Any, write: Any, read: Any) -> Callable[[], None]:
        @settings(FEW, max_examples=5)
        @given(records(cls, utf8_only=True), st.randoms(use_true_random=False))
        def check(record: Any, rng: random.Random) -> None:
            data = carefully_written(record)
            for end in rng.sample(range(len(data)), min(len(data), 60)):
                with pytest.raises(Exception):  # noqa: B017, PT011 - any: the careful reader then says what is wrong
                    read(data[:end], 0)
                with pytest.raises(DecodeError):
                    decode(cls, data[:end])

        return check

    for_each(code, make)


def test_damaged_bytes_are_read_as_the_careful_reader_reads_them(code: GeneratedCode) -> None:
    def make(cls: Any, write: Any, read: Any) -> Callable[[], None]:
        @FEW
        @given(
            records(cls, utf8_only=True),
            st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4),
        )
        def check(record: Any, changes: list[tuple[int, int]]) -> None:
            damaged = bytearray(carefully_written(record))
            for place, byte in changes:
                damaged[place % len(damaged)] = byte
            data = bytes(damaged)
            careful = outcome(lambda: read_whole(cls, data))
            fast = outcome(lambda: decode(cls, data))
            assert repr(fast) == repr(careful)  # a NaN does not equal itself

        return check

    for_each(code, make)


def read_whole(cls: type, data: bytes) -> Any:
    reader = BinaryReader(data)
    record = read_record(cls, reader)
    if reader.at != len(data):
        raise DecodeError("bytes are left")
    return record


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return generate_code([IDL], tmp_path_factory.mktemp("types")).module("everything")


BAD = [
    None, True, 7, 2**70, -(2**70), 1.5, "text", b"bytes", ["text"], [7], (7,), {"key": 1}, {7: 7}, {None}, {"a"},
    [None], [[]], {"a": None}, object(), "\ud800",
]  # fmt: skip


def test_a_bad_value_is_written_by_neither_or_the_same_by_both(code: GeneratedCode) -> None:
    """Above all: None where it has no business, a str for a list<string>, 2 for a bool."""

    def make(cls: Any, write: Any, read: Any) -> Callable[[], None]:
        @settings(FEW, max_examples=3)
        @given(records(cls, utf8_only=True))
        def check(record: Any) -> None:
            for attribute in cls.__match_args__:
                kept = getattr(record, attribute)
                for bad in BAD:
                    object.__setattr__(record, attribute, bad)  # frozen ones, too
                    check_written_alike(record, write)
                object.__setattr__(record, attribute, kept)

        return check

    for_each(code, make)


def check_written_alike(record: Any, write: Any) -> None:
    careful, path = None, record.__schema__[1]
    try:
        careful = carefully_written(record)
    except EncodeError as error:
        path = error.path
    assert path.startswith(record.__schema__[1])
    try:
        fast = b"".join(write(record))
    except Exception:
        return  # the careful writer decides
    assert fast == careful


def test_no_record_stands_in_for_another(types: ModuleType) -> None:
    class Lookalike:
        x = y = 1
        label = "1"

    for items in ([Lookalike()], [types.Point(), Lookalike()]):
        with pytest.raises(EncodeError, match=r"Containers\.points\[\d\]: expected Point, got Lookalike"):
            encode(types.Containers(points=items))


def test_records_of_a_class_derived_by_hand_are_written(types: ModuleType) -> None:
    class Mine(types.Point):  # type: ignore[name-defined,misc]
        pass

    plain = types.Point(x=1, y=2, label="a")
    mine = Mine(x=1, y=2, label="a")
    assert encode(mine) == encode(plain)
    assert encode(types.Containers(points=[mine])) == encode(types.Containers(points=[plain]))
    assert type(decode(Mine, encode(plain))) is Mine


@pytest.mark.parametrize("number", [0, 1, 2, 255])
def test_only_one_is_true(types: ModuleType, number: int) -> None:
    data = encode(types.Numbers(b=False)).replace(b"\x02\x00\x01\x00", b"\x02\x00\x01" + bytes([number]), 1)
    assert decode(types.Numbers, data).b is (number == 1)
    spelled = b"\x0f\x00\x01\x02\x00\x00\x00\x01" + bytes([number]) + b"\x00"
    assert decode(types.Containers, spelled).bools == [number == 1]


def test_enums_keep_unknown_numbers(types: ModuleType) -> None:
    record = types.Containers(colors=[types.Color(42), types.Color.RED], switches={types.Color(-1): True})
    again = decode(types.Containers, encode(record))
    assert again == record
    assert repr(again.colors) == "[Color(42), Color.RED]"


def test_defaults_are_fresh_for_each_record(types: ModuleType) -> None:
    one, two = decode(types.Defaults, b"\x00"), decode(types.Defaults, b"\x00")
    assert one == two == types.Defaults()
    assert one.names is not two.names
    assert one.numbers is not two.numbers
    assert one.inner is not two.inner


def test_a_count_cannot_make_us_allocate(types: ModuleType) -> None:
    """Each container of every type, with a count of 2**31 - 1 and nothing behind it."""
    for number, _, _, _, spelled, *_ in types.Containers.__schema__[3]:
        kind = spelled[0]
        for data in (
            fields_head(number, kind) + b"\x7f\xff\xff\xff",
            fields_head(number, kind) + b"\xff\xff\xff\xff",
            fields_head(number, kind) + b"\x00\x00\x40\x00" + bytes(50),
        ):
            with pytest.raises(DecodeError):
                decode(types.Containers, data)


def fields_head(number: int, kind: str) -> bytes:
    """A field header with the types of its elements, right or wrong: all that make a difference are tried elsewhere."""
    if "map" in kind:
        return b"\x0d\x00" + bytes([number]) + b"\x0b\x0b"
    return (b"\x0e" if "set" in kind else b"\x0f") + b"\x00" + bytes([number]) + b"\x0b"


def test_depth_is_no_recursion_error(types: ModuleType) -> None:
    node = types.Node(l="leaf")
    for number in range(1000):
        node = types.Node(id=number, next=node) if number % 2 else types.Node(id=number, children=[node])
    assert decode(types.Node, encode(node)) == node
    for data in (b"\x0c\x00\x02" * 5000, b"\x0f\x00\x03\x0c\x00\x00\x00\x01" * 5000):
        with pytest.raises(DecodeError, match="1023"):
            decode(types.Node, data)
    node.children = [node]
    with pytest.raises(EncodeError, match="contain itself"):
        encode(node)


def test_falling_back_never_reads_twice_as_much_at_each_level(types: ModuleType) -> None:
    """A mismatch behind a nested record must not read that record again, or depth n would cost 2**n."""
    data = b"\x0a\x00\x01" + bytes(8)
    for _ in range(200):
        data = b"\x0a\x00\x01" + bytes(8) + b"\x0c\x00\x02" + data + b"\x00" + b"\x03\x7f\x7f\x01"
    assert decode(types.Node, data + b"\x00").id == 0


def test_the_codec_is_found_by_name(types: ModuleType) -> None:
    encode(types.Empty())
    decode(types.Empty, b"\x00")
    assert WRITERS[types.Empty].__name__ == "write_empty"
    assert READERS[types.Empty].__name__ == "read_empty"
