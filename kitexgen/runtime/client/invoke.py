"""The innermost endpoint of a client: borrow a channel, send, receive, give back."""

from __future__ import annotations

from typing import Any

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.channel.pool import Pool
from kitexgen.runtime.client.exchange import take_answer, value_in, was_dead, write_request
from kitexgen.runtime.client.options import ClientOptions
from kitexgen.runtime.errors import ConnectionClosed
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.net.address import Address


def invoke(pool: Pool, options: ClientOptions) -> Endpoint:
    """The endpoint that makes calls over channels of `pool`."""

    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        address = info.chosen_address()
        request = write_request(info, arguments, options, pool.request_flags)
        if info.method.is_oneway:
            return await _send(pool, address, request)
        # Opened before the channel goes back: a peer whose answer is wrong may not serve the next call.
        channel = await pool.borrow(address)
        try:
            packet = await channel.call(request)
        except BaseException as error:
            pool.give_back(address, channel)
            if not was_dead(channel, error):
                raise
            packet, channel = await _call_again(pool, address, request)
        try:
            message = take_answer(packet, info, channel)
        finally:
            pool.give_back(address, channel)
        return value_in(message, info)

    return endpoint


async def _call_again(pool: Pool, address: Address, request: Pieces) -> tuple[Packet, Channel]:
    """On a new connection."""
    fresh = await pool.renew(address)
    try:
        return await fresh.call(request), fresh
    except BaseException:
        pool.give_back(address, fresh)
        raise


async def _send(pool: Pool, address: Address, request: Pieces) -> None:
    """A oneway call. Its channel is never kept, as in Kitex: a server that answers it would upset the next."""
    channel = await pool.borrow(address)
    try:
        return await channel.send(request)
    except ConnectionClosed as error:
        if not was_dead(channel, error):
            raise
    finally:
        channel.close()
        pool.give_back(address, channel)
    fresh = await pool.renew(address)
    try:
        await fresh.send(request)
    finally:
        fresh.close()
        pool.give_back(address, fresh)
