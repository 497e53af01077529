"""Offsets to places and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.source import Position, SourceFile


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("", 0, (1, 1)),
        ("ab", 1, (1, 2)),
        ("ab", 2, (1, 3)),
        ("ab\n", 2, (1, 3)),
        ("ab\n", 3, (2, 1)),
        ("a\r\nb", 3, (2, 1)),
        ("a\n\n\nb", 2, (2, 1)),
        ("é\nü", 2, (2, 1)),
    ],
)
def test_position(text: str, offset: int, place: tuple[int, int]) -> None:
    file = SourceFile("a.thrift", text)
    assert file.position(offset) == Position(*place)


@given(st.text("ab\r\n\u00e9\U0001f600", max_size=40), st.data())
def test_position_and_offset_are_inverse(text: str, data: st.DataObject) -> None:
    file = SourceFile("a.thrift", text)
    offset = data.draw(st.integers(0, len(text)))
    position = file.position(offset)
    back = file.offset(position)
    # Only an offset inside a line end comes back as the end of that line's text.
    assert back == offset or set(text[back:offset]) <= {"\r", "\n"}


@pytest.mark.parametrize(
    ("text", "lines"), [("", [""]), ("a\nb", ["a", "b"]), ("a\r\nb\n", ["a", "b", ""]), ("a\rb", ["a\rb"])]
)
def test_line_leaves_the_line_end_out(text: str, lines: list[str]) -> None:
    file = SourceFile("a.thrift", text)
    assert [file.line(n) for n in range(1, len(file.line_starts) + 1)] == lines


def test_a_column_past_the_line_is_its_end() -> None:
    assert SourceFile("a", "ab\ncd").offset(Position(1, 99)) == 2


@pytest.mark.parametrize(("text", "offset", "units"), [("abc", 2, 2), ("é\U0001f600x", 2, 3), ("a\n\U0001f600x", 3, 2)])
def test_utf16_column(text: str, offset: int, units: int) -> None:
    assert SourceFile("a", text).utf16_column(offset) == units
