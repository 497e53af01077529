"""The layers of a client, each alone, and their order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kitexgen.runtime.call import Deadline, Endpoint, RpcInfo
from kitexgen.runtime.channel import IdleLimits, KeepAlive
from kitexgen.runtime.client.locate import locate
from kitexgen.runtime.client.options import ClientOptions
from kitexgen.runtime.client.route import route
from kitexgen.runtime.client.stack import client_stack
from kitexgen.runtime.client.timeout import give_up, name_timeout
from kitexgen.runtime.errors import ConnectError, NoAddress, ProtocolError, RpcTimeout
from kitexgen.runtime.net import Address, TcpAddress
from tests.builders.services import ADD, NOTES, args

A, B, C = (TcpAddress(name, 1) for name in "abc")


def info(budget: float | None = None) -> RpcInfo:
    deadline = None if budget is None else Deadline.after(budget)
    return RpcInfo(side="client", destination="notes", service=NOTES, method=ADD, deadline=deadline)


def failing(error: BaseException) -> Endpoint:
    async def endpoint(call: RpcInfo, request: Any) -> Any:
        raise error

    return endpoint


def reaching(*up: Address) -> tuple[Endpoint, list[Address]]:
    """An endpoint that can connect to `up` alone, and what it was asked for."""
    tried: list[Address] = []

    async def endpoint(call: RpcInfo, request: Any) -> Any:
        address = call.chosen_address()
        tried.append(address)
        if address not in up:
            raise ConnectError("down", remote=str(address))
        return str(address)

    return endpoint, tried


async def test_calls_go_round_and_pass_over_what_is_down() -> None:
    endpoint, tried = reaching(A, C)
    routed = route([A, B, C])(endpoint)
    assert [await routed(info(), None) for _ in range(4)] == ["a:1", "c:1", "c:1", "a:1"]
    assert tried == [A, B, C, C, A]


async def test_other_errors_try_no_other_host() -> None:
    with pytest.raises(ProtocolError):
        await route([A, B])(failing(ProtocolError("x")))(info(), None)


async def test_when_all_are_down_all_are_named() -> None:
    with pytest.raises(ConnectError) as caught:
        await route([A, B])(reaching()[0])(info(), None)
    assert str(caught.value) == "no host can be reached: a:1: down; b:1: down"
    with pytest.raises(ConnectError) as single:
        await route([A])(reaching()[0])(info(), None)
    assert str(single.value) == "down (a:1)"


async def test_nobody_to_call() -> None:
    with pytest.raises(NoAddress):
        await route([])(reaching()[0])(info(), None)


async def test_giving_up_cancels_what_is_further_in() -> None:
    cancelled = asyncio.Event()

    async def hang(call: RpcInfo, request: Any) -> Any:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(RpcTimeout) as caught:
        await give_up(hang)(info(budget=0.001), None)
    assert caught.value.seconds == 0.001
    assert cancelled.is_set()


async def test_the_time_may_be_over_before_the_call_begins() -> None:
    async def hang(call: RpcInfo, request: Any) -> Any:
        await asyncio.Event().wait()

    with pytest.raises(RpcTimeout):
        await give_up(hang)(info(budget=0), None)


@pytest.mark.parametrize("layer", [give_up, name_timeout])
async def test_a_timeout_of_somebody_else_stays_what_it_is(layer: Any) -> None:
    with pytest.raises(TimeoutError):
        await layer(failing(TimeoutError("mine")))(info(budget=1000), None)
    with pytest.raises(TimeoutError):
        await layer(failing(TimeoutError("mine")))(info(), None)


async def test_sockets_that_keep_the_time_have_it_named() -> None:
    with pytest.raises(RpcTimeout):
        await name_timeout(failing(TimeoutError()))(info(budget=0), None)


async def test_errors_say_where() -> None:
    call = info()
    call.address = A
    with pytest.raises(ProtocolError) as caught:
        await locate(failing(ProtocolError("x")))(call, None)
    assert str(caught.value) == "x (notes.add at a:1)"


async def test_the_order_of_the_layers() -> None:
    """The user's middlewares are inside the timeout, and see the call before it has an address."""
    seen: list[tuple[str, Address | None]] = []

    def spy(name: str) -> Any:
        def middleware(call_next: Endpoint) -> Endpoint:
            async def endpoint(call: RpcInfo, request: Any) -> Any:
                seen.append((name, call.address))
                if name == "second":
                    await asyncio.Event().wait()
                return await call_next(call, request)

            return endpoint

        return middleware

    async def never(address: Address) -> Any:
        raise AssertionError

    options = ClientOptions(hosts=(A,), middlewares=(spy("first"), spy("second")))
    endpoint = client_stack(options, KeepAlive(never, IdleLimits()))
    with pytest.raises(RpcTimeout, match=r"\(notes\.add\)"):
        await endpoint(info(budget=0.001), args(ADD, a=1, b=2))
    assert seen == [("first", None), ("second", None)]
