"""gather joins what is small and never copies what is large."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.buffer.pieces import LARGE, gather

PARTS = st.lists(st.sampled_from([0, 1, 7, LARGE - 1, LARGE, LARGE + 1]).map(bytes))


@given(PARTS)
def test_the_bytes_are_the_same_and_large_parts_the_very_objects(parts: list[bytes]) -> None:
    pieces = gather(parts)
    assert b"".join(pieces) == b"".join(parts)
    large = [part for part in parts if len(part) >= LARGE]
    assert [id(piece) for piece in pieces if any(piece is part for part in large)] == list(map(id, large))


@given(PARTS)
def test_no_two_small_parts_stay_apart(parts: list[bytes]) -> None:
    large = {id(part) for part in parts if len(part) >= LARGE}
    joined = [id(piece) not in large for piece in gather(parts)]
    assert not any(here and there for here, there in pairwise(joined))


def test_what_could_still_change_is_copied() -> None:
    (piece,) = gather([bytearray(LARGE)])  # type: ignore[list-item]  # codecs let any buffer pass as binary
    assert type(piece) is bytes
