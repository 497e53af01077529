"""Calls, replies and exceptions in Thrift: records to the bytes of a whole message and back. Does no I/O."""

from __future__ import annotations

from typing import TypeVar

from kitexgen.runtime.buffer.pieces import LARGE, Pieces, gather
from kitexgen.runtime.errors import ApplicationError, FrameTooLarge, InvalidMessageType
from kitexgen.runtime.framing.checksum import payload_checksum
from kitexgen.runtime.framing.format import Format, Packet
from kitexgen.runtime.framing.framed import HEADER_SIZE, MAX_FRAME
from kitexgen.runtime.framing.ttheader import TTHeader, encode_header
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.wire.codec import append_binary, decode_binary
from kitexgen.runtime.wire.read_record import read_record
from kitexgen.runtime.wire.thrift_compact import CompactReader, CompactWriter
from kitexgen.runtime.wire.thrift_envelope import (
    read_application_error,
    read_message_begin,
    write_application_error,
    write_message_begin,
)
from kitexgen.runtime.wire.thrift_types import MessageKind
from kitexgen.runtime.wire.write_record import write_record

AnyStruct = TypeVar("AnyStruct", bound=Struct)

_KINDS = {kind.value: kind for kind in MessageKind}


def pack(
    format: Format,
    kind: MessageKind,
    method: str,
    sequence_id: int,
    record: Struct,
    *,
    header: TTHeader | None = None,
    sums_up: bool = False,
) -> Pieces:
    """The whole message, framed, ready to be sent; strings and blobs of `LARGE` bytes and more are not copied.

    A format with a header takes `header`, an empty one when None; its sequence id becomes the message's. `sums_up` adds
    the payload's checksum to it. Other formats have no room for either, and leave them out.

    Raises EncodeError when `record` or `header` cannot be written, FrameTooLarge when no frame can hold the message.
    """
    parts = [b"", b"", write_message_begin(format.protocol, method, kind, sequence_id)]
    if format.protocol == "binary":
        append_binary(record, parts)
    else:
        write_record(record, CompactWriter(parts))
    return _frame(format, parts, sequence_id, header, sums_up)


def pack_exception(
    format: Format,
    method: str,
    sequence_id: int,
    error: ApplicationError,
    *,
    header: TTHeader | None = None,
    sums_up: bool = False,
) -> Pieces:
    """A TApplicationException, framed, ready to be sent; header and checksum as in `pack`."""
    begin = write_message_begin(format.protocol, method, MessageKind.EXCEPTION, sequence_id)
    parts = [b"", b"", begin, write_application_error(format.protocol, error)]
    return _frame(format, parts, sequence_id, header, sums_up)


def unpack(packet: Packet) -> Message:
    """The message in `packet`, with its envelope read.

    Raises BadVersion and DecodeError when there is no envelope, InvalidMessageType for a number that is no kind.
    """
    name, number, sequence_id, body_at = read_message_begin(packet.format.protocol, packet.payload)
    kind = _KINDS.get(number)
    if kind is None:
        raise InvalidMessageType(number, method=name)
    return Message(packet.format, kind, name, sequence_id, packet.payload, body_at, packet.header)


def read_body(message: Message, record: type[AnyStruct]) -> AnyStruct:
    """The struct of a message as a `record`. Bytes after it are ignored, as Kitex does. Raises DecodeError."""
    if message.format.protocol == "binary":
        return decode_binary(record, message.payload, message.body_at)[0]
    decoded: AnyStruct = read_record(record, CompactReader(message.payload, message.body_at))
    return decoded


def read_exception(message: Message) -> ApplicationError:
    """The error that an EXCEPTION message tells of. Raises DecodeError."""
    return read_application_error(message.format.protocol, message.payload, message.body_at)


def _frame(format: Format, parts: list[bytes], sequence_id: int, header: TTHeader | None, sums_up: bool) -> Pieces:
    """`parts` behind what stands before the message; their first two places are kept free for that."""
    size = sum(map(len, parts))
    if format.has_length:
        if size > MAX_FRAME:
            raise FrameTooLarge(size, MAX_FRAME)
        parts[1] = size.to_bytes(HEADER_SIZE, "big")
        size += HEADER_SIZE
    if format.has_header:
        header = header or TTHeader(sequence_id=sequence_id)
        header.sequence_id = sequence_id
        if sums_up:
            header.string_infos[StringKey.CRC32C.value] = payload_checksum(*parts)
        parts[0] = encode_header(header, size)
    return (b"".join(parts),) if size < LARGE else gather(parts)
