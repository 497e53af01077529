"""Sequence ids: an i32 that wraps and skips 0."""

from __future__ import annotations

import itertools
import threading

from kitexgen.runtime.protocol.sequence import next_sequence_id, sequence_ids


def first(count: int, start: int) -> list[int]:
    return list(itertools.islice(sequence_ids(start), count))


def test_the_first_is_1() -> None:
    assert first(3, 0) == [1, 2, 3]


def test_after_the_largest_comes_the_smallest() -> None:
    assert first(3, 2**31 - 2) == [2**31 - 1, -(2**31), -(2**31) + 1]


def test_0_is_skipped() -> None:
    assert first(4, 2**32 - 3) == [-2, -1, 1, 2]


def test_threads_never_share_an_id() -> None:
    taken: list[list[int]] = []

    def take() -> None:
        taken.append([next_sequence_id() for _ in range(2000)])

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [each for one in taken for each in one]
    assert len(set(ids)) == len(ids) == 8000
