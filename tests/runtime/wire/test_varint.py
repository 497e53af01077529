"""Numbers of Thrift compact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wire.varint import from_zigzag, read_varint, to_zigzag, write_varint

# Apache Thrift, doc/specs/thrift-compact-protocol.md, and the edges of each length
VARINTS = [
    (0, "00"),
    (1, "01"),
    (127, "7f"),
    (128, "8001"),
    (300, "ac02"),
    (50399, "df8903"),
    (2**32 - 1, "ffffffff0f"),
    (2**64 - 1, "ffffffffffffffffff01"),
]
ZIGZAGS = [(0, 0), (-1, 1), (1, 2), (-2, 3), (2**31 - 1, 2**32 - 2), (-(2**31), 2**32 - 1), (-(2**63), 2**64 - 1)]


@pytest.mark.parametrize(("number", "spelled"), VARINTS)
def test_varints(number: int, spelled: str) -> None:
    data = bytes.fromhex(spelled)
    assert write_varint(number) == data
    assert read_varint(b"\xff" + data + b"\xff", 1, 64) == (number, 1 + len(data))


@pytest.mark.parametrize(("number", "mapped"), ZIGZAGS)
def test_zigzag(number: int, mapped: int) -> None:
    assert to_zigzag(number) == mapped
    assert from_zigzag(mapped) == number


@given(st.integers(-(2**63), 2**63 - 1))
def test_back_and_forth(number: int) -> None:
    data = write_varint(to_zigzag(number))
    assert from_zigzag(read_varint(data, 0, 64)[0]) == number


def test_an_eleventh_byte_is_refused() -> None:
    with pytest.raises(DecodeError, match="longer than 10 bytes"):
        read_varint(b"\x80" * 10 + b"\x01", 0, 64)


def test_an_end_within_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        read_varint(b"\x80\x80", 0, 64)


def test_numbers_are_cut_to_their_bits() -> None:
    assert read_varint(write_varint(2**40 + 5), 0, 32) == (5, 6)
