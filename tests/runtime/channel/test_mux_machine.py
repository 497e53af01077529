"""A shared stream against a model, through any sequence of calls, answers, cancellations and notices."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule

from kitexgen.runtime.channel import Multiplex, MuxLimits
from kitexgen.runtime.errors import ConnectionClosed, OverLimit
from kitexgen.runtime.framing import Packet
from tests.builders import mux
from tests.builders.told_time import told_time
from tests.builders.transport import joined

LIMITS = MuxLimits(in_flight=4, silence=1.0)


class SharedStream(RuleBasedStateMachine):
    """The model: who waits, whether new calls are taken, since when nothing was heard though something was asked."""

    waiting: Bundle[int] = Bundle("waiting")
    given_up: Bundle[int] = Bundle("given_up")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = ExitStack()
        self.time = self.stack.enter_context(told_time(self.loop))
        self.calls: dict[int, asyncio.Task[Packet]] = {}
        self.unheard_since: float | None = None
        self.is_retired = False
        self.is_ended = False
        self.last = 0
        self.do(self.connect)

    def connect(self) -> None:
        self.stream = Multiplex(LIMITS)
        self.connection, self.transport = joined(self.stream)

    def do(self, action: Any, *arguments: Any) -> None:
        """Run `action` on the loop, and what follows from it."""

        async def main() -> None:
            action(*arguments)
            for _ in range(5):
                await asyncio.sleep(0)

        self.loop.run_until_complete(main())

    def hear(self, data: bytes) -> None:
        if not self.is_ended:
            self.do(self.connection.data_received, data)

    @rule(target=waiting)
    def call(self) -> Any:
        self.last += 1
        number = self.last
        task: asyncio.Task[Packet] | None = None

        def begin() -> None:
            nonlocal task
            task = self.loop.create_task(self.stream.call([mux.request(number)]))

        self.do(begin)
        assert task is not None
        if self.is_ended:
            assert isinstance(task.exception(), ConnectionClosed)
            return multiple()
        if len(self.calls) >= LIMITS.in_flight:
            assert isinstance(task.exception(), OverLimit)
            return multiple()
        assert not task.done()
        assert self.transport.written.endswith(mux.request(number))
        self.calls[number] = task
        if self.unheard_since is None:
            self.unheard_since = self.time.now
        return number

    @rule(
        numbers=st.lists(consumes(waiting), min_size=1, max_size=4, unique=True),
        reset=st.integers(0, 7).map((7).__eq__),
        cut=st.integers(1, 80),
    )
    def answer(self, numbers: list[int], reset: bool, cut: int) -> None:
        """Several answers at once, in any order, and the bytes cut anywhere."""
        data = b"".join(mux.reply(number, reset=reset and number == numbers[-1]) for number in numbers)
        tasks = {number: self.calls.pop(number) for number in numbers if number in self.calls}
        self.hear(data[:cut])
        self.hear(data[cut:]) if data[cut:] else None
        for number, task in tasks.items():
            assert mux.value(task.result()) == number
        self.is_retired = self.is_retired or (reset and not self.is_ended)
        self.heard()

    @rule(target=given_up, number=consumes(waiting))
    def give_up(self, number: int) -> Any:
        task = self.calls.pop(number, None)
        if task is None:
            return multiple()
        self.do(task.cancel)
        assert task.cancelled()
        if self.unheard_since is not None and self.time.now - self.unheard_since >= LIMITS.silence:
            self.is_retired = True
        self.end_if_over()
        return number

    @rule(number=consumes(given_up))
    def answer_late(self, number: int) -> None:
        self.hear(mux.reply(number))
        self.heard()

    @rule()
    def answer_nobody(self) -> None:
        self.hear(mux.reply(-1))
        self.heard()

    @rule(seconds=st.sampled_from([0.3, 1.0]))
    def pass_time(self, seconds: float) -> None:
        self.time.advance(seconds)

    @precondition(lambda self: self.last > 5)  # or most runs would be over before anything has happened
    @rule(how=st.sampled_from(["control frame", "retire", "goodbye"]))
    def come_to_an_end(self, how: str) -> None:
        if self.is_ended:
            return
        if how == "control frame":
            self.hear(mux.CONTROL_FRAME)
            self.is_retired = True
            self.heard()
        elif how == "retire":
            self.do(self.stream.retire)
            self.is_retired = True
            self.end_if_over()
        else:
            self.do(self.connection.eof_received)
            self.is_ended = True
            for task in self.calls.values():
                assert isinstance(task.exception(), ConnectionClosed)
            self.calls.clear()

    def heard(self) -> None:
        if not self.is_ended:
            self.unheard_since = self.time.now if self.calls else None
            self.end_if_over()

    def end_if_over(self) -> None:
        self.is_ended = self.is_ended or (self.is_retired and not self.calls)

    @invariant()
    def agrees_with_the_model(self) -> None:
        assert self.stream.in_flight == len(self.calls)
        assert not any(task.done() for task in self.calls.values())
        assert self.stream.is_usable == (not self.is_ended and not self.is_retired)
        assert self.transport.is_closing() == self.is_ended
        assert self.stream.is_full == (len(self.calls) == LIMITS.in_flight)

    def teardown(self) -> None:
        self.do(self.stream.close)
        try:
            assert all(isinstance(task.exception(), ConnectionClosed) for task in self.calls.values())
        finally:
            self.stack.close()
            self.loop.close()


TestSharedStream = SharedStream.TestCase
TestSharedStream.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
