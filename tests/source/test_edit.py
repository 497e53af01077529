"""Applying edits to a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.source import TextEdit, apply_edits


def test_offsets_speak_of_the_original() -> None:
    edits = [TextEdit(4, 5, "E"), TextEdit(0, 1, ""), TextEdit(2, 2, "--")]
    assert apply_edits("abcde", edits) == "b--cdE"


def test_insertions_at_one_place_keep_their_order() -> None:
    assert apply_edits("ab", [TextEdit(1, 1, "1"), TextEdit(1, 1, "2")]) == "a12b"


def test_overlap_is_refused() -> None:
    with pytest.raises(ValueError, match="offset 1"):
        apply_edits("abc", [TextEdit(0, 2, "x"), TextEdit(1, 3, "y")])


@given(st.text(max_size=20), st.data())
def test_one_edit_is_a_slice_assignment(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    inserted = data.draw(st.text(max_size=5))
    assert apply_edits(text, [TextEdit(start, end, inserted)]) == text[:start] + inserted + text[end:]
