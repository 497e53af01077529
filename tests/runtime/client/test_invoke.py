"""What the innermost endpoints borrow they give back, once."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from kitexgen.runtime.call import RpcInfo
from kitexgen.runtime.client.invoke import invoke
from kitexgen.runtime.client.invoke_blocking import invoke_blocking
from kitexgen.runtime.client.options import client_options
from kitexgen.runtime.errors import ConnectError, ConnectionClosed
from kitexgen.runtime.net.address import parse_address
from tests.builders.services import NOTES, TELL, args

ADDRESS = parse_address("127.0.0.1:1")


class Channel:
    """One that has been used before was closed by its peer meanwhile."""

    def __init__(self, *, is_reused: bool) -> None:
        self.is_reused = self.heard_nothing = is_reused
        self.is_closed = False

    def try_to_send(self) -> None:
        if self.is_reused:
            raise ConnectionClosed("closed by the peer")

    def close(self) -> None:
        self.is_closed = True


class WaitingChannel(Channel):
    async def send(self, request: object) -> None:
        self.try_to_send()


class BlockingChannel(Channel):
    def send(self, request: object, deadline: object) -> None:
        self.try_to_send()


class Pool:
    """Lends a dead channel first; then a new one, if its peer `is_up`."""

    request_flags = 0

    def __init__(self, made: type[Channel], *, is_up: bool) -> None:
        self._made = made
        self._is_up = is_up
        self.lent: list[Channel] = []
        self.given_back: list[Channel] = []

    def lend(self, *, is_reused: bool) -> Channel:
        if not (is_reused or self._is_up):
            raise ConnectError("nobody listens")
        self.lent.append(self._made(is_reused=is_reused))
        return self.lent[-1]

    def give_back(self, address: object, channel: Channel) -> None:
        assert address == ADDRESS
        self.given_back.append(channel)


class WaitingPool(Pool):
    async def borrow(self, address: object) -> Channel:
        return self.lend(is_reused=True)

    async def renew(self, address: object) -> Channel:
        return self.lend(is_reused=False)


class BlockingPool(Pool):
    def borrow(self, address: object, deadline: object) -> Channel:
        return self.lend(is_reused=True)

    def renew(self, address: object, deadline: object) -> Channel:
        return self.lend(is_reused=False)


@pytest.mark.parametrize("is_up", [True, False])
@pytest.mark.parametrize("is_waiting", [True, False])
async def test_each_channel_of_a_oneway_call_is_given_back_once(is_waiting: bool, is_up: bool) -> None:
    pool: Any = WaitingPool(WaitingChannel, is_up=is_up) if is_waiting else BlockingPool(BlockingChannel, is_up=is_up)
    endpoint = (invoke if is_waiting else invoke_blocking)(pool, client_options())
    info = RpcInfo(side="client", destination="notes", service=NOTES, method=TELL)
    info.address = ADDRESS
    with nullcontext() if is_up else pytest.raises(ConnectError):
        await endpoint(info, args(TELL, text="x"))
    assert len(pool.lent) == (2 if is_up else 1)
    assert pool.given_back == pool.lent
    assert all(channel.is_closed for channel in pool.lent)  # what answers a oneway call would upset the next one
