"""What single calls want otherwise than their client: call options, middlewares of a block."""

from __future__ import annotations

import contextvars
import math
from typing import Any

import pytest

from kitexgen.runtime import call_options, metainfo, middlewares
from kitexgen.runtime.call import Deadline, Endpoint, Metainfo, Middleware, RpcInfo
from kitexgen.runtime.call.current import enter
from kitexgen.runtime.call.in_context import in_context
from kitexgen.runtime.call.options import chosen
from kitexgen.runtime.client.options import client_options
from kitexgen.runtime.client.start import begin_call
from kitexgen.runtime.net import TcpAddress
from tests.builders.services import ADD, NOTES, PING


def begun(timeout: float | None = None, **settings: Any) -> RpcInfo:
    return begin_call(NOTES, "notes", ADD, client_options(**settings), timeout)


def test_what_nobody_sets() -> None:
    info = begun()
    assert (info.timeout, info.deadline, info.connect_timeout, info.tells_connect_timeout) == (None, None, 1.0, False)
    assert (info.address, info.tags, info.metainfo, info.caller, info.caller_method) == (None, {}, Metainfo(), "", "")


def test_the_nearest_wins() -> None:
    with call_options(timeout=2, connect_timeout=0.5, tags={"a": "outer", "b": "outer"}, host="10.0.0.1:1"):
        with call_options(timeout=1, tags={"a": "inner"}):
            info = begun(timeout=9, tags={"a": "client", "c": "client"}, connect_timeout=7)
            assert begun(0.1).timeout == 0.1
        assert begun(timeout=9).timeout == 9
        assert chosen().timeout == 2
    assert (info.timeout, info.connect_timeout, info.tells_connect_timeout) == (9, 0.5, True)
    assert info.tags == {"a": "inner", "b": "outer", "c": "client"}
    assert info.address == TcpAddress("10.0.0.1", 1)
    assert chosen().timeout is None


def test_an_option_of_the_call_wins_over_the_clients() -> None:
    options = client_options(timeout=9)
    with call_options(timeout=1):
        assert begin_call(NOTES, "notes", ADD, options, None).timeout == 1
        assert begin_call(NOTES, "notes", ADD, options, math.inf).timeout is None
    with call_options(timeout=math.inf, connect_timeout=math.inf):
        info = begin_call(NOTES, "notes", ADD, options, None)
        assert (info.timeout, info.connect_timeout) == (None, None)


def test_a_connect_timeout_that_was_given_is_told() -> None:
    assert begun(connect_timeout=1.0).tells_connect_timeout
    assert begun(connect_timeout=None).connect_timeout is None


def test_a_host_must_be_one() -> None:
    with pytest.raises(ValueError, match="`nowhere` is no address"), call_options(host="nowhere"):
        raise AssertionError("not reached")


def test_metainfo_of_a_block_and_of_an_option_are_joined() -> None:
    with metainfo.sending(persistent={"a": "1", "b": "1"}):
        with call_options(persistent={"b": "2"}, transient={"t": "3", "e": ""}):
            assert begun().metainfo == Metainfo({"a": "1", "b": "2"}, {"t": "3"})
        assert begun().metainfo == Metainfo({"a": "1", "b": "1"})


def test_the_earlier_end_counts() -> None:
    now = 100.0
    larger = Deadline.after(10, clock=lambda: now)
    now = 104.0
    with call_options(deadline=larger):
        for timeout, budget, at in ((5, 5, 109.0), (None, 6, 110.0), (7, 6, 110.0)):
            deadline = begun(timeout).deadline
            assert deadline is not None
            assert (deadline.budget, deadline.at) == (budget, at)


def test_of_the_call_that_is_served_only_the_method_and_metainfo_go_on() -> None:
    serving = RpcInfo(
        side="server",
        destination="Notes",
        service=NOTES,
        method=PING,
        deadline=Deadline.after(5),
        timeout=5,
        caller="somebody",
        tags={"x": "y"},
        metainfo=Metainfo({"p": "1"}, {"t": "2"}),
    )

    def handle() -> RpcInfo:
        enter(serving)
        metainfo.begin(serving.metainfo or Metainfo())
        return begun(caller="notes")

    info = contextvars.Context().run(handle)
    assert (info.caller, info.caller_method, info.deadline, info.timeout) == ("notes", "ping", None, None)
    assert (info.metainfo, info.tags) == (Metainfo({"p": "1"}), {})


def naming(name: str, seen: list[str]) -> Middleware:
    def middleware(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, request: Any) -> Any:
            seen.append(name)
            return await call_next(info, request)

        return endpoint

    return middleware


async def test_middlewares_of_blocks_stand_in_the_order_they_were_added() -> None:
    seen: list[str] = []

    async def innermost(info: RpcInfo, request: Any) -> Any:
        seen.append("innermost")
        return request

    endpoint = in_context(innermost)
    with middlewares(naming("a", seen), naming("b", seen)):
        with middlewares(naming("c", seen)):
            assert await endpoint(begun(), 1) == 1
        seen.append("-")
        await endpoint(begun(), 1)
    seen.append("-")
    await endpoint(begun(), 1)
    assert seen == ["a", "b", "c", "innermost", "-", "a", "b", "innermost", "-", "innermost"]
