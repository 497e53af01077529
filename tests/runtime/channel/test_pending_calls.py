"""Whose answer is whose, and when a connection takes no more calls; with a told clock."""

from __future__ import annotations

import pytest

from kitexgen.runtime.channel import MuxLimits, PendingCalls
from kitexgen.runtime.errors import OverLimit, ProtocolError
from kitexgen.runtime.framing import FRAMED_BINARY, Packet, TTHeader
from kitexgen.runtime.framing.format import TTHEADER_BINARY


def packet(sequence_id: int, **infos: str) -> Packet:
    return Packet(TTHEADER_BINARY, b"", TTHeader(sequence_id=sequence_id, string_infos=infos))


def pending(in_flight: int = 3, silence: float = 1.0) -> PendingCalls[str]:
    return PendingCalls(MuxLimits(in_flight=in_flight, silence=silence))


def test_each_gets_their_own_once() -> None:
    calls = pending()
    calls.begin(1, "a", 0)
    calls.begin(-2, "b", 0)
    assert [calls.end(packet(-2)), calls.end(packet(-2)), calls.end(packet(7)), calls.end(packet(1))] == [
        "b",
        None,
        None,
        "a",
    ]
    assert len(calls) == 0


def test_the_table_is_bounded() -> None:
    calls = pending(in_flight=2)
    calls.begin(1, "a", 0)
    calls.begin(2, "b", 0)
    assert calls.is_full
    with pytest.raises(OverLimit, match="2 calls are in flight"):
        calls.begin(3, "c", 0)
    calls.give_up(1, 0)
    calls.begin(3, "c", 0)
    assert list(calls.waiters()) == ["b", "c"]


def test_an_id_in_flight_is_not_given_again() -> None:
    calls = pending()
    calls.begin(1, "a", 0)
    with pytest.raises(OverLimit, match="sequence id 1 has been in flight for a whole round of ids"):
        calls.begin(1, "b", 0)
    assert calls.end(packet(1)) == "a"


@pytest.mark.parametrize(("sequence_id", "waiter"), [(0, None), (1, "a"), (9, None)])
def test_a_notice_retires(sequence_id: int, waiter: str | None) -> None:
    """In a control frame, in an answer, even in a late one."""
    calls = pending()
    calls.begin(1, "a", 0)
    assert calls.end(packet(sequence_id, crrst="1")) == waiter
    assert (calls.is_retired, calls.is_over) == (True, waiter is not None)


def test_a_control_frame_that_says_nothing_is_passed_over() -> None:
    calls = pending()
    assert calls.end(packet(0)) is None
    assert not calls.is_retired


@pytest.mark.parametrize(
    "packet",
    [
        Packet(FRAMED_BINARY, b""),
        Packet(FRAMED_BINARY, b"", TTHeader(sequence_id=1)),  # a mesh header stood before it
    ],
)
def test_an_answer_must_say_whose_it_is(packet: Packet) -> None:
    calls = pending()
    calls.begin(1, "a", 0)
    with pytest.raises(ProtocolError, match="an answer without TTHeader"):
        calls.end(packet)


@pytest.mark.parametrize(
    ("given_up_at", "heard_at", "is_retired"),
    [
        (0.9, None, False),  # a slow handler, perhaps
        (1.0, None, True),  # a dead peer, perhaps
        (1.4, 0.5, False),  # something was heard meanwhile
        (1.5, 0.5, True),
    ],
)
def test_a_call_given_up_in_silence_retires(given_up_at: float, heard_at: float | None, is_retired: bool) -> None:
    calls = pending()
    calls.begin(1, "a", 0)
    calls.begin(2, "b", 0)
    if heard_at is not None:
        calls.note_heard(heard_at)
    calls.give_up(1, given_up_at)
    assert calls.is_retired == is_retired


def test_silence_adds_up_over_calls() -> None:
    """Hasty calls to a dead peer: none of them is long enough to tell, all of them together are."""
    calls = pending()
    for number in range(1, 5):
        calls.begin(number, "hasty", 0.3 * (number - 1))
        calls.give_up(number, 0.3 * number)
        assert calls.is_retired == (number == 4)


def test_silence_while_nothing_is_asked_says_nothing() -> None:
    calls = pending()
    calls.begin(1, "a", 0)
    calls.note_heard(0.1)
    assert calls.end(packet(1)) == "a"
    calls.begin(2, "b", 60)
    calls.give_up(2, 60.5)
    assert not calls.is_retired
