"""Calls of a server that memory is refused, at any place: they end, with MemoryError or an answer, and none stays."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, Final

import pytest

from kitexgen.runtime.framing import FRAMED_BINARY, TTHEADER_BINARY, TTHEADER_FRAMED_BINARY
from kitexgen.runtime.framing.format import Format
from kitexgen.runtime.server import usual_calls
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.stack import server_stack
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire import native
from kitexgen.runtime.wire.native import is_compiled
from tests.builders.services import NOTES, Note, NotesHandler
from tests.builders.usual_calls import call

testcapi = pytest.importorskip("_testcapi", reason="this Python was built without its own test module")

pytestmark = [
    pytest.mark.skipif(not is_compiled(), reason="the compiled codec was not built, or KITEXGEN_PURE is set"),
    pytest.mark.skipif(
        (3, 13) <= sys.version_info < (3, 13, 6),
        reason="CPython's own: dict.setdefault goes on with memory refused, and current tasks' breaks: gh-109700",
    ),
    pytest.mark.skipif(not hasattr(testcapi, "set_nomemory"), reason="this Python cannot be told to run out of memory"),
]

ENOUGH: Final = 1000
"""Allocations that nothing here needs."""

NOWHERE: Final = -1
"""No allocation is refused."""

UNNOTICED: Final = 20
"""As many refusals in a row may be made up for by CPython, which has other memory, or asks again."""

WARM: Final = 500
TIMES: Final = 5
CAMPAIGNS: Final = 40
"""One of them leaves less than that many blocks behind, unless some place always leaves one."""


class Gate:
    """What calls wait for: a future, of which a test knows who is to be told."""

    def __init__(self, loop: asyncio.AbstractEventLoop, error: type[Exception] | None) -> None:
        self._asyncio_future_blocking = False
        self._loop = loop
        self._error = error
        self._told: list[tuple[Any, Any]] = []

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def add_done_callback(self, function: Any, *, context: Any = None) -> None:
        self._told.append((function, context))

    def remove_done_callback(self, function: Any) -> int:
        before = len(self._told)
        self._told = [each for each in self._told if each[0] is not function]
        return before - len(self._told)

    def open(self) -> None:
        while self._told:
            function, context = self._told.pop()
            context.run(function, self)

    def cancel(self, msg: object = None) -> bool:
        return False

    def result(self) -> None:
        if self._error is not None:
            raise self._error  # a new one each time

    def __await__(self) -> Iterator[Any]:
        self._asyncio_future_blocking = True
        yield self
        return self.result()


class Handler(NotesHandler):
    """Does what the text says, and counts."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.begun = self.ended = 0
        self.gates = [Gate(loop, None), Gate(loop, None), Gate(loop, ValueError)]

    async def echo(self, note: Note) -> Note:
        self.begun += 1
        try:
            await self._do(note.text)
        finally:
            self.ended += 1
        return note

    async def _do(self, what: str) -> None:
        match what:
            case "fail":
                raise ValueError("no")
            case "turn":
                await asyncio.sleep(0)
            case "wait":
                await self.gates[0]  # type: ignore[misc]
                await self.gates[1]  # type: ignore[misc]
            case "wait for an error":
                with suppress(ValueError):
                    await self.gates[2]  # type: ignore[misc]
                await self.gates[1]  # type: ignore[misc]
            case "wait and fail":
                await self.gates[2]  # type: ignore[misc]
            case "wait, then fail":
                await self.gates[0]  # type: ignore[misc]
                raise ValueError("no")
            case "wait and give way":
                await self.gates[0]  # type: ignore[misc]
                await asyncio.sleep(0)


class Outcome:
    """What a call that waited came to."""

    __slots__ = ("error", "is_there", "value")

    def __init__(self) -> None:
        self.value: Any = None
        self.error: Any = None
        self.is_there = False

    def tell(self, value: Any, error: Any) -> None:
        self.value, self.error, self.is_there = value, error, True


class Bench:
    """A socket that is served, and a loop that has its turns when it is told to."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda *_: None)  # which is told what was refused to tasks
        self.handler = Handler(self.loop)
        self.calls = self.make()
        self.near, self.far = socket.socketpair()
        self.near.setblocking(False)
        self.far.setblocking(False)
        self.refused = 0

    def make(self) -> Any:
        options, routes = ServerOptions(), Routes([Served(NOTES, self.handler)])
        return usual_calls.usual_calls(
            routes,
            server_stack(options, routes, WorkerPool(1, 1)),
            options,
            loop=self.loop,
            base=contextvars.Context(),
            at_work=set(),
            clock=time.monotonic,
            is_bare=True,
        )

    def turns(self) -> None:
        for _ in range(3):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()

    def starve(self, function: Callable[[], Any], place: int) -> Any:
        """What `function` returns, or MemoryError, which counts. One allocation is refused, and no more.

        Where two in a row are refused, CPython itself takes a null pointer for a token (`PyContextVar_Set`).
        """
        asyncio._set_running_loop(self.loop)  # without which tasks are not entered from 3.14 on
        if place != NOWHERE:
            testcapi.set_nomemory(place, place + 1)
        try:
            return function()
        except MemoryError:
            testcapi.remove_mem_hooks()
            self.refused += 1
            return MemoryError
        finally:
            testcapi.remove_mem_hooks()
            asyncio._set_running_loop(None)

    def serve(self, message: bytes, hungry: str, place: int) -> Outcome | None:
        """Have `message` served, with memory refused to one part of it. What the call came to that waited."""
        self.refused = 0
        self.far.send(message)
        peer, outcome = self.near.fileno(), Outcome()
        told = self.starve(lambda: self.calls.serve(peer, None, False, 64), place if hungry == "serve" else NOWHERE)
        if told is None or told is MemoryError or len(told[1]) == 2:
            return None
        waits = told[1]
        if waits[1] != "waits":
            return None
        take_over = partial(waits[9].get_coro().take_over, waits[7], waits[8], outcome.tell)
        del told, waits
        self.starve(take_over, place if hungry == "take over" else NOWHERE)
        del take_over
        for number, gate in enumerate(self.handler.gates * 3):
            self.starve(gate.open, place if hungry == "go on" and number < 3 else NOWHERE)
            if number > 1:
                self.turns()
        return outcome

    def end(self) -> None:
        """Check that nothing of a call is left."""
        self.turns()
        for each in (self.near, self.far):
            with suppress(BlockingIOError):
                while each.recv(1 << 16):
                    pass
        assert self.handler.begun == self.handler.ended
        self.handler.begun = self.handler.ended = 0  # small numbers need no memory

    def close(self) -> None:
        self.calls.close()
        self.turns()
        self.near.close()
        self.far.close()
        self.loop.close()


@pytest.fixture
def bench() -> Any:
    made = Bench()
    gc.collect()
    gc.freeze()
    gc.disable()
    yield made
    gc.enable()
    gc.unfreeze()
    made.close()


def every_place(run: Callable[[int], bool]) -> None:
    """Refuse the first allocation, the second, and so on, each `TIMES`; `run` tells whether nothing came of that."""
    clean = 0
    for place in count():
        assert place < ENOUGH
        found = [run(place) for _ in range(TIMES)]
        gc.collect()  # from 3.12 on there are 17 MemoryErrors, and the last, shared, never drops a traceback
        clean = clean + 1 if all(found) else 0
        if clean > UNNOTICED:
            return


def check_nothing_stays(run: Callable[[int], bool]) -> None:
    """Check that going through all places again and again leaves no more behind, once CPython keeps what it keeps."""
    for _ in range(WARM):
        run(NOWHERE)
    lately: list[int] = []
    for _ in range(CAMPAIGNS):
        before = blocks()
        every_place(run)
        lately.append(blocks() - before)
        if lately[-1] < TIMES:
            return
    raise AssertionError(f"blocks are left behind: {lately}")


def blocks() -> int:
    """How many there are when nothing is kept that is not used. CPython's cache of attributes keeps 4096 names."""
    getattr(sys, "_clear_internal_caches", sys._clear_type_cache)()
    gc.collect()
    return sys.getallocatedblocks()


TEXTS: Final = (
    "answer",
    "fail",
    "turn",
    "wait",
    "wait for an error",
    "wait and fail",
    "wait, then fail",
    "wait and give way",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("hungry", ["serve", "take over", "go on"])
def test_calls_end_wherever_memory_is_refused(bench: Bench, hungry: str, text: str) -> None:
    check_calls(bench, hungry, text, FRAMED_BINARY)


@pytest.mark.parametrize("format", [TTHEADER_BINARY, TTHEADER_FRAMED_BINARY])
def test_calls_behind_a_header(bench: Bench, format: Format) -> None:
    check_calls(bench, "serve", "turn", format)


def test_calls_that_need_a_new_task(bench: Bench) -> None:
    check_calls(bench, "serve", "turn", FRAMED_BINARY, is_fresh=True)


def check_calls(bench: Bench, hungry: str, text: str, format: Format, *, is_fresh: bool = False) -> None:
    message = call("first", format) + call(text, format, 2)

    def run(place: int) -> bool:
        if is_fresh:
            bench.calls.close()
            bench.turns()
            bench.calls = bench.make()
        outcome = bench.serve(message, hungry, place)
        bench.end()
        assert outcome is None or outcome.is_there or bench.refused
        return not bench.refused and (outcome is None or not isinstance(outcome.error, MemoryError))

    check_nothing_stays(run)


class Starving:
    """A runner of calls, to which memory is refused while it is made and while it is told of methods."""

    def __init__(self, bench: Bench, place: int) -> None:
        self._bench = bench
        self._place = place
        self._make = native.calls_type()

    def __call__(self, **names: Any) -> Starving:
        self._made = self._given(lambda: self._make(**names))
        return self

    def add(self, service: str, parts: tuple[Any, ...]) -> None:
        self._given(lambda: self._made.add(service, parts))

    def _given(self, function: Callable[[], Any]) -> Any:
        found = self._bench.starve(function, self._place)
        if found is MemoryError:
            raise MemoryError
        return found


def test_a_runner_is_made_or_not(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(place: int) -> bool:
        bench.refused = 0
        monkeypatch.setattr(usual_calls, "calls_type", lambda: Starving(bench, place))
        with suppress(MemoryError):
            bench.make()
        monkeypatch.undo()
        return not bench.refused

    check_nothing_stays(run)


def test_tasks_are_let_go(bench: Bench) -> None:
    def run(place: int) -> bool:
        bench.serve(call("turn") + call("turn"), "", NOWHERE)
        for let_go in (bench.calls.relax, bench.calls.relax, bench.calls.close):
            bench.starve(let_go, place)
        bench.end()
        is_clean = not bench.refused
        bench.calls = bench.make()
        return is_clean

    check_nothing_stays(run)
