"""Pieces: a message on its way out, in as few parts as can be without copying a large one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

LARGE = 4096
"""Bytes from which on a part is not copied any more, but sent from where it lies; netpoll's threshold."""

Pieces: TypeAlias = Sequence[bytes]
"""What is to be sent, one after the other; nothing at all when empty. Small messages are one piece."""


def gather(parts: Iterable[bytes]) -> Pieces:
    """The same bytes with small neighbours joined, and each part of `LARGE` bytes or more by itself, never copied.

    Parts that could still be changed by their owner (`bytearray`) are copied.
    """
    pieces: list[bytes] = []
    small: list[bytes] = []
    for part in parts:
        if len(part) < LARGE:
            small.append(part)
            continue
        if small:
            pieces.append(b"".join(small))
            small = []
        pieces.append(bytes(part))  # the same object when it is `bytes` already
    if small:
        pieces.append(b"".join(small))
    return pieces
