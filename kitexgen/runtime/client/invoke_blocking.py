"""The innermost endpoint of a blocking client: as `invoke`, on plain sockets. It never waits, it blocks."""

from __future__ import annotations

from typing import Any

from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.channel.blocking import BlockingChannel, BlockingPool
from kitexgen.runtime.errors import ConnectionClosed
from kitexgen.runtime.framing.format import Format, Packet
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.protocol.replies import open_answer, value_of
from kitexgen.runtime.protocol.sequence import next_sequence_id
from kitexgen.runtime.protocol.thrift import pack
from kitexgen.runtime.wire.thrift_types import MessageKind


def invoke_blocking(pool: BlockingPool, format: Format) -> Endpoint:
    """The endpoint that makes calls over channels of `pool`, written in `format`. Past the deadline: TimeoutError."""

    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        address = info.chosen_address()
        method = info.method
        info.sequence_id = next_sequence_id()
        kind = MessageKind.ONEWAY if method.is_oneway else MessageKind.CALL
        request = pack(format, kind, method.name, info.sequence_id, arguments)
        if method.is_oneway:
            return _send(pool, address, request, info.deadline)
        packet, channel = _call(pool, address, request, info.deadline)
        try:
            message = open_answer(packet, method, info.sequence_id)
        except BaseException:
            channel.close()
            raise
        finally:
            pool.give_back(address, channel)
        return value_of(message, method)

    return endpoint


def _call(
    pool: BlockingPool, address: Address, request: bytes, deadline: Deadline | None
) -> tuple[Packet, BlockingChannel]:
    channel = pool.borrow(address, deadline)
    try:
        return channel.call(request, deadline), channel
    except ConnectionClosed:
        if not _was_dead(channel):
            raise
    fresh = pool.renew(address, deadline)
    return fresh.call(request, deadline), fresh


def _send(pool: BlockingPool, address: Address, request: bytes, deadline: Deadline | None) -> None:
    """A oneway call; its channel is never kept, see `invoke`."""
    channel = pool.borrow(address, deadline)
    try:
        channel.send(request, deadline)
    except ConnectionClosed:
        if not _was_dead(channel):
            raise
        channel = pool.renew(address, deadline)
        channel.send(request, deadline)
    finally:
        channel.close()


def _was_dead(channel: BlockingChannel) -> bool:
    return channel.is_reused and channel.heard_nothing
