"""Sequence ids of calls: one counter a process, as in Kitex (`pkg/rpcinfo/invocation.go`)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

_PERIOD = 2**32 - 1  # the i32 values without 0, which is reserved for control frames


def sequence_ids(start: int = 0) -> Iterator[int]:
    """1, 2, ... 2**31 - 1, -2**31, ... -1, 1, ...: an i32 that wraps to negative and skips 0.

    `start` is how many ids to pass over first. One `next` is atomic, so threads may share an iterator.
    """
    return map(_signed, itertools.count(start))


def _signed(count: int) -> int:
    number = count % _PERIOD + 1
    return number if number < 2**31 else number - 2**32


_COUNT = itertools.count(1)
_STREAM_IDS = sequence_ids()


def next_sequence_id() -> int:
    """The sequence id for the next call of this process; never 0."""
    count = next(_COUNT)
    return count if count < 2**31 else _signed(count - 1)


def next_stream_id() -> int:
    """The id of the next stream that this process opens, on whatever connection; never 0."""
    return next(_STREAM_IDS)
