"""Many varints, and whole maps, take another way than one number at a time: the bytes and the values are the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kitexgen.runtime.wire import protobuf_types as t
from kitexgen.runtime.wire.protobuf_columns import LANE, MOST, read_column, write_column
from kitexgen.runtime.wire.protobuf_maps import (
    put_numbers_by_text,
    put_texts_by_text,
    read_numbers_by_text,
    read_texts_by_text,
)
from kitexgen.runtime.wire.protobuf_numbers import write_scalar
from kitexgen.runtime.wire.protobuf_puts import PUTS, put_packed

KINDS = ("int32", "int64", "uint32", "uint64", "sint32", "sint64")
HEAD = b"\x10"


def numbers(kind: str) -> st.SearchStrategy[int]:
    """Any, with as many of few bits as of many."""
    low, high = t.RANGES[kind]
    edges = [
        0,
        1,
        -1,
        low,
        high,
        *(1 << bits for bits in range(7, 64, 7)),
        *((1 << bits) - 1 for bits in range(7, 64, 7)),
    ]
    fitting = [number for number in edges if low <= number <= high]
    sized = st.integers(0, high.bit_length()).flatmap(lambda bits: st.integers(max(low, -(1 << bits)), (1 << bits) - 1))
    return st.sampled_from(fitting) | sized.filter(lambda number: low <= number <= high)


COLUMNS = st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), st.lists(numbers(kind), min_size=1)))
KEYS = st.text("a\x00\n\x10é", max_size=4) | st.sampled_from(["k" * 113, "k" * 114, "k" * 115, "k" * 130])


@given(COLUMNS)
def test_columns(column: tuple[str, list[int]]) -> None:
    kind, values = column
    plain = [write_scalar(kind, value) for value in values]
    lanes, sizes = write_column(kind, values)
    assert [bytes(lanes[LANE * place :][:size]) for place, size in enumerate(sizes)] == plain
    assert b"".join(spelled.ljust(LANE, b"\0") for spelled in plain) == lanes
    assert read_column(kind, HEAD[0], [HEAD + spelled for spelled in plain]) == values
    assert [PUTS[kind](HEAD, value) for value in values] == [HEAD + spelled for spelled in plain]


@given(COLUMNS)
def test_packed_lists(column: tuple[str, list[int]]) -> None:
    kind, values = column
    for many in (values, values * MOST):
        block = b"".join(write_scalar(kind, value) for value in many)
        assert put_packed(b"\x0a", kind, many)[1] == block


BAD = [
    b"",
    HEAD,
    HEAD + b"\x80",
    HEAD + b"\x80\x00",
    HEAD + b"\x05\x00",
    HEAD + b"\x00\x00",
    HEAD + b"\x05\x05",
    HEAD + b"\x05\x80",
    HEAD + b"\xff" * 9,
    HEAD + b"\xff" * 9 + b"\x03",
    HEAD + b"\xff" * 10 + b"\x01",
    b"\x11\x01",
]


@pytest.mark.parametrize("others", [[], [HEAD + b"\x05"], [HEAD + b"\x00"], [HEAD], [HEAD + b"\x05\x00"]])
@pytest.mark.parametrize("bad", BAD)
def test_what_is_not_canonical_is_left_to_others(bad: bytes, others: list[bytes]) -> None:
    with pytest.raises(ValueError, match=r"not canonical|another tag"):
        read_column("int64", HEAD[0], [bad, *others])


@pytest.mark.parametrize(("kind", "value"), [("int32", 1 << 31), ("uint64", -1), ("sint64", 1 << 63), ("int64", 1.0)])
def test_what_does_not_fit_is_refused(kind: str, value: Any) -> None:
    with pytest.raises((OverflowError, TypeError)):
        write_column(kind, [1, value])


def test_a_number_past_its_32_bits_is_left_to_others() -> None:
    with pytest.raises(OverflowError):
        read_column("int32", HEAD[0], [HEAD + write_scalar("int64", 1 << 40)])


def entry(key: str, value: bytes) -> bytes:
    raw = key.encode()
    body = b"\x0a" + t.varint(len(raw)) + raw + value
    return b"\x1a" + t.varint(len(body)) + body


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), st.dictionaries(KEYS, numbers(kind)))))
@example(("int64", {f"{number}": number + 1 for number in range(MOST + 1)}))
@example(("sint32", {f"{number}": number - 700 for number in range(2 * MOST)}))
@example(("int64", {f"{number}": number for number in range(30)}))
@example(("int32", {f"{number}" if number else "": -1 for number in range(30)}))
def test_maps_to_numbers(made: tuple[str, dict[str, int]]) -> None:
    kind, entries = made
    data = b"".join(put_numbers_by_text(b"\x1a", kind, entries))
    assert data == b"".join(entry(key, HEAD + write_scalar(kind, value)) for key, value in entries.items())
    check_read(data, entries, lambda found: read_numbers_by_text(data + b"\x22\x00", 0, len(data), kind, found))


@given(st.dictionaries(KEYS, KEYS))
def test_maps_to_texts(entries: dict[str, str]) -> None:
    data = b"".join(put_texts_by_text(b"\x1a", entries))
    plain = [entry(key, b"\x12" + t.varint(len(value.encode())) + value.encode()) for key, value in entries.items()]
    assert data == b"".join(plain)
    check_read(data, entries, lambda found: read_texts_by_text(data + b"\x22\x00", 0, len(data), found))


def check_read(data: bytes, entries: dict[str, Any], read: Any) -> None:
    """All is read up to the first entry that is long."""
    if not entries:
        return
    found: dict[str, Any] = {}
    stop = read(found)
    assert list(found.items()) == list(entries.items())[: len(found)]
    assert stop == len(data) or data[stop + 1] > 127


class Shouting(str):
    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return self.upper()


def test_a_string_of_another_class_is_written_as_it_is() -> None:
    assert b"".join(put_texts_by_text(b"\x1a", {Shouting("a"): "b"})) == entry("a", b"\x12\x01b")
    with pytest.raises(AttributeError):
        put_texts_by_text(b"\x1a", {b"a": "b"})
