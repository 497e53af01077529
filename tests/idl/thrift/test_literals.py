"""What literals and numbers mean."""

from __future__ import annotations

import pytest

from kitexgen.idl.thrift.literals import integer, is_octal_wrong, reads_octal_otherwise, unquote


@pytest.mark.parametrize(
    ("text", "value", "faults"),
    [
        (r'"plain"', "plain", []),
        (r'"\n\r\t\\\"\'"', "\n\r\t\\\"'", []),
        (r'"\x41"', "A", [None]),
        (r'"\u00e9"', "é", [None]),
        (r'"\U0001F600"', "😀", [None]),
        (r'"\101"', "A", [None]),
        (r'"\a\b\f\v"', "\a\b\f\v", [None] * 4),
        (r'"\xe4\xbd\xa0"', "你", [None] * 3),
        (r'"\xff"', "\udcff", [None]),
        (r'"\d"', r"\d", [None]),
        ('"a\\\nb"', "a\\\nb", [None]),
        (r'"é\n"', "é\n", []),
    ],
)
def test_unquote(text: str, value: str, faults: list[str | None]) -> None:
    found, escapes = unquote(text)
    assert found == value
    assert [fault.reason for fault in escapes] == faults


@pytest.mark.parametrize("text", [r'"\x4"', r'"\u12"', r'"\U1234567"', r'"\ud800"', r'"\U00110000"', r'"\777"'])
def test_bad_escapes_have_a_reason(text: str) -> None:
    _, (fault, *_) = unquote(text)
    assert fault.reason
    assert (fault.start, text[fault.start]) == (1, "\\")


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("010", 10), ("-08", -8), ("+5", 5), ("0x10", 16), ("-0x10", -16), ("0o17", 15), ("9" * 5000, 1 << 128)],
)
def test_integer(text: str, value: int) -> None:
    assert integer(text) == value


@pytest.mark.parametrize(
    ("text", "differs", "wrong"),
    [
        ("7", False, False),
        ("0", False, False),
        ("007", False, False),
        ("010", True, False),
        ("-010", True, False),
        ("08", True, True),
        ("0x10", False, False),
    ],
)
def test_leading_zeros(text: str, differs: bool, wrong: bool) -> None:
    assert reads_octal_otherwise(text) is differs
    assert is_octal_wrong(text) is wrong
