"""Unframed, which Kitex calls buffered: the bare message, whose end shows only when it is walked through."""

from __future__ import annotations

from kitexgen.runtime.buffer.link import LinkBuffer
from kitexgen.runtime.errors import FrameTooLarge
from kitexgen.runtime.wire.thrift_envelope import MessageSkipper, ThriftProtocol
from kitexgen.runtime.wire.thrift_types import RECORD_DEPTH

_DEPTH = RECORD_DEPTH + 1
"""Levels walked through. Kitex stops at 64 here, even in fields it knows; we leave that limit to the reader of the
struct, so that buffered and framed accept the same messages. The walk needs no stack."""


class UnframedDecoder:
    """Finds the end of one bare message at the front of `pending`. Does no I/O.

    Remembers how far it has walked: a message that trickles in is walked once, and what was walked is not looked at
    again, so that it need not lie in one piece.
    """

    __slots__ = ("_max_size", "_pending", "_skipper", "_walked")

    def __init__(self, pending: LinkBuffer, protocol: ThriftProtocol, max_size: int) -> None:
        self._pending = pending
        self._max_size = max_size
        self._skipper = MessageSkipper(protocol, depth=_DEPTH)
        self._walked = 0  # bytes before those that the skipper is shown

    def next_message(self) -> bytes | None:
        """The whole message, or None when more bytes are needed.

        Raises FrameTooLarge once the message is known to be past the limit, BadVersion and DecodeError when it is none.
        """
        pending, skipper = self._pending, self._skipper
        self._walked += skipper.forget()
        end = skipper.resume(pending.window(self._walked))
        # Without an end, all that is pending belongs to this message.
        size = max(self._walked + skipper.at, len(pending)) if end is None else self._walked + end
        if size > self._max_size:
            raise FrameTooLarge(size, self._max_size)
        return None if end is None else pending.read(size)
