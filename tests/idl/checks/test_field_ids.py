"""The id that a hint, and an editor, offers for a field."""

from __future__ import annotations

import pytest

from kitexgen.idl.checks.field_ids import free_id


@pytest.mark.parametrize(
    ("ids", "free"),
    [
        ([], 1),
        ([1, 2, 1], 3),
        ([1, 5], 6),
        ([1, 2, 255], 3),
        ([1, 254, 255], 256),
        ([-1], 1),
        ([1, 1000, 255], 1001),
        ([1, 32767], 2),
    ],
)
def test_the_free_id_is_no_gap_and_leaves_base_at_its_place(ids: list[int], free: int) -> None:
    assert free_id(ids) == free
