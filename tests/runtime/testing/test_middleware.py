"""check_middleware: it passes what is right, and names what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from kitexgen.runtime.call.endpoint import Endpoint, Middleware
from kitexgen.runtime.call.info import RpcInfo
from kitexgen.runtime.errors import RpcError
from kitexgen.runtime.testing import NonConforming, check_middleware


def looks(call_next: Endpoint) -> Endpoint:
    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        return await call_next(info, arguments)

    return endpoint


def answers(call_next: Endpoint) -> Endpoint:
    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        return "from the cache"

    return endpoint


def tries_again(call_next: Endpoint) -> Endpoint:
    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        try:
            return await call_next(info, arguments)
        except RpcError:
            await asyncio.sleep(0)
            return await call_next(info, arguments)

    return endpoint


async def test_right_ones_pass() -> None:
    await check_middleware(lambda: looks)
    await check_middleware(lambda: looks, side="server", waits=False)
    await check_middleware(lambda: answers, passes_through=False, waits=False)
    await check_middleware(lambda: tries_again, passes_through=False)


def swallows_errors(call_next: Endpoint) -> Endpoint:
    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        try:
            return await call_next(info, arguments)
        except Exception:
            return None

    return endpoint


def cannot_be_cancelled(call_next: Endpoint) -> Endpoint:
    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        try:
            return await call_next(info, arguments)
        except asyncio.CancelledError:
            return None

    return endpoint


def calls_twice(call_next: Endpoint) -> Endpoint:
    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        await call_next(info, arguments)
        return await call_next(info, arguments)

    return endpoint


def forgets_the_answer(call_next: Endpoint) -> Endpoint:
    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        await call_next(info, arguments)

    return endpoint


def waits_for_itself(call_next: Endpoint) -> Endpoint:
    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        await asyncio.sleep(0)
        return await call_next(info, arguments)

    return endpoint


def is_no_coroutine(call_next: Endpoint) -> Any:
    return lambda info, arguments: "at once"


def goes_on_alone(call_next: Endpoint) -> Endpoint:
    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        background.append(asyncio.create_task(asyncio.sleep(3600), name="forgotten"))
        return await call_next(info, arguments)

    return endpoint


background: list[asyncio.Task[None]] = []


def remembers_between_calls() -> Middleware:
    last: list[Any] = []

    def middleware(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, arguments: Any) -> Any:
            last.append(await call_next(info, arguments))
            await asyncio.sleep(0)
            return last[-1]

        return endpoint

    return middleware


def keeps_one_endpoint() -> Middleware:
    kept: list[Endpoint] = []

    def middleware(call_next: Endpoint) -> Endpoint:
        kept.append(call_next)
        return kept[0]

    return middleware


@pytest.mark.parametrize(
    ("make", "promise"),
    [
        (lambda: swallows_errors, "it hands on errors as they are: ProbeRefused"),
        (lambda: cannot_be_cancelled, "it lets a call be cancelled, and what runs further in with it: a cancelled"),
        (lambda: calls_twice, "it hands on a call, once, and its answer as they are: what is further in was called 2"),
        (lambda: forgets_the_answer, "it hands on a call, once, and its answer as they are: the answer was"),
        (lambda: is_no_coroutine, "it gives an endpoint, which gives something to await: the endpoint gave 'at once'"),
        (lambda: goes_on_alone, "it leaves no task behind: 2 tasks run on: forgotten, forgotten"),
        (remembers_between_calls, "it keeps concurrent calls apart: call"),
        (keeps_one_endpoint, "it serves several clients or servers without mixing them: one endpoint answered for"),
    ],
)
async def test_wrong_ones_are_told(make: Callable[[], Middleware], promise: str) -> None:
    with pytest.raises(NonConforming) as caught:
        await check_middleware(make)
    while background:
        background.pop().cancel()
    assert f"\n  {promise}" in str(caught.value)
    assert str(caught.value).startswith("the middleware breaks ")


async def test_waiting_is_no_fault_but_in_blocking_clients() -> None:
    await check_middleware(lambda: waits_for_itself)
    with pytest.raises(NonConforming, match="it waits for nothing of its own: it waited for None"):
        await check_middleware(lambda: waits_for_itself, waits=False)
