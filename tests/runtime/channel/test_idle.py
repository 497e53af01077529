"""Which idle channels are kept: numbers, ages and order, with a told clock."""

from __future__ import annotations

import pytest

from kitexgen.runtime.channel import IdleChannels, IdleLimits
from kitexgen.runtime.net import TcpAddress

A, B, C = (TcpAddress("host", port) for port in (1, 2, 3))


def idle(per_address: int = 2, total: int = 3, timeout: float = 10.0, least: int = 0) -> IdleChannels[str]:
    return IdleChannels(IdleLimits(min_per_address=least, per_address=per_address, total=total, timeout=timeout))


def test_the_one_used_last_is_taken_first() -> None:
    kept = idle()
    kept.put(A, "old", 0)
    kept.put(A, "new", 1)
    assert [kept.take(A), kept.take(A), kept.take(A)] == ["new", "old", None]


def test_an_address_gets_its_own_alone() -> None:
    kept = idle()
    kept.put(A, "a", 0)
    assert kept.take(B) is None
    assert kept.take(A) == "a"


def test_there_is_room_for_so_many() -> None:
    kept = idle(per_address=2, total=3)
    assert [kept.put(A, "1", 0), kept.put(A, "2", 0), kept.put(A, "3", 0)] == [True, True, False]
    assert [kept.put(B, "4", 0), kept.put(C, "5", 0)] == [True, False]
    assert len(kept) == 3
    kept.take(A)
    assert kept.put(C, "5", 0)


def test_those_whose_time_is_over_go_oldest_first() -> None:
    kept = idle(timeout=10)
    kept.put(A, "a0", 0)
    kept.put(A, "a5", 5)
    kept.put(B, "b7", 7)
    assert list(kept.expired(9.9)) == []
    assert list(kept.expired(15)) == ["a0", "a5"]
    assert len(kept) == 1
    assert kept.take(B) == "b7"


def test_clear_gives_all() -> None:
    kept = idle()
    for address, name in ((A, "1"), (A, "2"), (B, "3")):
        kept.put(address, name, 0)
    assert list(kept.clear()) == ["1", "2", "3"]
    assert len(kept) == 0
    assert kept._kept == {}


def test_some_outlive_their_time() -> None:
    kept = idle(per_address=3, total=9, least=2)
    for address, name in ((A, "a1"), (A, "a2"), (A, "a3"), (B, "b1")):
        kept.put(address, name, 0)
    assert list(kept.expired(100)) == ["a1"]
    assert kept.deadlines() == {A: (10, 10), B: (10,)}


def test_an_address_can_be_cleaned() -> None:
    kept = idle()
    for address, name in ((A, "1"), (B, "2"), (A, "3")):
        kept.put(address, name, 0)
    assert list(kept.clean(A)) == ["1", "3"]
    assert list(kept.clean(C)) == []
    assert (len(kept), kept.take(B)) == (1, "2")


@pytest.mark.parametrize("limits", [{"per_address": -1}, {"total": -1}, {"timeout": 0}, {"min_per_address": -1}])
def test_limits_must_make_sense(limits: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="idle limits cannot be negative"):
        IdleLimits(**limits)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        # min, per address, total, timeout: the rows of Kitex's config_test, and the edges
        ((0, 10, 100, 60.0), (0, 10, 100, 60.0)),
        ((6, 10, 100, 60.0), (5, 10, 100, 60.0)),
        ((0, 0, 100, 60.0), (0, 1, 100, 60.0)),
        ((3, 1, 100, 60.0), (3, 3, 100, 60.0)),
        ((9, 1, 2, 60.0), (5, 5, 5, 60.0)),
        ((0, 10, 0, 60.0), (0, 10, 10, 60.0)),
        ((0, 10, 100, 0.5), (0, 10, 100, 2.0)),
        ((5, 5, 5, 2.0), (5, 5, 5, 2.0)),
    ],
)
def test_limits_are_brought_into_their_bounds(
    asked: tuple[int, int, int, float], got: tuple[int, int, int, float]
) -> None:
    least, per_address, total, timeout = asked
    limits = IdleLimits(min_per_address=least, per_address=per_address, total=total, timeout=timeout)
    assert (limits.min_per_address, limits.per_address, limits.total, limits.timeout) == got
