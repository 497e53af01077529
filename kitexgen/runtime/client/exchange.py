"""What every call writes and reads, whether its endpoint waits or blocks. Does no I/O."""

from __future__ import annotations

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call import metainfo
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.client.options import ClientOptions
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.metadata.biz_status import read_biz_status
from kitexgen.runtime.metadata.ttheader import read_reply, write_call
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.protocol.replies import open_answer
from kitexgen.runtime.protocol.sequence import next_sequence_id
from kitexgen.runtime.protocol.thrift import pack
from kitexgen.runtime.wire.thrift_types import MessageKind


def write_request(info: RpcInfo, arguments: Struct, options: ClientOptions, flags: int) -> Pieces:
    """The bytes of the call, whose sequence id is chosen here; `flags` are for the TTHeader, if there is one.

    Raises EncodeError and FrameTooLarge, as `pack` does.
    """
    method, format = info.method, options.format
    info.sequence_id = next_sequence_id()
    kind = MessageKind.ONEWAY if method.is_oneway else MessageKind.CALL
    header = write_call(info, format, kind, flags=flags) if format.has_header else None
    return pack(format, kind, method.name, info.sequence_id, arguments, header=header, sums_up=options.checksum)


def read_answer(packet: Packet, info: RpcInfo) -> Message:
    """The reply in `packet`; what its header says is in `info` then. Raises as `open_answer` does.

    A business status counts in a reply with a TTHeader alone: not in an exception, which says more.
    """
    header = packet.header
    if header is None or not packet.format.has_header:
        return open_answer(packet, info.method, info.sequence_id)
    metainfo.bring_back(header.string_infos)
    read_reply(header, info)
    message = open_answer(packet, info.method, info.sequence_id)
    info.biz_status = read_biz_status(header.string_infos)
    return message
