"""The functions of rules do as Go's do."""

from __future__ import annotations

import pytest

from kitexgen.runtime.model.rules import byte_size, remainder, rune_size, sprintf


def test_sizes() -> None:
    assert [byte_size(text) for text in ("", "ab", "é", "\udcff")] == [0, 2, 2, 1]
    assert [rune_size(data) for data in (b"", b"ab", "é".encode(), b"\xff\xfe")] == [0, 2, 1, 2]


@pytest.mark.parametrize(
    ("left", "right", "rest"), [(7, 3, 1), (-7, 3, -1), (7, -3, 1), (-7, -3, -1), (2**62 + 1, 2, 1)]
)
def test_remainder_has_the_sign_of_the_dividend(left: int, right: int, rest: int) -> None:
    assert remainder(left, right) == rest


# What Go 1.22 prints.
@pytest.mark.parametrize(
    ("format", "values", "text"),
    [
        ("%d|%5d|%-5d|%05d", (1, 2, 3, 4), "1|    2|3    |00004"),
        ("%x %X %o %b", (255, 255, 8, 5), "ff FF 10 101"),
        ("%s|%5s|%-5s|%v", ("a", "b", "c", "d"), "a|    b|c    |d"),
        ("%v %v %v", (True, 1.5, 3), "true 1.5 3"),
        ("%v %g", (2.0, 0.1), "2 0.1"),
        ("%f %.2f %e", (1.5, 1.256, 1.5), "1.500000 1.26 1.500000e+00"),
        ("%q", ('a"b',), '"a\\"b"'),
        ("%t 100%%", (False,), "false 100%"),
        ("%v", (b"ab",), "ab"),
    ],
)
def test_sprintf(format: str, values: tuple[object, ...], text: str) -> None:
    assert sprintf(format, *values) == text
