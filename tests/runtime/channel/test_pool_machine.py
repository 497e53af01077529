"""The long pool against a model, through any sequence of what may happen to it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from kitexgen.runtime.call import Deadline
from kitexgen.runtime.channel import BlockingPool, IdleLimits, KeepAlive
from kitexgen.runtime.net import Address, TcpAddress
from tests.builders.channels import IdleChannel
from tests.builders.told_time import told_time

ADDRESSES = [TcpAddress("host", port) for port in (1, 2, 3)]
LIMITS = IdleLimits(min_per_address=1, per_address=2, total=3, timeout=10)

Answer = TypeVar("Answer")


class Numbered(IdleChannel):
    """Known by what it leads to."""

    def __init__(self, address: Address) -> None:
        super().__init__()
        self.address = address


@dataclass
class Idle:
    """One idle channel, as the model sees it."""

    channel: Numbered
    ends: float


class LongPool(RuleBasedStateMachine):
    """The model: for each address a list of idle channels, oldest first; the moment of the next tick."""

    lent: Bundle[Numbered] = Bundle("lent")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = ExitStack()
        self.time = self.stack.enter_context(told_time(self.loop))
        self.made: list[Numbered] = []
        self.pool = KeepAlive(self.dial, LIMITS)
        self.idle: dict[Address, list[Idle]] = {address: [] for address in ADDRESSES}
        self.in_use: dict[Numbered, bool] = {}  # whether it may be kept
        self.next_tick: float | None = None

    async def dial(self, address: Address) -> Numbered:
        self.made.append(Numbered(address))
        return self.made[-1]

    def run(self, coroutine: Coroutine[Any, Any, Answer]) -> Answer:
        return self.loop.run_until_complete(coroutine)

    def total(self) -> int:
        return sum(map(len, self.idle.values()))

    @rule(target=lent, address=st.sampled_from(ADDRESSES))
    def borrow(self, address: Address) -> Numbered:
        kept = self.idle[address]
        while kept and not kept[-1].channel.is_healthy:
            kept.pop()
        expected = kept.pop().channel if kept else None
        count = len(self.made)
        got = self.run(self.pool.borrow(address))
        assert isinstance(got, Numbered)
        if expected is None:
            assert (len(self.made), got, got.is_reused) == (count + 1, self.made[-1], False)
        else:
            assert (len(self.made), got, got.is_reused) == (count, expected, True)
        self.in_use[got] = True
        return got

    @rule(target=lent, address=st.sampled_from(ADDRESSES))
    def renew(self, address: Address) -> Numbered:
        got = self.run(self.pool.renew(address))
        assert got is self.made[-1]
        self.in_use[self.made[-1]] = True
        return self.made[-1]

    @rule(channel=consumes(lent), is_healthy=st.booleans())
    def give_back(self, channel: Numbered, is_healthy: bool) -> None:
        channel.is_healthy = is_healthy
        kept = self.idle[channel.address]
        may_stay = self.in_use.pop(channel) and is_healthy
        if may_stay and len(kept) < LIMITS.per_address and self.total() < LIMITS.total:
            kept.append(Idle(channel, self.time.now + LIMITS.timeout))
            if self.next_tick is None:
                self.next_tick = self.time.now + LIMITS.timeout
        self.run(self.given(channel))

    async def given(self, channel: Numbered) -> None:
        self.pool.give_back(channel.address, channel)

    @rule(address=st.sampled_from(ADDRESSES), which=st.integers(0, 1))
    def fall_ill(self, address: Address, which: int) -> None:
        for each in self.idle[address][which : which + 1]:
            each.channel.is_healthy = False

    @rule(target=lent, address=st.sampled_from(ADDRESSES))
    def clean(self, address: Address) -> Any:
        self.idle[address].clear()
        for channel in self.in_use:
            if channel.address == address:
                self.in_use[channel] = False
        self.pool.clean(address)
        return multiple()

    @rule(seconds=st.floats(0, 25))
    def pass_time(self, seconds: float) -> None:
        until = self.time.now + seconds
        while self.next_tick is not None and self.next_tick <= until:
            tick = self.next_tick
            for kept in self.idle.values():
                while len(kept) > LIMITS.min_per_address and kept[0].ends <= tick:
                    kept.pop(0)
            self.next_tick = tick + LIMITS.timeout if self.total() else None
        self.run(self.passed(seconds))

    async def passed(self, seconds: float) -> None:
        self.time.advance(seconds)

    @invariant()
    def agrees_with_the_model(self) -> None:
        open_ones = {channel for channel in self.made if not channel.is_closed}
        idle = {each.channel for kept in self.idle.values() for each in kept}
        assert open_ones == idle | self.in_use.keys()
        dump = self.pool.dump()
        expected = {address: tuple(each.ends for each in kept) for address, kept in self.idle.items() if kept}
        assert (dump.deadlines, dump.in_use) == (expected, len(self.in_use))
        assert self.time.timers == (self.next_tick is not None)

    def teardown(self) -> None:
        self.run(self.pool.close())
        try:
            assert all(channel.is_closed for channel in self.made)
            assert self.time.timers == 0
        finally:
            self.stack.close()
            self.loop.close()


TestLongPool = LongPool.TestCase
TestLongPool.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


class BlockingLongPool(RuleBasedStateMachine):
    """The same pool for threads: nothing ticks, expired channels go when someone borrows or gives back."""

    lent: Bundle[Numbered] = Bundle("lent")

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.made: list[Numbered] = []
        self.pool = BlockingPool(self.dial, LIMITS, clock=lambda: self.now)  # type: ignore[arg-type]
        self.idle: dict[Address, list[Idle]] = {address: [] for address in ADDRESSES}
        self.in_use: dict[Numbered, bool] = {}

    def dial(self, address: Address, deadline: Deadline | None) -> Numbered:
        self.made.append(Numbered(address))
        return self.made[-1]

    def drop_expired(self) -> None:
        for kept in self.idle.values():
            while len(kept) > LIMITS.min_per_address and kept[0].ends <= self.now:
                kept.pop(0)

    @rule(target=lent, address=st.sampled_from(ADDRESSES))
    def borrow(self, address: Address) -> Numbered:
        kept = self.idle[address]
        expected = None
        while expected is None:
            self.drop_expired()
            if not kept:
                break
            newest = kept.pop().channel
            expected = newest if newest.is_healthy else None
        count = len(self.made)
        got: Any = self.pool.borrow(address, None)
        if expected is None:
            assert (len(self.made), got, got.is_reused) == (count + 1, self.made[-1], False)
        else:
            assert (len(self.made), got, got.is_reused) == (count, expected, True)
        self.in_use[got] = True
        return self.made[self.made.index(got)]

    @rule(channel=consumes(lent), is_healthy=st.booleans())
    def give_back(self, channel: Numbered, is_healthy: bool) -> None:
        channel.is_healthy = is_healthy
        self.drop_expired()
        kept, total = self.idle[channel.address], sum(map(len, self.idle.values()))
        may_stay = self.in_use.pop(channel) and is_healthy
        if may_stay and len(kept) < LIMITS.per_address and total < LIMITS.total:
            kept.append(Idle(channel, self.now + LIMITS.timeout))
        self.pool.give_back(channel.address, channel)  # type: ignore[arg-type]

    @rule(address=st.sampled_from(ADDRESSES), which=st.integers(0, 1))
    def fall_ill(self, address: Address, which: int) -> None:
        for each in self.idle[address][which : which + 1]:
            each.channel.is_healthy = False

    @rule(address=st.sampled_from(ADDRESSES))
    def clean(self, address: Address) -> None:
        self.idle[address].clear()
        for channel in self.in_use:
            if channel.address == address:
                self.in_use[channel] = False
        self.pool.clean(address)

    @rule(seconds=st.floats(0, 25))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def agrees_with_the_model(self) -> None:
        idle = {each.channel for kept in self.idle.values() for each in kept}
        assert {channel for channel in self.made if not channel.is_closed} == idle | self.in_use.keys()
        dump = self.pool.dump()
        expected = {address: tuple(each.ends for each in kept) for address, kept in self.idle.items() if kept}
        assert (dump.deadlines, dump.in_use) == (expected, len(self.in_use))

    def teardown(self) -> None:
        self.pool.close()
        for channel in self.in_use:
            self.pool.give_back(channel.address, channel)  # type: ignore[arg-type]
        assert all(channel.is_closed for channel in self.made)


TestBlockingLongPool = BlockingLongPool.TestCase
TestBlockingLongPool.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
