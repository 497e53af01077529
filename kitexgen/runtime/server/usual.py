"""The short way of a usual call: Thrift Binary, to a method that is found at once, answered by a value.

Short cuts that decide nothing: None leaves all to the long way (`answer`), which knows what to say of the rest.
"""

from __future__ import annotations

import struct
from typing import Any, Final

from kitexgen.runtime.buffer.pieces import LARGE, Pieces, gather
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.framing.format import Format, Packet
from kitexgen.runtime.framing.framed import HEADER_SIZE
from kitexgen.runtime.framing.ttheader import MAGIC, MAGIC_AT, PREFIX_SIZE, encode_header
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.metadata.ttheader import refusal
from kitexgen.runtime.protocol.results import ResultShape
from kitexgen.runtime.server.bind import BoundMethod
from kitexgen.runtime.server.routing import Routes
from kitexgen.runtime.wire.codec import append_binary, decode_binary
from kitexgen.runtime.wire.thrift_types import MessageKind

_SEQUENCE: Final = struct.Struct(">i")
_NAME_AT: Final = 8
_PREFIX: Final = struct.Struct(">I2sHiH")
SERVICE_KEY: Final = StringKey.SERVICE.value
_SUCCESS: Final = b"\x0c\x00\x00"
"""The field 0, a record, of a result."""
_STOP: Final = b"\x00"
INFO_AREA: Final = encode_header(refusal(MessageKind.REPLY, ends_connection=False), 0)[PREFIX_SIZE:]
"""The info area of a reply that tells nothing but what it is."""
_BEHIND: Final = PREFIX_SIZE - MAGIC_AT + len(INFO_AREA)
_WORDS: Final = len(INFO_AREA) // 4


def read_usual(packet: Packet, routes: Routes) -> tuple[BoundMethod, int, Any] | None:
    """The method that is called, the sequence id, and the arguments."""
    _, payload, header = packet
    if len(payload) <= _NAME_AT:
        return None
    service = "" if header is None else header.string_infos.get(SERVICE_KEY, "")
    head = payload[: _NAME_AT + payload[_NAME_AT - 1]]  # names are shorter than 256 bytes: others are not found
    bound = routes.find_usual(service, head)
    at = len(head) + _SEQUENCE.size
    if bound is None or len(payload) < at:
        return None
    try:
        return bound, _SEQUENCE.unpack_from(payload, at - 4)[0], decode_binary(bound.method.arguments, payload, at)[0]
    except Exception:
        return None  # the long way finds out what is wrong, if anything is


def write_usual(bound: BoundMethod, format: Format, info: RpcInfo, value: Any, max_message: int) -> Pieces | None:
    """The reply that tells `value`, and nothing beside it."""
    if info.biz_status is not None or info.backward or info.ends_connection:
        return None
    shape = bound.shape
    assert isinstance(shape, ResultShape)
    parts = [b"", bound.reply_head, _SEQUENCE.pack(info.sequence_id)]
    try:
        if type(value) is shape.value_class:
            parts.append(_SUCCESS)
            append_binary(value, parts)
            parts.append(_STOP)
        else:
            append_binary(shape.succeed(value), parts)
    except Exception:
        return None  # the long way finds out what is wrong with the value
    size = sum(map(len, parts))
    if size + PREFIX_SIZE + len(INFO_AREA) + HEADER_SIZE > max_message:
        return None
    parts[0] = _frame(format, info.sequence_id, size)
    return (b"".join(parts),) if size < LARGE else gather(parts)


def _frame(format: Format, sequence_id: int, size: int) -> bytes:
    """What stands before `size` bytes of message."""
    transport = format.transport
    if transport == "framed":
        return size.to_bytes(HEADER_SIZE, "big")
    if transport == "ttheader_framed":
        prefix = _PREFIX.pack(_BEHIND + HEADER_SIZE + size, MAGIC, 0, sequence_id, _WORDS)
        return prefix + INFO_AREA + size.to_bytes(HEADER_SIZE, "big")
    if transport == "ttheader":
        return _PREFIX.pack(_BEHIND + size, MAGIC, 0, sequence_id, _WORDS) + INFO_AREA
    return b""
