"""The ways in which a call of a server may be run; what runs in it must not be able to tell them apart."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

from kitexgen.runtime.framing import FRAMED_BINARY
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.stack import server_stack
from kitexgen.runtime.server.stepping import Ended, Stepper
from kitexgen.runtime.server.usual_calls import usual_calls
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.native import is_compiled
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import NOTES, PLAIN, NotesHandler, args
from tests.builders.whole import pack

DATA: Final = pack(FRAMED_BINARY, MessageKind.CALL, PLAIN.name, 1, args(PLAIN, text=""))


class Started:
    """A call that was begun. `task` is its task while it waits, None when it never did."""

    def __init__(self) -> None:
        self.task: Any = None
        self.outcome: Ended[Any] | None = None
        self._is_over = asyncio.Event()

    def ended(self, value: Any, error: BaseException | None) -> None:
        self.outcome = Ended(value, error)
        self._is_over.set()

    async def end(self) -> Any:
        """What the call came to."""
        await self._is_over.wait()
        assert self.outcome is not None
        if self.outcome.error is not None:
            raise self.outcome.error
        return self.outcome.value


class AsTask:
    """Calls that are tasks: what the others have to be like."""

    is_lending = False

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.base = contextvars.copy_context()

    def begin(self, call: Coroutine[Any, Any, Any]) -> Started:
        started = Started()
        self.follow(started, asyncio.Task(call, loop=self.loop, context=self.base.copy()))
        return started

    def follow(self, started: Started, task: asyncio.Task[Any]) -> None:
        started.task = task

        def done(task: asyncio.Task[Any]) -> None:
            try:
                started.ended(task.result(), None)
            except BaseException as error:
                started.ended(None, error)

        task.add_done_callback(done)

    def relax(self) -> None:
        """Let go of what was not needed since the last time."""

    def close(self) -> None:
        """No more calls."""


class Stepped(AsTask):
    """Calls begun by `Stepper`."""

    def __init__(self) -> None:
        super().__init__()
        self.stepper = Stepper(self.loop, self.base, set())

    def begin(self, call: Coroutine[Any, Any, Any]) -> Started:
        started = Started()
        outcome = self.stepper.begin(call)
        if isinstance(outcome, Ended):
            started.ended(outcome.value, outcome.error)
        else:
            self.follow(started, outcome)
        return started

    def close(self) -> None:
        self.stepper.close()


class Handler(NotesHandler):
    """Runs what it is told to."""

    call: Coroutine[Any, Any, Any]
    value: Any

    async def plain(self, text: str) -> str:
        call = self.call
        del self.call
        self.value = await call
        return text


class ByHand(AsTask):
    """Calls of the compiled way."""

    is_lending = True

    def __init__(self) -> None:
        super().__init__()
        self.handler = Handler()
        options, routes = ServerOptions(), Routes([Served(NOTES, self.handler)])
        self.calls = usual_calls(
            routes,
            server_stack(options, routes, WorkerPool(1, 1)),
            options,
            loop=self.loop,
            base=self.base,
            at_work=set(),
            clock=time.monotonic,
            is_bare=True,
        )

    def begin(self, call: Coroutine[Any, Any, Any]) -> Started:
        started, replies = Started(), []
        self.handler.call = call
        told = self.calls.run(DATA, 0, None, False, replies, 64)
        if told is None:
            assert replies
            started.ended(self.handler.value, None)
        elif told[1] == "raised":
            started.ended(None, told[8])
        elif told[1] == "answered":
            started.ended(self.handler.value, None)
        else:
            assert told[1] == "waits"
            started.task = told[9]
            started.task.get_coro().take_over(told[7], told[8], self._ended(started))
        return started

    def _ended(self, started: Started) -> Callable[[Any, Any], None]:
        def on_end(_: Any, error: BaseException | None) -> None:
            started.task = None  # it is lent to others from now on
            started.ended(None if error is not None else self.handler.value, error)

        return on_end

    def relax(self) -> None:
        self.calls.relax()

    def close(self) -> None:
        self.calls.close()


WAYS: Final[list[type[AsTask]]] = [AsTask, Stepped, *([ByHand] if is_compiled() else [])]
