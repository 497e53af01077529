"""Spans: joining and asking."""

import pytest

from kitexgen.source import Span


def test_join_covers_both() -> None:
    assert Span("a", 5, 7).join(Span("a", 1, 6)) == Span("a", 1, 7)


def test_spans_of_two_files_do_not_join() -> None:
    with pytest.raises(ValueError, match="a and b"):
        Span("a", 0, 1).join(Span("b", 0, 1))


def test_contains_is_half_open() -> None:
    span = Span("a", 1, 3)
    assert [offset for offset in range(5) if span.contains(offset)] == [1, 2]
