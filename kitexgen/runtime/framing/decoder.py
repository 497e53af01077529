"""MessageDecoder: whole messages out of a byte stream, whatever they are framed in."""

from __future__ import annotations

from kitexgen.runtime.framing.detect import NEEDED, detect
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE, Format, Packet
from kitexgen.runtime.framing.framed import FramedDecoder
from kitexgen.runtime.framing.pending import Pending
from kitexgen.runtime.framing.unframed import UnframedDecoder


class MessageDecoder:
    """Feed it what a connection receives, take messages out. Does no I/O.

    Each message may be in another format than the one before (`detect`). What is buffered is bounded by `max_size`
    (bytes of one message) plus what one `feed` brought, if the feeder takes all messages out before the next feed.

    After an exception nobody knows where the next message begins: the stream must be closed.
    """

    __slots__ = ("_framed", "_max_size", "_pending", "_started", "_unframed")

    def __init__(self, max_size: int = DEFAULT_MAX_MESSAGE) -> None:
        self._max_size = max_size
        self._pending = Pending()
        self._framed = FramedDecoder(self._pending, max_size)
        self._unframed: UnframedDecoder | None = None
        self._started: Format | None = None  # the format of the message whose first bytes are pending

    @property
    def pending(self) -> int:
        """Bytes received that are not yet part of a message taken out."""
        return len(self._pending)

    @property
    def started(self) -> Format | None:
        """The format of the incomplete message that stands first, as far as it is known."""
        return self._started

    def peek(self, size: int) -> bytes:
        """The first `size` pending bytes, or as many as there are."""
        return self._pending.peek(size)

    def feed(self, data: bytes) -> None:
        """Take in what the stream brought next."""
        self._pending.feed(data)

    def next_message(self) -> Packet | None:
        """The next whole message, or None when more bytes are needed.

        Raises BadVersion when these bytes start no message, FrameTooLarge when it is past the limit, DecodeError when
        the end of a buffered message cannot be found.
        """
        if not self._pending:
            return None
        if self._started is None:
            self._started = detect(self._pending.peek(NEEDED))
            if self._started is None:
                return None
        payload = self._take(self._started)
        if payload is None:
            return None
        packet = Packet(self._started, payload)
        self._started = None
        self._unframed = None
        return packet

    def _take(self, found: Format) -> bytes | None:
        if found.transport == "framed":
            return self._framed.next_message()
        if self._unframed is None:
            self._unframed = UnframedDecoder(self._pending, found.protocol, self._max_size)
        return self._unframed.next_message()
