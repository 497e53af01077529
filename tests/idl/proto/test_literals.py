"""Values of literals and numbers, as protoc's tokenizer reads them."""

from __future__ import annotations

import math

import pytest

from kitexgen.idl.proto.literals import floating, integer, unquote


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'é'", "é".encode()),
        (r'"\a\b\f\n\r\t\v\?\\\'\""', b"\a\b\f\n\r\t\v?\\'\""),
        (r'"\x1g\X41\101\1012\777"', b"\x01gAAA2\xff"),
        (r'"\u00e9\U0001F600"', "é😀".encode()),
        (r'"\ud83d\ude00"', "😀".encode()),
        (r'"\ud83d"', b"\xed\xa0\xbd"),
        (r'"\U00110000"', rb"\U00110000"),
    ],
)
def test_strings(text: str, value: bytes) -> None:
    assert unquote(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("017", 15), ("0x1F", 31), ("0XfF", 255), ("18446744073709551616", 1 << 64)]
)
def test_integers(text: str, value: int) -> None:
    assert integer(text) == value


@pytest.mark.parametrize("text", ["9" * 100_000, "0x" + "f" * 100_000, "0" + "7" * 100_000])
def test_long_integers_take_no_time_and_stay_big(text: str) -> None:
    assert integer(text) > 1 << 128


def test_leading_zeros_make_no_number_big() -> None:
    assert integer("0x" + "0" * 1000 + "1") == 1


@pytest.mark.parametrize(
    ("text", "value"), [("1.", 1.0), (".5", 0.5), ("1e3", 1000.0), ("0x10", 16.0), ("1e999", math.inf)]
)
def test_floats(text: str, value: float) -> None:
    assert floating(text) == value
