"""Framed: a 4-byte big-endian length, then that many bytes of one message.

Source: Apache Thrift, doc/specs/thrift-rpc.md, "Framed vs. unframed transport".
"""

from __future__ import annotations

from kitexgen.runtime.buffer.link import LinkBuffer
from kitexgen.runtime.errors import FrameTooLarge

HEADER_SIZE = 4

MAX_FRAME = 2**31 - 1
"""Bytes a frame can hold. A longer length reads as negative elsewhere, and here as the first bytes of a message."""


class FramedDecoder:
    """Cuts framed messages off the front of `pending`. Does no I/O."""

    __slots__ = ("_max_size", "_pending")

    def __init__(self, pending: LinkBuffer, max_size: int) -> None:
        self._pending = pending
        self._max_size = max_size

    def next_message(self) -> bytes | None:
        """The next whole payload, or None when more bytes are needed.

        Raises FrameTooLarge as soon as the length is known, before the payload is buffered.
        """
        pending = self._pending
        if len(pending) < HEADER_SIZE:
            return None
        size = int.from_bytes(pending.start(HEADER_SIZE), "big")
        if size > self._max_size:
            raise FrameTooLarge(size, self._max_size)
        if len(pending) < HEADER_SIZE + size:
            return None
        return pending.read(size, behind=HEADER_SIZE)
