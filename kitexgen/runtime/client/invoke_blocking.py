"""The innermost endpoint of a blocking client: as `invoke`, on plain sockets. It never waits, it blocks."""

from __future__ import annotations

from typing import Any

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.channel.lender import BlockingLender, LentChannel
from kitexgen.runtime.client.exchange import take_answer, value_in, was_dead, write_request
from kitexgen.runtime.client.options import ClientOptions
from kitexgen.runtime.errors import ConnectionClosed
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.net.address import Address


def invoke_blocking(pool: BlockingLender, options: ClientOptions) -> Endpoint:
    """The endpoint that makes calls over channels of `pool`. Past the deadline: TimeoutError."""

    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        address = info.chosen_address()
        request = write_request(info, arguments, options, pool.request_flags)
        if info.method.is_oneway:
            return _send(pool, address, request, info.deadline)
        packet, channel = _call(pool, address, request, info.deadline)
        try:
            message = take_answer(packet, info, channel)
        finally:
            pool.give_back(address, channel)
        return value_in(message, info)

    return endpoint


def _call(
    pool: BlockingLender, address: Address, request: Pieces, deadline: Deadline | None
) -> tuple[Packet, LentChannel]:
    channel = pool.borrow(address, deadline)
    try:
        return channel.call(request, deadline), channel
    except BaseException as error:
        pool.give_back(address, channel)
        if not was_dead(channel, error):
            raise
    fresh = pool.renew(address, deadline)
    try:
        return fresh.call(request, deadline), fresh
    except BaseException:
        pool.give_back(address, fresh)
        raise


def _send(pool: BlockingLender, address: Address, request: Pieces, deadline: Deadline | None) -> None:
    """A oneway call; its channel is never kept, see `invoke`."""
    channel = pool.borrow(address, deadline)
    try:
        return channel.send(request, deadline)
    except ConnectionClosed as error:
        if not was_dead(channel, error):
            raise
    finally:
        channel.close()
        pool.give_back(address, channel)
    fresh = pool.renew(address, deadline)
    try:
        fresh.send(request, deadline)
    finally:
        fresh.close()
        pool.give_back(address, fresh)
