"""StreamFrame: what travels on a connection of streams, and where one ends. Does no I/O.

    kind     sent by         infos                          payload
    META     proxies         theirs                         theirs
    HEADER   client, first   `isn`, metainfo                none
             server, once    what the handler tells         none
    DATA     both            none                           one record, Thrift Binary, without envelope
    TRAILER  client          none                           none: it sends no more
             server          trailer, or business status    none, or an EXCEPTION message: the stream is over
    RST      both            `ttscp`                        an EXCEPTION message: the stream is given up

Every frame is a TTHeader with the flag `STREAMING`, whose sequence id is the stream's id and whose integer infos hold
the kind and the method. Source: cloudwego/kitex pkg/remote/trans/ttstream/frame.go; reference/wire.md 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from kitexgen.runtime.buffer.link import LinkBuffer
from kitexgen.runtime.buffer.pieces import Pieces, gather
from kitexgen.runtime.errors import FrameTooLarge, ProtocolError
from kitexgen.runtime.framing import ttheader
from kitexgen.runtime.framing.format import DEFAULT_MAX_MESSAGE
from kitexgen.runtime.framing.ttheader import Flag, Prefix, ProtocolId, TTHeader, TTHeaderDecoder, encode_header
from kitexgen.runtime.framing.ttheader_keys import IntKey

SIGN_SIZE = 8
"""First bytes of a connection that settle whether it carries streams."""

_MAGIC_END = ttheader.MAGIC_AT + len(ttheader.MAGIC)


class FrameKind(Enum):
    """The value is what stands in the header."""

    META = "1"
    HEADER = "2"
    DATA = "3"
    TRAILER = "4"
    RST = "5"


NOTHING: Mapping[str, str] = MappingProxyType({})

_KINDS = {kind.value: kind for kind in FrameKind}


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFrame:
    """One frame. `infos` are its string infos; integer infos other than kind and method are dropped when read.

    A data frame that is to go has its payload in `message` instead: large parts of it are sent from where they lie.
    """

    kind: FrameKind
    stream_id: int
    method: str
    infos: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    payload: bytes = b""
    message: Pieces = ()


def carries_streams(start: bytes) -> bool | None:
    """Whether a connection whose first bytes are `start` carries streams; None when more of them are needed.

    A Kitex server asks this once, and sticks to the answer.
    """
    if len(start) >= SIGN_SIZE:
        return ttheader.starts_streaming(start)
    undecided = ttheader.MAGIC.startswith(start[ttheader.MAGIC_AT : _MAGIC_END])
    return None if undecided else False


def encode_frame(frame: StreamFrame) -> Pieces:
    """The whole frame, large parts of its message uncopied.

    Raises EncodeError for infos that no header can hold, and for a payload of 4 GiB.
    """
    header = TTHeader(
        sequence_id=frame.stream_id,
        flags=Flag.STREAMING,
        protocol_id=ProtocolId.THRIFT_STRUCT,
        string_infos=dict(frame.infos),
        int_infos={IntKey.FRAME_TYPE: frame.kind.value, IntKey.TO_METHOD: frame.method},
    )
    payload = (frame.payload, *frame.message)
    return gather((encode_header(header, sum(map(len, payload))), *payload))


class StreamFrameDecoder:
    """Feed it what a connection receives, take frames out. Does no I/O.

    What is buffered is bounded by `max_size` (bytes of one payload), the largest header (256 KiB) and what one `feed`
    brought, if the feeder takes all frames out before the next feed. After an exception nobody knows where the next
    frame begins: the connection must be closed, as Kitex does.
    """

    __slots__ = ("_headers", "_max_size", "_pending", "_started")

    def __init__(self, max_size: int = DEFAULT_MAX_MESSAGE) -> None:
        self._max_size = max_size
        self._pending = LinkBuffer()
        self._headers = TTHeaderDecoder(self._pending)
        self._started: tuple[TTHeader, Prefix] | None = None

    @property
    def pending(self) -> int:
        """Bytes received that are not yet part of a frame taken out."""
        return len(self._pending) + (self._started[1].header_size if self._started else 0)

    def close(self) -> None:
        """Forget what is pending, and give its memory back."""
        self._pending.close()

    def feed(self, data: bytes) -> None:
        """Take in what the stream of bytes brought next."""
        self._pending.feed(data)

    def next_frame(self) -> StreamFrame | None:
        """The next whole frame, or None when more bytes are needed.

        Raises MalformedHeader for a broken header, ProtocolError for what is no frame of a stream, FrameTooLarge for a
        payload past the limit, before it is buffered.
        """
        if self._started is None:
            self._started = self._headers.next_header()
            if self._started is None:
                return None
            self._check(*self._started)
        header, prefix = self._started
        if len(self._pending) < prefix.payload_size:
            return None
        payload = self._pending.read(prefix.payload_size)
        self._started = None
        return StreamFrame(
            kind=_KINDS[header.int_infos[IntKey.FRAME_TYPE]],
            stream_id=header.sequence_id,
            method=header.int_infos.get(IntKey.TO_METHOD, ""),
            infos=header.string_infos,
            payload=payload,
        )

    def _check(self, header: TTHeader, prefix: Prefix) -> None:
        if not header.flags & Flag.STREAMING:
            raise ProtocolError(f"a message where a frame of a stream is due (flags {header.flags})")
        kind = header.int_infos.get(IntKey.FRAME_TYPE, "")
        if kind not in _KINDS:
            raise ProtocolError(f"unexpected frame type {kind!r}")
        if prefix.payload_size < 0:
            raise ProtocolError(f"a frame of {prefix.length} bytes does not hold its header")
        if prefix.payload_size > self._max_size:
            raise FrameTooLarge(prefix.payload_size, self._max_size)
