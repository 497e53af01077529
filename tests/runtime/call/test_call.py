"""What a call is made of: deadline, info, onion, the current one."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable
from typing import Any

import pytest

from kitexgen.runtime.call import Deadline, Endpoint, Middleware, RpcInfo, chain, current
from kitexgen.runtime.call.current import enter
from kitexgen.runtime.call.step import run_without_loop
from kitexgen.runtime.net import TcpAddress
from tests.builders.services import ADD, NOTES


def info() -> RpcInfo:
    return RpcInfo(side="client", destination="notes", service=NOTES, method=ADD)


def test_a_deadline_counts_down() -> None:
    now = 100.0
    deadline = Deadline.after(2.5, clock=lambda: now)
    assert (deadline.budget, deadline.left()) == (2.5, 2.5)
    now = 103.0
    assert deadline.left() == -0.5


def test_a_call_has_a_name_and_an_address_once_it_is_chosen() -> None:
    call = info()
    assert call.full_name == "notes.add"
    with pytest.raises(RuntimeError, match="no address yet"):
        call.chosen_address()
    call.address = TcpAddress("h", 1)
    assert call.chosen_address() == TcpAddress("h", 1)


def naming(name: str, seen: list[str]) -> Middleware:
    def middleware(call_next: Endpoint) -> Endpoint:
        seen.append(f"build {name}")

        async def endpoint(call: RpcInfo, request: Any) -> Any:
            seen.append(f"enter {name}")
            answer = await call_next(call, request)
            seen.append(f"leave {name}")
            return answer

        return endpoint

    return middleware


async def double(call: RpcInfo, request: Any) -> Any:
    return request * 2


async def test_the_first_middleware_is_the_outermost() -> None:
    seen: list[str] = []
    endpoint = chain([naming("a", seen), naming("b", seen)], double)
    assert await endpoint(info(), 21) == 42
    assert seen == ["build b", "build a", "enter a", "enter b", "leave b", "leave a"]


async def test_no_middleware_is_no_layer() -> None:
    assert chain([], double) is double


def test_an_endpoint_that_does_not_wait_needs_no_loop() -> None:
    endpoint = chain([naming("a", [])], double)
    assert run_without_loop(endpoint(info(), 2)) == 4


def test_errors_pass_through_without_a_loop() -> None:
    async def fail() -> None:
        raise LookupError("x")

    with pytest.raises(LookupError):
        run_without_loop(fail())


def test_waiting_needs_a_loop() -> None:
    closed = []

    async def wait() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            closed.append(True)

    with pytest.raises(RuntimeError, match="only an event loop can bring"):
        run_without_loop(wait())
    assert closed == [True]


def test_any_awaitable_will_do() -> None:
    class Ready:
        def __await__(self) -> Any:
            return iter(())

    ready: Awaitable[None] = Ready()
    assert run_without_loop(ready) is None


def test_the_current_call_is_that_of_the_context() -> None:
    own, call = contextvars.copy_context(), info()
    own.run(enter, call)
    assert own.run(current) is call
    assert own.copy().run(current) is call
    assert current() is None
