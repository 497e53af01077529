"""check_middleware: what every middleware must do, held up to yours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kitexgen.runtime.call.endpoint import Endpoint, Middleware
from kitexgen.runtime.call.info import RpcInfo, Side
from kitexgen.runtime.errors import ConnectError
from kitexgen.runtime.testing.probe import ProbeArguments, ProbeRefused, probe_call
from kitexgen.runtime.testing.promises import Promise, hold_to

_CALLS = 20
"""Concurrent calls: enough that one answer too many, or one swapped, cannot be luck."""


@dataclass(frozen=True, slots=True)
class _Piece:
    make: Callable[[], Middleware]
    side: Side

    def wrap(self, innermost: Endpoint) -> Endpoint:
        return self.make()(innermost)


async def check_middleware(
    make: Callable[[], Middleware],
    *,
    side: Side = "client",
    passes_through: bool = True,
    waits: bool = True,
) -> None:
    """Raise NonConforming, naming the promises broken, unless middlewares of `make` do what all must.

    `make` gives a new middleware each time. `side` is where it stands. With `passes_through` it must also hand calls,
    answers and errors on as they are, as one does that only looks; without, it may answer by itself, call more than
    once, or raise other errors. A middleware that `waits` for nothing of its own may serve in blocking clients too, and
    is tried without an event loop.

        async def test_my_middleware():
            await check_middleware(lambda: timed(log))
    """
    promises = [*_EVERY, *(_TRANSPARENT if passes_through else ()), *(() if waits else _WITHOUT_LOOP)]
    await hold_to("the middleware", _Piece(make, side), promises)


# --- every middleware -------------------------------------------------------------------------------------------------


async def _gives_an_endpoint(piece: _Piece) -> None:
    endpoint = piece.wrap(_echo)
    assert callable(endpoint), f"it gave {endpoint!r}"
    answer = endpoint(probe_call(piece.side), ProbeArguments(tag="a"))
    assert hasattr(answer, "__await__"), f"the endpoint gave {answer!r}, which cannot be awaited"
    await answer


async def _keeps_calls_apart(piece: _Piece) -> None:
    for turns in (0, 1):
        gates = [asyncio.Event() for _ in range(_CALLS)]
        endpoint = piece.wrap(_answer_after(gates))
        calls = [
            asyncio.create_task(_settled(endpoint(probe_call(piece.side), ProbeArguments(tag=str(number)))))
            for number in range(_CALLS)
        ]
        for _ in range(_CALLS):
            await asyncio.sleep(0)  # until they all wait, if they do
        # The last is answered first, so that an order kept by chance shows; all in one turn, then one a turn.
        for gate in reversed(gates):
            gate.set()
            for _ in range(turns):
                await asyncio.sleep(0)
        for number, answer in enumerate(await asyncio.gather(*calls)):
            others = [str(other) for other in range(_CALLS) if other != number]
            assert answer not in others, f"call {number} got the answer of call {answer}"


async def _lets_itself_be_cancelled(piece: _Piece) -> None:
    entered, ended = asyncio.Event(), asyncio.Event()

    async def innermost(info: RpcInfo, arguments: Any) -> Any:
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    call = asyncio.ensure_future(piece.wrap(innermost)(probe_call(piece.side), ProbeArguments(tag="a")))
    waiting = asyncio.create_task(entered.wait())
    await asyncio.wait({call, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if call.done():
        call.exception()  # it answered by itself: there was nothing to cancel
        return
    call.cancel()
    outcome = (await asyncio.gather(call, return_exceptions=True))[0]
    assert isinstance(outcome, asyncio.CancelledError), f"a cancelled call gave {outcome!r}"
    assert ended.is_set(), "what runs further in runs on"


async def _leaves_no_task(piece: _Piece) -> None:
    before = asyncio.all_tasks()
    for innermost in (_echo, _fail_with(ConnectError("refused"))):
        await _settled(piece.wrap(innermost)(probe_call(piece.side), ProbeArguments(tag="a")))
    await asyncio.sleep(0)
    left = asyncio.all_tasks() - before
    assert not left, f"{len(left)} tasks run on: {', '.join(sorted(task.get_name() for task in left))}"


async def _serves_several(piece: _Piece) -> None:
    middleware = piece.make()
    first, second = middleware(_answer_with("first")), middleware(_answer_with("second"))
    answers = [await _settled(each(probe_call(piece.side), ProbeArguments())) for each in (first, second, first)]
    swapped = [answer for answer, other in zip(answers, ("second", "first", "second"), strict=True) if answer == other]
    assert not swapped, "one endpoint answered for the other"


_EVERY: tuple[Promise[_Piece], ...] = (
    Promise("gives an endpoint, which gives something to await", _gives_an_endpoint),
    Promise("keeps concurrent calls apart", _keeps_calls_apart),
    Promise("lets a call be cancelled, and what runs further in with it", _lets_itself_be_cancelled),
    Promise("leaves no task behind", _leaves_no_task),
    Promise("serves several clients or servers without mixing them", _serves_several),
)


# --- those that only look ---------------------------------------------------------------------------------------------


async def _hands_on(piece: _Piece) -> None:
    seen: list[tuple[RpcInfo, Any]] = []
    answer = object()

    async def innermost(info: RpcInfo, arguments: Any) -> Any:
        seen.append((info, arguments))
        return answer

    info, arguments = probe_call(piece.side), ProbeArguments(tag="a")
    got = await piece.wrap(innermost)(info, arguments)
    assert len(seen) == 1, f"what is further in was called {len(seen)} times"
    assert seen[0][0] is info, "it got another RpcInfo"
    assert seen[0][1] is arguments, "it got another arguments record"
    assert got is answer, f"the answer was {answer!r}, it gave {got!r}"


async def _hands_on_nothing(piece: _Piece) -> None:
    got = await piece.wrap(_answer_with(None))(probe_call(piece.side), ProbeArguments())
    assert got is None, f"a void method gave {got!r}"


async def _hands_on_errors(piece: _Piece) -> None:
    for error in (ProbeRefused(why="declared"), ConnectError("refused"), ValueError("a mistake")):
        got = await _settled(piece.wrap(_fail_with(error))(probe_call(piece.side), ProbeArguments()))
        assert got is error, f"{error!r} was raised, {got!r} came out"


_TRANSPARENT: tuple[Promise[_Piece], ...] = (
    Promise("hands on a call, once, and its answer as they are", _hands_on),
    Promise("hands on that there is no answer", _hands_on_nothing),
    Promise("hands on errors as they are", _hands_on_errors),
)


# --- those for blocking clients ---------------------------------------------------------------------------------------


async def _waits_for_nothing(piece: _Piece) -> None:
    call = piece.wrap(_echo)(probe_call(piece.side), ProbeArguments(tag="a")).__await__()
    try:
        awaited = next(call)
    except StopIteration:
        return
    raise AssertionError(f"it waited for {awaited!r}, which a blocking client cannot")


_WITHOUT_LOOP: tuple[Promise[_Piece], ...] = (Promise("waits for nothing of its own", _waits_for_nothing),)


# --- endpoints further in ---------------------------------------------------------------------------------------------


async def _echo(info: RpcInfo, arguments: Any) -> Any:
    return arguments.tag


def _answer_with(value: object) -> Endpoint:
    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        return value

    return endpoint


def _answer_after(gates: list[asyncio.Event]) -> Endpoint:
    """Answer each call with its tag, once the gate of that number is open."""

    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        await gates[int(arguments.tag)].wait()
        return arguments.tag

    return endpoint


def _fail_with(error: Exception) -> Endpoint:
    async def endpoint(info: RpcInfo, arguments: Any) -> Any:
        raise error

    return endpoint


async def _settled(call: Any) -> Any:
    """What a call gives, or the exception it raises."""
    try:
        return await call
    except Exception as error:
        return error
