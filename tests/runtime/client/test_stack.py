"""The layers of a client, each alone, and their order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kitexgen.runtime.call import Deadline, Endpoint, RpcInfo, middlewares
from kitexgen.runtime.channel import IdleLimits, KeepAlive
from kitexgen.runtime.client.failures import handle_errors, raise_biz_status
from kitexgen.runtime.client.locate import locate
from kitexgen.runtime.client.options import ClientOptions
from kitexgen.runtime.client.route import route
from kitexgen.runtime.client.stack import client_stack
from kitexgen.runtime.client.timeout import give_up, name_timeout, timed_out
from kitexgen.runtime.errors import (
    BizStatusError,
    CanceledByBusiness,
    ConnectError,
    NoAddress,
    ProtocolError,
    RpcTimeout,
    TimeoutByBusiness,
)
from kitexgen.runtime.net import Address, TcpAddress
from tests.builders.services import ADD, NOTES, Refused, args

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


async def test_the_order_of_all_layers() -> None:
    """Kitex's, reference/runtime.md 2.2: 10, 11, 12, 14 (an address), 16 (each address tried), 17, and back."""
    seen: list[str] = []

    def spy(name: str) -> Any:
        def middleware(call_next: Endpoint) -> Endpoint:
            async def endpoint(call: RpcInfo, request: Any) -> Any:
                seen.append(f"{name} {call.address}")
                try:
                    return await call_next(call, request)
                except Exception as error:
                    seen.append(f"{name} {type(error).__name__}")
                    raise

            return endpoint

        return middleware

    def translate(call: RpcInfo, error: Exception) -> Exception:
        seen.append(f"translate {type(error).__name__}")
        return error

    async def down(address: Address) -> Any:
        raise ConnectError("down", remote=str(address))

    options = ClientOptions(
        hosts=(A, B),
        unary_middlewares=(spy("unary"),),
        middlewares=(spy("own"),),
        instance_middlewares=(spy("instance 1"), spy("instance 2")),
        error_handler=translate,
    )
    endpoint = client_stack(options, KeepAlive(down, IdleLimits()))
    with middlewares(spy("context 1"), spy("context 2")), pytest.raises(ConnectError, match="no host can be reached"):
        await endpoint(info(budget=20), args(ADD, a=1, b=2))
    outside = ["unary", "context 1", "context 2", "own"]
    expected = [f"{name} None" for name in outside]
    for address in (A, B):
        expected += [f"instance 1 {address}", f"instance 2 {address}", "translate ConnectError"]
        expected += ["instance 2 ConnectError", "instance 1 ConnectError"]
    assert seen == expected + [f"{name} ConnectError" for name in reversed(outside)]


async def test_a_business_status_is_raised_outside_of_all() -> None:
    async def answered(call: RpcInfo, request: Any) -> Any:
        call.biz_status = BizStatusError(3)
        return None

    with pytest.raises(BizStatusError):
        await raise_biz_status(answered)(info(), None)


async def test_error_handlers_see_no_declared_exceptions() -> None:
    def translate(call: RpcInfo, error: Exception) -> Exception:
        return LookupError(str(error))

    with pytest.raises(Refused):
        await handle_errors(translate)(failing(Refused()))(info(), None)
    with pytest.raises(LookupError, match="x") as caught:
        await handle_errors(translate)(failing(ProtocolError("x")))(info(), None)
    assert isinstance(caught.value.__cause__, ProtocolError)
    endpoint = failing(ProtocolError("x"))
    assert handle_errors(None)(endpoint) is endpoint


async def test_a_call_that_brings_an_address_tries_no_other() -> None:
    endpoint, tried = reaching()
    call = info()
    call.address = C
    with pytest.raises(ConnectError):
        await route([A, B])(endpoint)(call, None)
    assert tried == [C]


# --- who gave up ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timeout", "left", "kind"),
    [
        (1.0, 1.0, RpcTimeout),
        (1.0, 0.96, RpcTimeout),  # the business was not much earlier
        (1.0, 0.94, TimeoutByBusiness),
        (None, 0.5, TimeoutByBusiness),
    ],
)
def test_whose_deadline_it_was(timeout: float | None, left: float, kind: type[RpcTimeout]) -> None:
    call = info(budget=left)
    call.timeout = timeout
    error = timed_out(call, Deadline(10.0, left, lambda: 10.125))
    assert type(error) is kind
    assert (error.seconds, error.elapsed) == (left, left + 0.125)


async def test_the_innermost_call_names_the_reason() -> None:
    inner = CanceledByBusiness(None, 0.1, method="inner")

    async def cancelled(call: RpcInfo, request: Any) -> Any:
        raise asyncio.CancelledError from inner

    with pytest.raises(asyncio.CancelledError) as caught:
        await give_up(cancelled)(info(), None)
    assert caught.value.__cause__ is inner


async def test_a_cancelled_call_has_a_reason() -> None:
    entered = asyncio.Event()

    async def hang(call: RpcInfo, request: Any) -> Any:
        entered.set()
        await asyncio.Event().wait()

    for budget in (None, 1000):
        call = info(budget)
        call.address = A
        entered.clear()
        task = asyncio.ensure_future(give_up(hang)(call, None))
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        reason = caught.value.__cause__
        assert isinstance(reason, CanceledByBusiness)
        assert (reason.service, reason.method, reason.remote) == ("notes", "add", "a:1")
