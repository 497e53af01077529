"""BlockPool: memory for bytes in flight, used again once nobody can see it any more."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import Final

MIN_BLOCK = 4 * 1024
"""Bytes of the smallest block; sizes are powers of two, as in netpoll."""

MAX_BLOCK = 8 * 1024 * 1024
"""Bytes of the largest block that is kept; netpoll's bound. Larger ones are made and dropped."""

MAX_IDLE = 16 * 1024 * 1024
"""Bytes that may lie idle when nobody says otherwise."""

MAX_VIEWED = 256
"""Blocks of one size that are watched until their views are gone; beyond that the oldest is left to its views."""

_LOOKED_AT = 8
"""Watched blocks of a size that one `take` looks at: a long-lived view must not make every call slow."""


class BlockPool:
    """Lends blocks (`bytearray`s of a power of two bytes) and takes them back. Threads may share it.

    A block that comes back while a view of it is alive is not lent again before the last view is gone: whoever has a
    `memoryview` may keep it as long as he likes, and its bytes never change under him.
    """

    def __init__(self, *, max_idle: int = MAX_IDLE) -> None:
        self._max_idle = max_idle
        self._idle_bytes = 0
        self._idle: dict[int, list[bytearray]] = {}
        self._viewed: dict[int, deque[bytearray]] = {}
        self._taken = 0
        self._lock = Lock()

    @property
    def taken(self) -> int:
        """Blocks that were lent and have not come back."""
        return self._taken

    @property
    def viewed(self) -> int:
        """Blocks that came back while views of them were alive, and have such views still."""
        with self._lock:
            for watched in self._viewed.values():
                for _ in range(len(watched)):
                    self._keep(watched.popleft())
            return sum(map(len, self._viewed.values()))

    @property
    def idle(self) -> int:
        """Blocks that wait to be lent."""
        with self._lock:
            return sum(map(len, self._idle.values()))

    def take(self, size: int) -> bytearray:
        """A block of at least `size` bytes, with whatever its last borrower left in it."""
        fitting = block_size(size)
        with self._lock:
            self._taken += 1
            if idle := self._idle.get(fitting):
                self._idle_bytes -= fitting
                return idle.pop()
            unseen = self._find_unseen(fitting)
        return bytearray(fitting) if unseen is None else unseen

    def give_back(self, block: bytearray) -> None:
        """Take a block back. The caller has released its own views of it; those of others may be alive."""
        with self._lock:
            self._taken -= 1
            if len(block) <= MAX_BLOCK:
                self._keep(block)

    def _keep(self, block: bytearray) -> None:
        size = len(block)
        if not is_unseen(block):
            self._viewed.setdefault(size, deque(maxlen=MAX_VIEWED)).append(block)
        elif self._idle_bytes + size <= self._max_idle:
            self._idle_bytes += size
            self._idle.setdefault(size, []).append(block)

    def _find_unseen(self, size: int) -> bytearray | None:
        watched = self._viewed.get(size)
        if watched is None:
            return None
        for _ in range(min(len(watched), _LOOKED_AT)):
            block = watched.popleft()
            if is_unseen(block):
                return block
            watched.append(block)
        return None


POOL: Final = BlockPool()
"""The one that all connections of the process share."""


def block_size(size: int) -> int:
    """Bytes of the block that is lent to who asks for `size`."""
    return 1 << (max(size, MIN_BLOCK) - 1).bit_length()


def is_unseen(block: bytearray) -> bool:
    """Whether no view of `block` is alive: only then does Python let it change its length."""
    try:
        last = block.pop()
    except BufferError:
        return False
    block.append(last)
    return True
