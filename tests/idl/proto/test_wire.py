"""The small writer of the wire format, against numbers worked out by hand and against itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.idl.proto.wire import field_bytes, field_packed, field_text, field_varint, varint, zigzag


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (0, "00"),
        (127, "7f"),
        (128, "8001"),
        (300, "ac02"),
        (-1, "ffffffffffffffffff01"),
        ((1 << 64) - 1, "ffffffffffffffffff01"),
        (-(1 << 63), "80808080808080808001"),
    ],
)
def test_varint(value: int, data: str) -> None:
    assert varint(value).hex() == data


@given(st.integers(0, (1 << 64) - 1))
def test_a_varint_reads_back(value: int) -> None:
    data = varint(value)
    assert sum((byte & 127) << 7 * at for at, byte in enumerate(data)) == value
    assert all(byte & 128 for byte in data[:-1])
    assert not data[-1] & 128


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (-1, 1), (1, 2), (-2, 3), (-(1 << 63), (1 << 64) - 1)])
def test_zigzag(value: int, expected: int) -> None:
    assert zigzag(value) == expected


def test_fields() -> None:
    assert field_varint(1, 150).hex() == "089601"
    assert field_text(2, "testing").hex() == "120774657374696e67"
    assert field_text(2, "\udcff") == b"\x12\x01\xff"
    assert field_bytes(1000, b"").hex() == "c23e00"


@pytest.mark.parametrize("values", [(), (1, 2), (127, 128), (3, 270, 86942), (200, 100)])
def test_packed(values: tuple[int, ...]) -> None:
    assert field_packed(4, values) == field_bytes(4, b"".join(varint(value) for value in values))
