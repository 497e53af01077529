"""Past a value, in a whole buffer and in one that grows."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wire import thrift_types as t
from kitexgen.runtime.wire.skip import BinarySkipper, CompactSkipper, skip_binary, skip_compact
from kitexgen.runtime.wire.thrift_binary import BinaryWriter
from kitexgen.runtime.wire.thrift_compact import TO_COMPACT, CompactWriter
from tests.strategies.chunks import chunks

COMPACT_STRUCT = TO_COMPACT[t.STRUCT]

# (type code, value) trees: what `write_value` writes.
_leaves = st.one_of(
    st.tuples(st.just(t.BOOL), st.booleans()),
    st.tuples(st.just(t.I8), st.integers(-128, 127)),
    st.tuples(st.just(t.I16), st.integers(-(2**15), 2**15 - 1)),
    st.tuples(st.just(t.I32), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just(t.I64), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just(t.DOUBLE), st.floats()),
    st.tuples(st.just(t.STRING), st.binary(max_size=20)),
    st.tuples(st.just(t.UUID), st.binary(min_size=16, max_size=16)),
)


def _grown(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    # All elements of a container are the same value: they must be of one type. Few of them, since this is nested.
    counts = st.integers(0, 2)
    return st.one_of(
        st.tuples(st.just(t.STRUCT), st.lists(st.tuples(st.integers(-(2**15), 2**15 - 1), values), max_size=4)),
        st.tuples(st.sampled_from([t.LIST, t.SET]), st.tuples(counts, values)),
        st.tuples(st.just(t.MAP), st.tuples(counts, values, values)),
    )


_long_lists = st.tuples(st.sampled_from([t.LIST, t.SET]), st.tuples(st.integers(0, 40), _leaves))
values = st.recursive(_leaves | _long_lists, _grown, max_leaves=6)


def write_value(writer: BinaryWriter | CompactWriter, value: Any) -> None:
    code, content = value
    match code:
        case t.BOOL:
            writer.boolean(content)
        case t.STRING:
            writer.binary(content)
        case t.UUID:
            writer.uuid(content)
        case t.STRUCT:
            writer.begin_record()
            for number, inner in content:
                write_field(writer, number, inner)
            writer.end_record()
        case t.LIST | t.SET:
            count, element = content
            writer.sequence(element[0], count)
            for _ in range(count):
                write_value(writer, element)
        case t.MAP:
            count, key, inner = content
            writer.mapping(key[0], inner[0], count)
            for _ in range(count):
                write_value(writer, key)
                write_value(writer, inner)
        case _:
            writer.number(code, content)


def write_field(writer: BinaryWriter | CompactWriter, number: int, value: Any) -> None:
    if value[0] == t.BOOL:
        writer.field_boolean(number, value[1])
    else:
        writer.field(value[0], number)
        write_value(writer, value)


def written(writer: BinaryWriter | CompactWriter, value: Any) -> bytes:
    write_value(writer, value)
    return b"".join(writer.pieces)


@given(values)
def test_to_the_end_and_no_further(value: Any) -> None:
    binary = written(BinaryWriter([]), value)
    assert skip_binary(b"\xff" + binary + b"\xff", 1, value[0]) == 1 + len(binary)
    compact = written(CompactWriter([]), value)
    assert skip_compact(b"\xff" + compact + b"\xff", 1, TO_COMPACT[value[0]]) == 1 + len(compact)


@given(values, st.data())
def test_any_cut_of_the_stream_gives_the_same_end(value: Any, data: st.DataObject) -> None:
    for stream, skipper in (
        (written(BinaryWriter([]), value), BinarySkipper(value[0])),
        (written(CompactWriter([]), value), CompactSkipper(TO_COMPACT[value[0]])),
    ):
        buffer = bytearray()
        ends = []
        for chunk in data.draw(chunks(stream)) if stream else [b""]:
            buffer += chunk
            ends.append(skipper.resume(buffer))
        assert ends == [None] * (len(ends) - 1) + [len(stream)]


@given(values)
def test_a_truncated_value_is_refused(value: Any) -> None:
    binary = written(BinaryWriter([]), value)
    for end in range(len(binary)):
        with pytest.raises(DecodeError, match="ends within a value"):
            skip_binary(binary[:end], 0, value[0])


@given(st.binary(max_size=60))
def test_any_bytes_end_or_are_refused(data: bytes) -> None:
    for code in range(20):
        for skip in (skip_binary, skip_compact):
            with contextlib.suppress(DecodeError):
                assert 0 <= skip(data, 0, code) <= len(data)


@pytest.mark.parametrize(
    "opening", [b"\x0c\x00\x01", b"\x0f\x00\x01\x0c\x00\x00\x00\x01", b"\x0d\x00\x01\x03\x0c\x00\x00\x00\x01\x07"]
)
def test_depth_is_counted_as_in_kitex(opening: bytes) -> None:
    """64 levels, the outermost included, pass; a list or map costs one, too."""
    per_step = 1 if len(opening) == 3 else 2
    fits = 63 // per_step
    assert skip_binary(opening * fits + bytes(fits + 1), 0, t.STRUCT)
    with pytest.raises(DecodeError, match="depth limit exceeded"):
        skip_binary(opening * (fits + 1) + bytes(fits + 2), 0, t.STRUCT)


def test_depth_of_compact() -> None:
    assert skip_compact(b"\x1c" * 63 + bytes(64), 0, COMPACT_STRUCT)
    with pytest.raises(DecodeError, match="depth limit exceeded"):
        skip_compact(b"\x1c" * 64 + bytes(65), 0, COMPACT_STRUCT)


@pytest.mark.parametrize("code", [0, 1, 5, 7, 9, 17, 255])
def test_unknown_types(code: int) -> None:
    with pytest.raises(DecodeError, match=f"unknown data type {code}"):
        skip_binary(bytes(20), 0, code)
    with pytest.raises(DecodeError, match=f"unknown data type {code}"):
        skip_binary(bytes([code, 0, 0, 0, 1]) + bytes(9), 0, t.LIST)


@pytest.mark.parametrize(
    ("code", "data"),
    [(t.STRING, b"\xff\xff\xff\xff"), (t.LIST, b"\x03\x80\x00\x00\x00"), (t.MAP, b"\x03\x03\xff\xff\xff\xff")],
)
def test_negative_lengths(code: int, data: bytes) -> None:
    with pytest.raises(DecodeError, match="invalid data length -"):
        skip_binary(data + bytes(9), 0, code)


def test_the_place_tells_how_much_is_still_to_come() -> None:
    skipper = BinarySkipper(t.STRING)
    assert skipper.resume(b"\x00\x10\x00\x00") is None
    assert skipper.at == 4 + 0x100000


def test_a_value_that_trickles_in_is_walked_once() -> None:
    """50,000 strings, a byte at a time: quadratic would take minutes."""
    stream = b"\x0b" + (50_000).to_bytes(4, "big") + b"\x00\x00\x00\x01x" * 50_000
    skipper = BinarySkipper(t.LIST)
    buffer = bytearray()
    began = time.process_time()
    for byte in stream[:-1]:
        buffer.append(byte)
        assert skipper.resume(buffer) is None
    buffer.append(stream[-1])
    assert skipper.resume(buffer) == len(stream)
    assert time.process_time() - began < 20
