"""Pending against the plainest model there is: a bytearray."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.framing.pending import Pending

STEPS = st.lists(st.binary(min_size=1, max_size=30) | st.integers(1, 30), max_size=30)


@given(STEPS)
def test_it_is_a_queue_of_bytes(steps: list[bytes | int]) -> None:
    pending, model = Pending(), bytearray()
    for step in steps:
        if isinstance(step, bytes):
            pending.feed(step)
            model += step
        else:
            size = min(step, len(model))
            assert pending.peek(step) == model[:step]
            assert pending.take(size) == model[:size]
            del model[:size]
        assert len(pending) == len(model)
        with pending.view() as view:
            assert bytes(view) == model


@given(STEPS)
def test_dropping_is_taking_without_a_copy(steps: list[bytes | int]) -> None:
    taken, dropped = Pending(), Pending()
    for step in steps:
        for pending, name in ((taken, "take"), (dropped, "drop")):
            if isinstance(step, bytes):
                pending.feed(step)
            else:
                getattr(pending, name)(min(step, len(pending)))
        assert dropped.peek(1000) == taken.peek(1000)


def test_a_read_that_is_one_message_is_not_copied() -> None:
    pending, data = Pending(), b"x" * 1000
    pending.feed(data)
    assert pending.take(1000) is data


@pytest.mark.parametrize("name", ["take", "drop"])
def test_more_than_there_is_cannot_be_had(name: str) -> None:
    pending = Pending()
    pending.feed(b"abc")
    with pytest.raises(ValueError, match="4 bytes asked of 3"):
        getattr(pending, name)(4)
    assert pending.take(3) == b"abc"


def test_clear_forgets() -> None:
    pending = Pending()
    pending.feed(b"abc")
    pending.clear()
    assert not pending
