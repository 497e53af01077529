"""Around a record: name, kind and sequence id of a message; the error that a peer answers with; where a message ends.

Source: Apache Thrift, doc/specs/thrift-rpc.md, strict binary form only: Kitex neither writes nor accepts the other one.
"""

from __future__ import annotations

import struct
from typing import Final, Literal, NamedTuple

from kitexgen.runtime.errors import ApplicationError, BadVersion, DecodeError
from kitexgen.runtime.wire import thrift_types as t
from kitexgen.runtime.wire.native import compiled, know_begin
from kitexgen.runtime.wire.skip import BinarySkipper, Buffer, CompactSkipper
from kitexgen.runtime.wire.thrift_binary import BinaryReader, BinaryWriter
from kitexgen.runtime.wire.thrift_compact import CompactReader, CompactWriter
from kitexgen.runtime.wire.varint import read_varint, write_varint

ThriftProtocol = Literal["binary", "compact"]

BINARY_MAGIC: Final = b"\x80\x01"
COMPACT_MAGIC: Final = b"\x82"

_BINARY_VERSION: Final = 0x8001
_START: Final = struct.Struct(">HHI")
_WORD: Final = struct.Struct(">I")
_SEQUENCE: Final = struct.Struct(">i")
_MAX_LENGTH: Final = 0x7FFFFFFF
_COMPACT_VERSION: Final = 1
_COMPACT_STRUCT: Final = 12


class MessageBegin(NamedTuple):
    """The body is at `at`. `kind` is a number, a `MessageKind` or not: which have a place is for the caller to say."""

    name: str
    kind: int
    sequence: int
    at: int


know_begin(MessageBegin)


@compiled
def write_message_begin(protocol: ThriftProtocol, name: str, kind: int, sequence: int) -> bytes:
    """Return what stands before the record: version, kind, name, sequence id (32 bits, signed)."""
    raw = name.encode("utf-8", "surrogateescape")
    if protocol == "binary":
        return b"\x80\x01" + kind.to_bytes(2, "big") + _WORD.pack(len(raw)) + raw + _SEQUENCE.pack(sequence)
    start = bytes((0x82, kind << 5 | _COMPACT_VERSION))
    return start + write_varint(sequence & 0xFFFFFFFF) + write_varint(len(raw)) + raw


def protocol_of(start: Buffer) -> ThriftProtocol | None:
    """Tell the protocol of a message by its first two bytes; None when it is neither."""
    if start[:2] == BINARY_MAGIC:
        return "binary"
    return "compact" if start[:1] == COMPACT_MAGIC else None


@compiled
def read_message_begin(protocol: ThriftProtocol, data: bytes, at: int = 0) -> MessageBegin:
    """Read what stands before the record.

    Raises `BadVersion` when `data` starts otherwise, `DecodeError` when it ends too early.
    """
    begin = _begin_binary(data, at) if protocol == "binary" else _begin(protocol, data, at)
    if begin is None:
        raise DecodeError("the data ends within the message header")
    return begin


def _begin(protocol: ThriftProtocol, data: Buffer, at: int) -> MessageBegin | None:
    """Read what stands before the record, or return None when it is not all there yet."""
    if protocol == "binary":
        return _begin_binary(data, at)
    try:
        return _begin_compact(data, at)
    except IndexError:
        return None


def _begin_binary(data: Buffer, at: int) -> MessageBegin | None:
    if len(data) - at < 8:
        if not BINARY_MAGIC.startswith(bytes(data[at : at + 2])):
            raise BadVersion(bytes(data[at : at + 4]))
        return None
    # The kind is all of the low 16 bits, not 8 of them as in Apache's own readers (wire as Kitex reads it).
    version, kind, length = _START.unpack_from(data, at)
    if version != _BINARY_VERSION:
        raise BadVersion(bytes(data[at : at + 4]))
    if length > _MAX_LENGTH:
        raise DecodeError(f"invalid data length {length - (1 << 32)}")
    end = at + 8 + length
    if len(data) < end + 4:
        return None
    name = bytes(data[at + 8 : end]).decode("utf-8", "surrogateescape")
    return MessageBegin(name, kind, _SEQUENCE.unpack_from(data, end)[0], end + 4)


def _begin_compact(data: Buffer, at: int) -> MessageBegin | None:
    if len(data) == at:
        return None
    if data[at] != COMPACT_MAGIC[0] or data[at + 1] & 0x1F != _COMPACT_VERSION:
        raise BadVersion(bytes(data[at : at + 4]))
    kind = data[at + 1] >> 5
    sequence, place = read_varint(data, at + 2, 32)
    length, place = read_varint(data, place, 32)
    if length > _MAX_LENGTH:
        raise DecodeError(f"invalid data length {length - (1 << 32)}")
    if len(data) < place + length:
        return None
    name = bytes(data[place : place + length]).decode("utf-8", "surrogateescape")
    signed = sequence - (1 << 32) if sequence > _MAX_LENGTH else sequence
    return MessageBegin(name, kind, signed, place + length)


class MessageSkipper:
    """Finds the end of a message that no frame announces.

    `resume(data)` is called with the whole buffer, or what `forget` left of it, as often as bytes were added; it tells
    where the message ends, None when more bytes are needed. No byte is looked at twice but those of the header. `at`
    never goes back: the message is known to reach at least that far, perhaps beyond the buffer, so that a limit on its
    size can be kept.

    Raises `BadVersion` when the data is no message, `DecodeError` when its body is no struct.
    """

    __slots__ = ("_body", "_depth", "_protocol", "_start", "begin")

    def __init__(self, protocol: ThriftProtocol, at: int = 0, *, depth: int = t.SKIP_DEPTH) -> None:
        self._protocol: ThriftProtocol = protocol
        self._start = at
        self._depth = depth
        self._body: BinarySkipper | CompactSkipper | None = None
        self.begin: MessageBegin | None = None

    @property
    def at(self) -> int:
        return self._start if self._body is None else self._body.at

    def forget(self) -> int:
        """Count from the first byte that was not passed yet: the next `data` begins there. Return how many were passed.

        It is for who keeps a long message in pieces, and shows what came last.
        """
        if self._body is None:
            return 0
        passed, self._body.at = self._body.at, 0
        return passed

    def resume(self, data: Buffer) -> int | None:
        if self._body is None:
            self.begin = _begin(self._protocol, data, self._start)
            if self.begin is None:
                return None
            if self._protocol == "binary":
                self._body = BinarySkipper(t.STRUCT, self.begin.at, depth=self._depth)
            else:
                self._body = CompactSkipper(_COMPACT_STRUCT, self.begin.at, depth=self._depth)
        return self._body.resume(data)


def write_application_error(protocol: ThriftProtocol, error: ApplicationError) -> bytes:
    """Return the body of an EXCEPTION message: text, then number, both always there."""
    writer = BinaryWriter([]) if protocol == "binary" else CompactWriter([])
    writer.begin_record()
    writer.field(t.STRING, 1)
    # A text with a surrogate of its own would fail here; the peer then reads the character's escape.
    writer.binary(error.message.encode("utf-8", "backslashreplace"))
    writer.field(t.I32, 2)
    writer.number(t.I32, error.type)
    writer.end_record()
    return b"".join(writer.pieces)


def read_application_error(protocol: ThriftProtocol, data: bytes, at: int = 0) -> ApplicationError:
    """Read the body of an EXCEPTION message. Raises `DecodeError` when it is none."""
    reader = BinaryReader(data, at) if protocol == "binary" else CompactReader(data, at)
    message, number = "", 0
    reader.begin_record()
    while True:
        code, field = reader.field()
        if code == t.STOP:
            return ApplicationError.received(number, message)
        if (field, code) == (1, t.STRING):
            message = reader.binary().decode("utf-8", "surrogateescape")
        elif (field, code) == (2, t.I32):
            number = reader.number(t.I32)
        else:
            reader.skip(code)
