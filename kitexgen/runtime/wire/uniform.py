"""Strings that all have the same length, as ids, hashes and codes have: no loop over them is needed.

They lie at equal distances, with the same four bytes of length before each. Of 1,000 strings of 20 characters that
cuts the time of writing to 0.5, of reading to 0.2 (1,000 entries of map<string, i64>: to 0.35 and 0.55). Finding out
that lengths differ costs as much as handling one or two strings, hence `WORTH`.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import Final

from kitexgen.runtime.wire.primitives import SIZE

# With fewer strings, looking at the lengths first costs lists of mixed lengths more than a twentieth.
WORTH: Final = 32

# Lengths below are ASCII themselves, so that whole containers go through one `encode` or `decode`.
SHORT: Final = 128


def common_length(texts: Collection[str]) -> int:
    """Return the length of every one of `texts`; 0 when they differ, or it is no length for this."""
    sizes = {*map(len, islice(texts, 4))}  # mostly enough to see that they differ
    if len(sizes) == 1:
        sizes = {*map(len, texts)}
    size = sizes.pop()
    return 0 if sizes or size >= SHORT else size


def uniform(data: bytes, at: int, count: int, gap: int) -> tuple[int, bytes] | None:
    """Return the length of each of `count` strings with `gap` bytes behind each, and all these bytes.

    None when lengths differ, it is no length for this, or the message ends before. `count` is not 0.
    """
    (size,) = SIZE(data, at)
    stride = 4 + size + gap
    last = at + stride * (count - 1)
    head = data[at : at + 4]
    if not 0 < size < SHORT or data[last : last + 4] != head:
        return None
    region = data[at : last + stride]
    if len(region) != stride * count:
        return None
    for column in range(4):
        if region[column::stride] != head[column : column + 1] * count:
            return None
    return size, region
