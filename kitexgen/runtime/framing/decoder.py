"""MessageDecoder: whole messages out of a byte stream, whatever they are framed in."""

from __future__ import annotations

from kitexgen.runtime.buffer.link import LinkBuffer
from kitexgen.runtime.errors import FrameTooLarge, MalformedHeader, ProtocolError
from kitexgen.runtime.framing import framed, mesh_header
from kitexgen.runtime.framing.detect import NEEDED, HeaderName, detect, detect_message
from kitexgen.runtime.framing.format import (
    BUFFERED_BINARY,
    BUFFERED_COMPACT,
    DEFAULT_MAX_MESSAGE,
    FRAMED_BINARY,
    FRAMED_COMPACT,
    FRAMED_PROTOBUF,
    TTHEADER_BINARY,
    TTHEADER_COMPACT,
    TTHEADER_FRAMED_BINARY,
    TTHEADER_FRAMED_COMPACT,
    TTHEADER_FRAMED_PROTOBUF,
    Format,
    Packet,
)
from kitexgen.runtime.framing.framed import FramedDecoder
from kitexgen.runtime.framing.ttheader import (
    MAGIC,
    MAGIC_AT,
    PREFIX_SIZE,
    Flag,
    TTHeader,
    TTHeaderDecoder,
    read_header,
)
from kitexgen.runtime.framing.unframed import UnframedDecoder
from kitexgen.runtime.framing.validation import Guard, check_guards

_FRAMED_BEHIND = {
    FRAMED_BINARY: TTHEADER_FRAMED_BINARY,
    FRAMED_COMPACT: TTHEADER_FRAMED_COMPACT,
    FRAMED_PROTOBUF: TTHEADER_FRAMED_PROTOBUF,
}
_BARE_BEHIND = {BUFFERED_BINARY: TTHEADER_BINARY, BUFFERED_COMPACT: TTHEADER_COMPACT}
"""What a format that was found behind a TTHeader is together with it."""

_BINARY = b"\x80\x01"

_STREAMING = Flag.STREAMING.value
"""A plain number: operators of flags cost more than the rest of a small header."""


class MessageDecoder:
    """Feed it what a connection receives, take messages out. Does no I/O.

    Each message may be in another format than the one before (`detect`). What is buffered is bounded by `max_size`
    (bytes of one message), the largest header (256 KiB) and what one `feed` brought, if the feeder takes all messages
    out before the next feed. `guards` compare what a TTHeader says of its payload; a message without a header
    passes, as in Kitex.

    After an exception nobody knows where the next message begins: the stream must be closed.
    """

    __slots__ = (
        "_guards",
        "_header",
        "_header_size",
        "_max_size",
        "_payload_size",
        "_pending",
        "_started",
        "_unframed",
        "_usual_size",
    )

    def __init__(self, max_size: int = DEFAULT_MAX_MESSAGE, *, guards: tuple[Guard, ...] = ()) -> None:
        self._max_size = max_size
        self._guards = guards
        self._usual_size = min(max_size, framed.MAX_FRAME)  # past that, a length may be another format's first bytes
        self._pending = LinkBuffer()
        # Of the message that stands first; `_reset` when it is taken out.
        self._unframed: UnframedDecoder | None = None
        self._started: Format | None = None
        self._header: TTHeader | None = None
        self._header_size = 0  # bytes of a header already taken off
        self._payload_size: int | None = None  # what a TTHeader says of it

    @property
    def pending(self) -> int:
        """Bytes received that are not yet part of a message taken out."""
        return len(self._pending) + self._header_size

    @property
    def started(self) -> Format | None:
        """The format of the incomplete message that stands first, as far as it is known."""
        return self._started

    def beginning(self, size: int) -> Packet | None:
        """The incomplete message that stands first, with no more than `size` bytes of its payload.

        None when its format is not known yet, and for a buffered message, which does not say that more is to come.
        """
        if self._started is None or self._started.transport == "buffered":
            return None
        skipped = framed.HEADER_SIZE if self._started.has_length else 0
        return Packet(self._started, self._pending.start(skipped + size)[skipped:], self._header)

    def peek(self, size: int) -> bytes:
        """The first `size` bytes that are in no message yet, fewer when fewer are here, but for a header taken off."""
        return self._pending.start(size)

    def release(self) -> bytes:
        """Give away all that is pending, for others to decode, or to be fed again; where `is_fresh`."""
        self._started = None
        return self._pending.read(len(self._pending))

    @property
    def is_fresh(self) -> bool:
        """Whether all that is pending lies as it came: nothing of the message that stands first was taken off."""
        return self._header is None and self._unframed is None

    def front(self) -> tuple[bytes, int]:
        """All that is pending, as `bytes` and where in them it begins, where it lies so; else no bytes.

        It is for who knows a shorter way with most messages, and passes those on with `advance`.
        """
        return self._pending.front() if self.is_fresh else (b"", 0)

    def advance(self, at: int) -> None:
        """Take off all before `at` of what `front` gave."""
        self._started = None
        self._pending.advance(at)

    def close(self) -> None:
        """Forget what is pending, and give its memory back."""
        self._pending.close()
        self._reset()

    def feed(self, data: bytes) -> None:
        """Take in what the stream brought next."""
        self._pending.feed(data)

    def next_message(self) -> Packet | None:
        """The next whole message, or None when more bytes are needed.

        Raises BadVersion when these bytes start no message, MalformedHeader when the header before it is broken,
        FrameTooLarge when it is past the limit, PayloadRejected, DecodeError when the end of a buffered message cannot
        be found, and ProtocolError for a frame of a stream.
        """
        if self._started is None:
            if self._header is None:
                packet = self._next_usual()
                if packet is not None:
                    return packet
            self._started = self._find_format()
            if self._started is None:
                return None
        payload = self._take(self._started)
        if payload is None:
            return None
        if self._guards and self._payload_size is not None:
            self._check(payload, self._started)
        packet = Packet(self._started, payload, self._header)
        self._reset()
        return packet

    def _next_usual(self) -> Packet | None:
        """The next message if it is of the usual kind: Thrift Binary, framed or behind a TTHeader, and all here.

        A short cut, which decides nothing: None leaves everything to the long way. Raises what that would.
        """
        data, at = self._pending.front()
        sign = data[at + 4 : at + 6]
        if sign == _BINARY:
            size = int.from_bytes(data[at : at + 4], "big")
            end = at + framed.HEADER_SIZE + size
            if not NEEDED - framed.HEADER_SIZE <= size <= self._usual_size or end > len(data):
                return None
            self._pending.advance(end)
            return Packet(FRAMED_BINARY, data[at + framed.HEADER_SIZE : end])
        if sign == MAGIC and not self._guards:
            return self._next_behind_ttheader(data, at)
        return None

    def _next_behind_ttheader(self, data: bytes, at: int) -> Packet | None:
        end = at + MAGIC_AT + int.from_bytes(data[at : at + 4], "big")
        if end > len(data) or end < at + PREFIX_SIZE:
            return None
        read = read_header(data, at)
        if read is None:
            return None
        header, start = read
        size = end - start
        if header.flags & _STREAMING or not NEEDED <= size <= self._usual_size:
            return None
        if data[start : start + 2] == _BINARY:
            format = TTHEADER_BINARY
        elif (
            data[start + 4 : start + 6] == _BINARY
            and int.from_bytes(data[start : start + 4], "big") == size - framed.HEADER_SIZE
        ):
            format = TTHEADER_FRAMED_BINARY
            start += framed.HEADER_SIZE
        else:
            return None
        self._pending.advance(end)
        return Packet(format, data[start:end], header)

    def _reset(self) -> None:
        self._started = self._unframed = self._header = self._payload_size = None
        self._header_size = 0

    def _find_format(self) -> Format | None:
        if self._header is None:
            found = detect(self._pending.start(NEEDED)) if self._pending else None
            if found is None or isinstance(found, Format):
                return found
            if not self._take_header(found):
                return None
        if self._payload_size is None:
            return detect_message(self._pending.start(NEEDED))
        return self._behind_ttheader(self._payload_size)

    def _take_header(self, name: HeaderName) -> bool:
        """Take the header off if all of it is here."""
        if name == "mesh":
            return self._take_mesh_header()
        taken = TTHeaderDecoder(self._pending).next_header()
        if taken is None:
            return False
        header, prefix = taken
        if header.flags & _STREAMING:
            raise ProtocolError("a frame of a stream where a single message is due")
        if prefix.payload_size < NEEDED:
            raise MalformedHeader(f"a TTHeader leaves {prefix.payload_size} bytes for the message behind it")
        self._header, self._header_size, self._payload_size = header, prefix.header_size, prefix.payload_size
        return True

    def _take_mesh_header(self) -> bool:
        if len(self._pending) < mesh_header.PREFIX_SIZE:
            return False
        size = mesh_header.header_size(self._pending.start(mesh_header.PREFIX_SIZE))
        if len(self._pending) < size:
            return False
        infos = mesh_header.decode_mesh_header(self._pending.read(size))
        self._header, self._header_size = TTHeader(sequence_id=0, string_infos=infos), size
        return True

    def _behind_ttheader(self, size: int) -> Format | None:
        found = detect_message(self._pending.start(NEEDED))
        if found is None:
            return None
        if found.has_length:
            return _FRAMED_BEHIND[found]  # the inner length counts, as in Kitex
        if size > self._max_size:
            raise FrameTooLarge(size, self._max_size)
        return _BARE_BEHIND[found]

    def _take(self, found: Format) -> bytes | None:
        if found.has_length:
            return FramedDecoder(self._pending, self._max_size).next_message()
        if self._payload_size is not None:
            return self._pending.read(self._payload_size) if len(self._pending) >= self._payload_size else None
        if self._unframed is None:
            assert found.protocol != "protobuf"  # which always has a length
            self._unframed = UnframedDecoder(self._pending, found.protocol, self._max_size)
        return self._unframed.next_message()

    def _check(self, payload: bytes, found: Format) -> None:
        if self._header is not None:
            length = (len(payload).to_bytes(framed.HEADER_SIZE, "big"),) if found.has_length else ()
            check_guards(self._guards, self._header.string_infos, (*length, payload))
