"""Pools of shared streams, with connections that go nowhere: whose turn it is, who dials, and what becomes of them."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kitexgen.runtime.call import Deadline
from kitexgen.runtime.channel import BlockingLane, BlockingMuxPool, Lane, Multiplex, MuxLimits, MuxPool
from kitexgen.runtime.errors import ClientClosed, ConnectError, ConnectionClosed
from kitexgen.runtime.net import Address, TcpAddress
from tests.builders import mux
from tests.builders.transport import MemoryTransport, joined

HOST, OTHER = TcpAddress("host", 1), TcpAddress("other", 1)


class Dialler:
    """Gives streams on connections that go nowhere."""

    def __init__(self, limits: MuxLimits) -> None:
        self.limits = limits
        self.made: list[Multiplex] = []
        self.transports: list[MemoryTransport] = []
        self.refuses = False
        self.gate: asyncio.Event | None = None

    async def __call__(self, address: Address) -> Multiplex:
        if self.gate is not None:
            await self.gate.wait()
        if self.refuses:
            raise ConnectError("refused", remote=str(address))
        stream = Multiplex(self.limits)
        connection, transport = joined(stream)
        transport.on_end = connection.connection_lost  # type: ignore[attr-defined]
        self.made.append(stream)
        self.transports.append(transport)
        return stream


def pool_of(connections: int = 1) -> tuple[MuxPool, Dialler]:
    limits = MuxLimits(connections=connections)
    dialler = Dialler(limits)
    return MuxPool(dialler, limits), dialler


def stream_of(lane: Any) -> Any:
    assert isinstance(lane, Lane | BlockingLane)
    return lane._stream


async def closed(pool: MuxPool, dialler: Dialler) -> None:
    """Close the pool; transports in memory are told to say that they are."""
    closing = asyncio.create_task(pool.close())
    await asyncio.sleep(0)
    for transport in dialler.transports:
        transport.on_end(None)  # type: ignore[attr-defined]
    await closing


async def test_one_refusal_for_all_who_wait_each_in_words_of_its_own() -> None:
    pool, dialler = pool_of()
    dialler.refuses, dialler.gate = True, asyncio.Event()
    waiting = [asyncio.create_task(pool.borrow(HOST)) for _ in range(3)]
    await asyncio.sleep(0)
    dialler.gate.set()
    errors = await asyncio.gather(*waiting, return_exceptions=True)
    assert [(type(error), str(error)) for error in errors] == [(ConnectError, "refused (host:1)")] * 3
    assert len({id(error) for error in errors}) == 3
    dialler.refuses = False
    assert stream_of(await pool.borrow(HOST)) is dialler.made[0]
    await closed(pool, dialler)


async def test_closing_while_connecting() -> None:
    pool, dialler = pool_of()
    dialler.gate = asyncio.Event()
    waiting = asyncio.create_task(pool.borrow(HOST))
    await asyncio.sleep(0)
    await pool.close()
    with pytest.raises(ClientClosed, match="while it connected"):
        await waiting
    for lend in (pool.borrow, pool.renew):
        with pytest.raises(ClientClosed):
            await lend(HOST)


async def test_who_is_cancelled_while_connecting_is_cancelled() -> None:
    pool, dialler = pool_of()
    dialler.gate = asyncio.Event()
    waiting = asyncio.create_task(pool.borrow(HOST))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    dialler.gate.set()
    assert stream_of(await pool.borrow(HOST)) is dialler.made[0]  # the dial went on
    await closed(pool, dialler)


async def test_an_address_cleaned_while_connecting() -> None:
    pool, dialler = pool_of()
    dialler.gate = asyncio.Event()
    waiting = asyncio.create_task(pool.borrow(HOST))
    await asyncio.sleep(0)
    pool.clean(HOST)
    dialler.gate.set()
    lane = await waiting
    with pytest.raises(ConnectionClosed):
        await lane.call([mux.request(1)])
    assert (lane.is_reused, lane.heard_nothing) == (True, True)  # nothing was sent: another may be tried
    assert pool.dump().shared == {}
    await closed(pool, dialler)


async def test_renewing_takes_what_another_has_renewed() -> None:
    pool, dialler = pool_of()
    first = stream_of(await pool.borrow(HOST))
    first.close()
    one, two = await asyncio.gather(pool.renew(HOST), pool.renew(HOST))
    assert stream_of(one) is stream_of(two) is dialler.made[1]
    assert stream_of(await pool.renew(HOST)) is dialler.made[1]
    await closed(pool, dialler)


async def test_a_pool_belongs_to_its_loop() -> None:
    pool, dialler = pool_of()
    await pool.borrow(HOST)

    def elsewhere() -> None:
        asyncio.run(pool.borrow(HOST))

    with pytest.raises(RuntimeError, match="belongs to the event loop of its first call"):
        await asyncio.to_thread(elsewhere)
    await closed(pool, dialler)


class Turns(RuleBasedStateMachine):
    """The model: for each address a ring of streams, and whose turn it is."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.pool, self.dialler = pool_of(connections=3)
        self.rings: dict[Address, list[Multiplex | None]] = {}
        self.turns: dict[Address, int] = {}

    def run(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(coroutine)

    @rule(address=st.sampled_from([HOST, OTHER]))
    def borrow(self, address: Address) -> None:
        ring = self.rings.setdefault(address, [None] * 3)
        turn = self.turns.get(address, 0)
        self.turns[address] = (turn + 1) % 3
        self.expect(ring, turn, self.run(self.pool.borrow(address)))

    @rule(address=st.sampled_from([HOST, OTHER]))
    def renew(self, address: Address) -> None:
        ring = self.rings.setdefault(address, [None] * 3)
        free = [slot for slot, stream in enumerate(ring) if stream is None or not stream.is_usable]
        if not free:
            self.borrow(address)
        else:
            self.expect(ring, free[0], self.run(self.pool.renew(address)))

    def expect(self, ring: list[Multiplex | None], slot: int, lane: Any) -> None:
        stream = ring[slot]
        if stream is None or not stream.is_usable:
            ring[slot] = stream = self.dialler.made[-1]
        assert stream_of(lane) is stream
        assert stream.is_usable

    @rule(address=st.sampled_from([HOST, OTHER]), slot=st.integers(0, 2), how=st.sampled_from(["close", "retire"]))
    def lose(self, address: Address, slot: int, how: str) -> None:
        stream = self.rings.get(address, [None] * 3)[slot]
        if stream is not None:
            getattr(stream, how)()

    @rule(address=st.sampled_from([HOST, OTHER]))
    def clean(self, address: Address) -> None:
        gone = self.rings.pop(address, [])
        self.turns.pop(address, None)
        self.pool.clean(address)
        assert not any(stream is not None and stream.is_usable for stream in gone)

    @invariant()
    def agrees_with_the_model(self) -> None:
        kept = {stream for ring in self.rings.values() for stream in ring if stream is not None and stream.is_usable}
        assert {stream for stream in self.dialler.made if stream.is_usable} == kept
        counts = {
            address: sum(stream is not None and stream.is_usable for stream in ring)
            for address, ring in self.rings.items()
        }
        assert self.pool.dump().shared == counts

    def teardown(self) -> None:
        self.run(closed(self.pool, self.dialler))
        assert not any(stream.is_open for stream in self.dialler.made)
        self.loop.close()


TestTurns = Turns.TestCase
TestTurns.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


class FakeStream:
    """A blocking stream that only stands there."""

    def __init__(self) -> None:
        self.is_usable = True
        self.is_full = False
        self.has_served = True
        self.in_flight = 0
        self.heard = 0

    def catch_up(self) -> None:
        """Nothing comes."""

    def retire(self) -> None:
        self.is_usable = False

    close = retire


class TestBlocking:
    def make(self, dial: Any, connections: int = 1) -> BlockingMuxPool:
        return BlockingMuxPool(dial, MuxLimits(connections=connections))

    def test_streams_take_their_turns(self) -> None:
        pool = self.make(lambda address, deadline: FakeStream(), connections=2)
        one, two, three = (stream_of(pool.borrow(HOST, None)) for _ in range(3))
        assert one is three is not two
        one.retire()
        assert stream_of(pool.borrow(HOST, None)) is two
        four = stream_of(pool.borrow(HOST, None))
        assert four not in (one, two)
        assert pool.dump().shared == {HOST: 2}
        pool.close()
        assert (two.is_usable, four.is_usable) == (False, False)
        with pytest.raises(ClientClosed):
            pool.borrow(HOST, None)

    def test_threads_share_a_dial_and_what_comes_of_it(self) -> None:
        begun, gate, outcomes = threading.Event(), threading.Event(), [ConnectError("refused"), None]
        dials: list[Address] = []

        def dial(address: Address, deadline: Deadline | None) -> FakeStream:
            dials.append(address)
            begun.set()
            assert gate.wait(20)
            outcome = outcomes.pop(0)
            if outcome is not None:
                raise outcome
            return FakeStream()

        pool = self.make(dial)
        (slot,) = pool._slots_of(HOST).ring
        with ThreadPoolExecutor(8) as threads:
            first = threads.submit(pool.borrow, HOST, None)
            assert begun.wait(20)
            waiting = threads.submit(pool.borrow, HOST, Deadline.after(0.01))
            with pytest.raises(TimeoutError):
                waiting.result(20)
            gate.set()
            with pytest.raises(ConnectError, match="refused"):
                first.result(20)
            assert (len(dials), slot.attempts) == (1, 1)
            lanes = [threads.submit(pool.borrow, HOST, None) for _ in range(8)]
            assert len({stream_of(lane.result(20)) for lane in lanes}) == 1
        assert len(dials) == 2
        pool.close()

    def test_who_waited_for_a_failed_dial_does_not_repeat_it(self) -> None:
        error = ConnectError("refused", remote="host:1")

        def dial(address: Address, deadline: Deadline | None) -> FakeStream:
            raise AssertionError("dialled again")

        pool = self.make(dial)
        slots = pool._slots_of(HOST)
        (slot,) = slots.ring
        slot.dialling = dialling = AnnouncedLock()  # type: ignore[assignment]
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(pool._connected, HOST, slots, slot, None)
            assert dialling.wanted.wait(20)
            slot.attempts, slot.failure = slot.attempts + 1, error
            dialling.release()
            with pytest.raises(ConnectError) as caught:
                waiting.result(20)
        assert str(caught.value) == "refused (host:1)"
        assert caught.value is not error


class AnnouncedLock:
    """A lock that somebody has, and that tells when another wants it."""

    def __init__(self) -> None:
        self.wanted = threading.Event()
        self._lock = threading.Lock()
        self._lock.acquire()

    def acquire(self, timeout: float) -> bool:
        self.wanted.set()
        return self._lock.acquire(timeout=20)

    def release(self) -> None:
        self._lock.release()
