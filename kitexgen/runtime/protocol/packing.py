"""Calls, replies and exceptions: records to the bytes of a whole message and back, in any protocol. Does no I/O.

Of Thrift the envelope and the error are in `wire.thrift_envelope`, of Protobuf in `protocol.protobuf`.
"""

from __future__ import annotations

import functools
from typing import TypeVar

from kitexgen.runtime.buffer.pieces import LARGE, Pieces, gather
from kitexgen.runtime.errors import ApplicationError, FrameTooLarge, InvalidMessageType
from kitexgen.runtime.framing.format import Format, Packet
from kitexgen.runtime.framing.framed import HEADER_SIZE, MAX_FRAME
from kitexgen.runtime.framing.ttheader import TTHeader, encode_header
from kitexgen.runtime.framing.validation import Guard, write_guards
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.protocol import protobuf
from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.wire.codec import append_binary, decode_binary
from kitexgen.runtime.wire.protobuf_codec import append_protobuf, decode_protobuf
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
    record: Struct | None,
    *,
    header: TTHeader | None = None,
    guards: tuple[Guard, ...] = (),
) -> Pieces:
    """The whole message, framed, ready to be sent; strings and blobs of `LARGE` bytes and more are not copied.

    `record` may be None in Protobuf alone, for a message of no bytes.

    A format with a header takes `header`, an empty one when None; its sequence id becomes the message's. `guards` say
    in it what they have to say of the payload. Other formats have no room for either, and leave them out.

    Raises EncodeError when `record` or `header` cannot be written, FrameTooLarge when no frame can hold the message.
    """
    if format.protocol == "binary":
        parts = [b"", b"", envelope_head(method, kind), sequence_id.to_bytes(4, "big", signed=True)]
        append_binary(record, parts)
    elif format.protocol == "protobuf":
        parts = [b"", b"", protobuf.write_begin(method, kind, sequence_id)]
        if record is not None:
            append_protobuf(record, parts)
    else:
        parts = [b"", b"", write_message_begin("compact", method, kind, sequence_id)]
        write_record(record, CompactWriter(parts))
    return _frame(format, parts, sequence_id, header, guards)


def pack_exception(
    format: Format,
    method: str,
    sequence_id: int,
    error: ApplicationError,
    *,
    header: TTHeader | None = None,
    guards: tuple[Guard, ...] = (),
) -> Pieces:
    """An exception, framed, ready to be sent; header and checksum as in `pack`."""
    if format.protocol == "protobuf":
        begin = protobuf.write_begin(method, MessageKind.EXCEPTION, sequence_id)
        body = protobuf.write_error(error)
    else:
        begin = write_message_begin(format.protocol, method, MessageKind.EXCEPTION, sequence_id)
        body = write_application_error(format.protocol, error)
    parts = [b"", b"", begin, body]
    return _frame(format, parts, sequence_id, header, guards)


@functools.lru_cache(maxsize=1024)
def envelope_head(method: str, kind: MessageKind) -> bytes:
    """The beginning of a binary message, up to its sequence id: always the same for a method of the IDL."""
    return write_message_begin("binary", method, kind, 0)[:-4]


def check_size(message: Pieces, max_size: int) -> Pieces:
    """The same message. Raises FrameTooLarge when it has more than `max_size` bytes, header and all."""
    size = sum(map(len, message))
    if size > max_size:
        raise FrameTooLarge(size, max_size)
    return message


def unpack(packet: Packet) -> Message:
    """The message in `packet`, with its envelope read.

    Raises BadVersion and DecodeError when there is no envelope, InvalidMessageType for a number that is no kind.
    """
    protocol, payload = packet.format.protocol, packet.payload
    begin = protobuf.read_begin(payload) if protocol == "protobuf" else read_message_begin(protocol, payload)
    name, number, sequence_id, body_at = begin
    kind = _KINDS.get(number)
    if kind is None:
        raise InvalidMessageType(number, method=name)
    return Message(packet.format, kind, name, sequence_id, payload, body_at, packet.header)


def read_body(message: Message, record: type[AnyStruct]) -> AnyStruct:
    """The body of a message as a `record`. Bytes after a struct are ignored, as Kitex does. Raises DecodeError."""
    if message.format.protocol == "binary":
        return decode_binary(record, message.payload, message.body_at)[0]
    if message.format.protocol == "protobuf":
        return decode_protobuf(record, message.payload[message.body_at :])
    decoded: AnyStruct = read_record(record, CompactReader(message.payload, message.body_at))
    return decoded


def read_exception(message: Message) -> ApplicationError:
    """The error that an EXCEPTION message tells of. Raises DecodeError."""
    if message.format.protocol == "protobuf":
        return protobuf.read_error(message.payload[message.body_at :])
    return read_application_error(message.format.protocol, message.payload, message.body_at)


def _frame(
    format: Format, parts: list[bytes], sequence_id: int, header: TTHeader | None, guards: tuple[Guard, ...]
) -> Pieces:
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
        if guards:
            write_guards(guards, header.string_infos, parts[1:])
        parts[0] = encode_header(header, size)
    return (b"".join(parts),) if size < LARGE else gather(parts)
