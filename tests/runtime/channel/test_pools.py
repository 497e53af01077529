"""Pools with channels that are no sockets: who gets which, and what becomes of it."""

from __future__ import annotations

import asyncio

import pytest

from kitexgen.runtime.call import Deadline
from kitexgen.runtime.channel import BlockingPerCall, BlockingPool, Channel, IdleLimits, KeepAlive, PerCall
from kitexgen.runtime.errors import ClientClosed, ConnectError
from kitexgen.runtime.net import Address, TcpAddress
from tests.builders.channels import IdleChannel
from tests.builders.told_time import told_time

HOST, OTHER = TcpAddress("host", 1), TcpAddress("other", 1)


class FakeChannel(IdleChannel):
    """Known by its number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Dialler:
    """Gives channels numbered from 1, counts how often it is asked."""

    def __init__(self) -> None:
        self.count = 0
        self.refuses = False
        self.gate: asyncio.Event | None = None

    async def __call__(self, address: Address) -> FakeChannel:
        if self.gate is not None:
            await self.gate.wait()
        return self.now(address, None)

    def now(self, address: Address, deadline: Deadline | None) -> FakeChannel:
        if self.refuses:
            raise ConnectError("refused", remote=str(address))
        self.count += 1
        return FakeChannel(self.count)


def limits(per_address: int = 10, timeout: float = 60.0) -> IdleLimits:
    return IdleLimits(per_address=per_address, timeout=timeout)


def is_closed(channel: Channel) -> bool:
    assert isinstance(channel, FakeChannel)
    return channel.is_closed


@pytest.fixture
def dialler() -> Dialler:
    return Dialler()


async def test_a_channel_given_back_is_lent_again(dialler: Dialler) -> None:
    pool = KeepAlive(dialler, limits())
    first = await pool.borrow(HOST)
    was_reused = first.is_reused
    pool.give_back(HOST, first)
    assert await pool.borrow(HOST) is first
    assert (was_reused, first.is_reused) == (False, True)
    await pool.close()


async def test_a_lent_channel_is_nobody_elses(dialler: Dialler) -> None:
    pool = KeepAlive(dialler, limits())
    first, second = await pool.borrow(HOST), await pool.borrow(HOST)
    assert first is not second
    await pool.close()


async def test_an_ill_channel_is_closed(dialler: Dialler) -> None:
    pool = KeepAlive(dialler, limits())
    given_back_ill, ill_while_idle = await pool.borrow(HOST), await pool.borrow(HOST)
    assert isinstance(given_back_ill, FakeChannel)
    assert isinstance(ill_while_idle, FakeChannel)
    given_back_ill.is_healthy = False
    pool.give_back(HOST, given_back_ill)
    pool.give_back(HOST, ill_while_idle)
    ill_while_idle.is_healthy = False
    third = await pool.borrow(HOST)
    assert third not in (given_back_ill, ill_while_idle)
    assert given_back_ill.is_closed
    assert ill_while_idle.is_closed
    await pool.close()


async def test_renewing_passes_over_idle_ones(dialler: Dialler) -> None:
    pool = KeepAlive(dialler, limits())
    first = await pool.borrow(HOST)
    pool.give_back(HOST, first)
    assert await pool.renew(HOST) is not first
    await pool.close()


async def test_what_has_no_room_is_closed(dialler: Dialler) -> None:
    pool = KeepAlive(dialler, limits(per_address=1))
    first, second = await pool.borrow(HOST), await pool.borrow(HOST)
    pool.give_back(HOST, first)
    pool.give_back(HOST, second)
    assert isinstance(second, FakeChannel)
    assert second.is_closed
    await pool.close()


async def test_idle_ones_are_closed_in_time(dialler: Dialler) -> None:
    """A tick a `timeout`: what was given back just after one is closed by the second one after."""
    with told_time() as time:
        pool, other = KeepAlive(dialler, limits(timeout=10)), KeepAlive(dialler, limits(timeout=10))
        first, second, third = await pool.borrow(HOST), await pool.borrow(HOST), await other.borrow(HOST)
        pool.give_back(HOST, first)
        other.give_back(HOST, third)
        time.advance(5)
        pool.give_back(HOST, second)
        time.advance(5)
        assert [is_closed(each) for each in (first, second, third)] == [True, False, True]
        time.advance(9)
        assert not is_closed(second)
        time.advance(1)
        assert is_closed(second)
        assert time.timers == 0  # nothing to look after, no timer
        await pool.close()
        await other.close()


async def test_one_timer_serves_all_pools(dialler: Dialler) -> None:
    with told_time() as time:
        pools = [KeepAlive(dialler, limits(timeout=10)) for _ in range(5)]
        for pool in pools:
            pool.give_back(HOST, await pool.borrow(HOST))
        assert time.timers == 1
        for pool in pools:
            assert time.timers == 1
            await pool.close()
        assert time.timers == 0


async def test_a_clean_address_keeps_nothing_of_before(dialler: Dialler) -> None:
    pool = KeepAlive(dialler, limits())
    idle, lent, elsewhere = await pool.borrow(HOST), await pool.borrow(HOST), await pool.borrow(OTHER)
    pool.give_back(HOST, idle)
    pool.give_back(OTHER, elsewhere)
    pool.clean(HOST)
    assert [is_closed(each) for each in (idle, lent, elsewhere)] == [True, False, False]
    after = await pool.borrow(HOST)
    pool.give_back(HOST, lent)
    pool.give_back(HOST, after)
    assert [is_closed(each) for each in (lent, after)] == [True, False]
    assert pool.dump().deadlines.keys() == {HOST, OTHER}
    await pool.close()


async def test_the_short_pool_keeps_nothing(dialler: Dialler) -> None:
    pool = PerCall(dialler)
    first, second = await pool.borrow(HOST), await pool.renew(HOST)
    assert pool.dump().in_use == 2
    pool.give_back(HOST, first)
    pool.clean(HOST)
    assert [is_closed(first), is_closed(second), pool.dump().in_use] == [True, False, 1]
    await pool.close()
    assert is_closed(second)
    with pytest.raises(ClientClosed):
        await pool.borrow(HOST)


async def test_closing_closes_idle_and_lent_ones(dialler: Dialler) -> None:
    pool = KeepAlive(dialler, limits())
    idle, lent = await pool.borrow(HOST), await pool.borrow(HOST)
    pool.give_back(HOST, idle)
    await pool.close()
    await pool.close()
    assert isinstance(idle, FakeChannel)
    assert isinstance(lent, FakeChannel)
    assert idle.is_closed
    assert lent.is_closed
    pool.give_back(HOST, lent)
    for lend in (pool.borrow, pool.renew):
        with pytest.raises(ClientClosed):
            await lend(HOST)


async def test_closing_while_connecting(dialler: Dialler) -> None:
    dialler.gate = asyncio.Event()
    pool = KeepAlive(dialler, limits())
    borrowing = asyncio.create_task(pool.borrow(HOST))
    await asyncio.sleep(0)
    await pool.close()
    dialler.gate.set()
    with pytest.raises(ClientClosed, match="while it connected"):
        await borrowing


async def test_a_pool_belongs_to_its_loop(dialler: Dialler) -> None:
    pool = KeepAlive(dialler, limits())
    await pool.borrow(HOST)

    def elsewhere() -> None:
        asyncio.run(pool.borrow(HOST))

    with pytest.raises(RuntimeError, match="belongs to the event loop of its first call"):
        await asyncio.to_thread(elsewhere)
    await pool.close()


async def test_a_refused_connection_is_not_counted(dialler: Dialler) -> None:
    dialler.refuses = True
    pool = KeepAlive(dialler, limits())
    with pytest.raises(ConnectError):
        await pool.borrow(HOST)
    assert pool.dump().in_use == 0
    await pool.close()


class TestBlocking:
    def test_lending_and_closing(self, dialler: Dialler) -> None:
        now = 0.0
        pool = BlockingPool(dialler.now, limits(per_address=2, timeout=10), clock=lambda: now)  # type: ignore[arg-type]
        first, second, third = (pool.borrow(HOST, None) for _ in range(3))
        for each in (first, second, third):
            pool.give_back(HOST, each)
        assert third.is_closed  # type: ignore[attr-defined]  # no room
        assert pool.borrow(HOST, None) is second
        assert second.is_reused
        now = 10.0
        assert pool.borrow(HOST, None).number == 4  # type: ignore[attr-defined]  # the time of the first was over
        assert first.is_closed  # type: ignore[attr-defined]
        pool.give_back(HOST, second)
        pool.close()
        pool.close()
        assert second.is_closed  # type: ignore[attr-defined]
        for lend in (pool.borrow, pool.renew):
            with pytest.raises(ClientClosed):
                lend(HOST, None)

    def test_an_ill_channel_is_closed(self, dialler: Dialler) -> None:
        pool = BlockingPool(dialler.now, limits())  # type: ignore[arg-type]
        first = pool.borrow(HOST, None)
        pool.give_back(HOST, first)
        first.is_healthy = False  # type: ignore[misc]
        assert pool.borrow(HOST, None) is not first
        assert first.is_closed  # type: ignore[attr-defined]
        pool.close()

    def test_a_clean_address_keeps_nothing_of_before(self, dialler: Dialler) -> None:
        pool = BlockingPool(dialler.now, limits())  # type: ignore[arg-type]
        idle, lent, elsewhere = pool.borrow(HOST, None), pool.borrow(HOST, None), pool.borrow(OTHER, None)
        pool.give_back(HOST, idle)
        pool.give_back(OTHER, elsewhere)
        pool.clean(HOST)
        after = pool.borrow(HOST, None)
        pool.give_back(HOST, lent)
        pool.give_back(HOST, after)
        closed = [each.is_closed for each in (idle, lent, elsewhere, after)]  # type: ignore[attr-defined]
        assert closed == [True, True, False, False]
        assert pool.dump().deadlines.keys() == {HOST, OTHER}
        pool.close()

    def test_the_short_pool_keeps_nothing(self, dialler: Dialler) -> None:
        pool = BlockingPerCall(dialler.now)  # type: ignore[arg-type]
        first = pool.borrow(HOST, None)
        assert pool.dump().in_use == 1
        pool.clean(HOST)
        pool.give_back(HOST, first)
        assert first.is_closed  # type: ignore[attr-defined]
        assert pool.dump().in_use == 0
        pool.close()
        with pytest.raises(ClientClosed):
            pool.borrow(HOST, None)
