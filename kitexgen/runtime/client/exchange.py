"""What every call writes and reads, whether its endpoint waits or blocks. Does no I/O."""

from __future__ import annotations

from typing import Any

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call import metainfo
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.channel.lender import LentChannel
from kitexgen.runtime.client.options import ClientOptions
from kitexgen.runtime.errors import ConnectionClosed, ProtocolError
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.metadata.biz_status import read_biz_status
from kitexgen.runtime.metadata.ttheader import read_reply, write_call
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.protocol.packing import check_size, pack
from kitexgen.runtime.protocol.replies import open_answer, value_of
from kitexgen.runtime.protocol.results import checked
from kitexgen.runtime.protocol.sequence import next_sequence_id
from kitexgen.runtime.service.info import Payload
from kitexgen.runtime.wire.thrift_types import MessageKind


def write_request(info: RpcInfo, arguments: Struct, options: ClientOptions, flags: int) -> Pieces:
    """The bytes of the call, whose sequence id is chosen here; `flags` are for the TTHeader, if there is one.

    Raises EncodeError as `pack` does, FrameTooLarge for more than `max_message` bytes.
    """
    method, format = info.method, options.format
    info.sequence_id = next_sequence_id()
    if info.service.payload is Payload.PROTOBUF:
        arguments = checked(arguments, method.arguments)
    kind = MessageKind.ONEWAY if method.is_oneway else MessageKind.CALL
    header = write_call(info, format, kind, flags=flags) if format.has_header else None
    message = pack(format, kind, method.name, info.sequence_id, arguments, header=header, guards=options.guards)
    return check_size(message, options.max_message)


def read_answer(packet: Packet, info: RpcInfo) -> Message:
    """The reply in `packet`; what its header says is in `info` then.

    Raises as `open_answer` does, and ProtocolError for a reply in the other IDL's language.

    A business status counts in a reply with a TTHeader alone: not in an exception, which says more.
    """
    header = packet.header
    if header is None or not packet.format.has_header:
        return _open(packet, info)
    metainfo.bring_back(header.string_infos)
    read_reply(header, info)
    message = _open(packet, info)
    info.biz_status = read_biz_status(header.string_infos)
    return message


def take_answer(packet: Packet, info: RpcInfo, channel: Channel | LentChannel) -> Message:
    """As `read_answer`, of the `channel` that it came on: which is closed if it may not serve the next call."""
    try:
        message = read_answer(packet, info)
        if info.ends_connection:
            channel.close()
    except BaseException:
        channel.close()
        raise
    return message


def value_in(message: Message, info: RpcInfo) -> Any:
    """The value of a call that was answered so. Raises what `value_of` does.

    A business status wins over a value, and over a declared exception: Kitex's callers see neither.
    """
    return None if info.biz_status is not None else value_of(message, info.method)


def was_dead(channel: Channel | LentChannel, error: BaseException) -> bool:
    """Whether the peer most likely closed an idle channel before the request reached it: a new one is worth a try.

    `error` is what the call failed with.
    """
    return isinstance(error, ConnectionClosed) and channel.is_reused and channel.heard_nothing


def _open(packet: Packet, info: RpcInfo) -> Message:
    message = open_answer(packet, info.method, info.sequence_id)
    if message.written_in is not info.service.payload:
        spoken, due = message.written_in.value, info.service.payload.value
        raise ProtocolError(f"the answer is written in {spoken} where {due} is due")
    return message
