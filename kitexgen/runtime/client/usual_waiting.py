"""Usual calls of asyncio clients: on a stream that they share, or on a channel that each has to itself meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from kitexgen.runtime.call.deadline import Clock, Deadline, clock_here
from kitexgen.runtime.call.wheel import Wheel, wheel_of
from kitexgen.runtime.channel.keep_alive import KeepAlive
from kitexgen.runtime.channel.mux_pool import MuxPool
from kitexgen.runtime.client.start import start_call
from kitexgen.runtime.client.timeout import canceled
from kitexgen.runtime.client.usual import LongWay, UsualCalls, is_usual
from kitexgen.runtime.errors import ConnectionClosed, KitexError
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.protocol.sequence import next_sequence_id
from kitexgen.runtime.protocol.usual_call import write_usual_call

if TYPE_CHECKING:
    from kitexgen.runtime.call.info import RpcInfo
    from kitexgen.runtime.channel.pingpong import PingPong
    from kitexgen.runtime.channel.pool import Pool
    from kitexgen.runtime.model.struct import Struct
    from kitexgen.runtime.net.address import Address
    from kitexgen.runtime.service.info import MethodInfo


def usual_calls(long_way: LongWay, pool: Pool) -> SharedCalls | PooledCalls | None:
    """The short way of an asyncio client that has `pool`. None when all its calls go the long one."""
    if not is_usual(long_way):
        return None
    if isinstance(pool, MuxPool):
        return SharedCalls(long_way, pool)
    return PooledCalls(long_way, pool) if isinstance(pool, KeepAlive) else None


class _WaitingCalls(UsualCalls):
    """What both have in common: time, and the ends that are no answer. Belongs to the loop of the pool."""

    __slots__ = ("_clock", "_loop_wheel")

    def __init__(self, long_way: LongWay, flags: int) -> None:
        super().__init__(long_way, flags)
        self._clock: Clock | None = None
        self._loop_wheel: Wheel | None = None

    async def _call_long(self, method: MethodInfo, arguments: Struct, timeout: float | None) -> Any:
        long_way = self.long_way
        info = start_call(long_way.service, long_way.destination, method, long_way.options, timeout)
        return await long_way.endpoint(info, arguments)

    def _know_clock(self) -> Clock:
        """That of the loop, at the first call that may be a usual one: no call can be made on another loop after it."""
        self._clock = clock = clock_here()
        return clock

    def _wheel(self) -> Wheel:
        if self._loop_wheel is None:
            self._loop_wheel = wheel_of(asyncio.get_running_loop())
        return self._loop_wheel

    def _info(
        self, method: MethodInfo, began: float, allowed: float | None, address: Address, sequence_id: int
    ) -> RpcInfo:
        """The call that began at `began`."""
        assert self._clock is not None
        deadline = None if allowed is None else Deadline(began + allowed, allowed, self._clock)
        info = self.info(method, allowed, address, deadline)
        info.sequence_id = sequence_id
        return info

    def _explain(self, error: BaseException, info: RpcInfo, began: float) -> None:
        """As `explain`, of the call that began at `began`; and of one whose caller went away."""
        if isinstance(error, asyncio.CancelledError) and error.__cause__ is None:
            error.__cause__ = canceled(info, clock_here()() - began)
        self.explain(error, info)


class SharedCalls(_WaitingCalls):
    """Of the mux pool."""

    __slots__ = ("_pool",)

    def __init__(self, long_way: LongWay, pool: MuxPool) -> None:
        super().__init__(long_way, pool.request_flags)
        self._pool = pool

    async def call(self, method: MethodInfo, arguments: Struct, timeout: float | None) -> Any:
        """Make a call, usual or not; errors and value are those of the long way."""
        allowed = self.allowed(timeout)
        usual = self.method(method, arguments, allowed)
        if usual is None:
            return await self._call_long(method, arguments, timeout)
        ring, pool = self.ring, self._pool
        address = ring.hosts[ring.turn % len(ring.hosts)]
        stream = pool.at_hand(address)
        if stream is None:
            return await self._call_long(method, arguments, timeout)
        began = (self._clock or self._know_clock())()
        sequence_id = next_sequence_id()
        try:
            request = write_usual_call(self.form(usual, allowed), sequence_id, arguments)
        except Exception:
            return await self._call_long(method, arguments, timeout)  # which says what is wrong
        pending = stream.pending
        heard, is_reused = pending.heard, stream.has_served and not pending.waiting
        answer = stream.begin(sequence_id, usual.opening, request)
        if answer is None:
            return await self._call_long(method, arguments, timeout)
        ring.turn += 1
        pool.begun(address)
        bucket = None if allowed is None else self._wheel().add(began + allowed, answer, _run_out)
        try:
            value = await answer
        except BaseException as error:
            if not isinstance(error, KitexError):
                stream.give_up(sequence_id)  # it was this caller who stopped waiting
            info = self._info(method, began, allowed, address, sequence_id)
            if not isinstance(error, ConnectionClosed) or not is_reused or pending.heard != heard:
                self._explain(error, info, began)
                raise
        else:
            if type(value) is not Packet:
                return value
            info = self._info(method, began, allowed, address, sequence_id)
            return self.told(value, info)
        finally:
            stream.has_served = True
            if bucket is not None:
                bucket.pop(answer, None)
        # The stream had idled, and turned out dead: the call may go to another.
        info.address = None
        return await self.long_way.endpoint(info, arguments)


class PooledCalls(_WaitingCalls):
    """Of the long pool."""

    __slots__ = ("_pool",)

    def __init__(self, long_way: LongWay, pool: KeepAlive[PingPong]) -> None:
        super().__init__(long_way, pool.request_flags)
        self._pool = pool

    async def call(self, method: MethodInfo, arguments: Struct, timeout: float | None) -> Any:
        """As `SharedCalls.call`."""
        allowed = self.allowed(timeout)
        usual = self.method(method, arguments, allowed)
        if usual is None:
            return await self._call_long(method, arguments, timeout)
        began = (self._clock or self._know_clock())()
        sequence_id = next_sequence_id()
        try:
            request = write_usual_call(self.form(usual, allowed), sequence_id, arguments)
        except Exception:
            return await self._call_long(method, arguments, timeout)  # which says what is wrong
        ring, pool = self.ring, self._pool
        address = ring.hosts[ring.turn % len(ring.hosts)]
        channel = pool.at_hand(address)
        if channel is None:
            return await self._call_long(method, arguments, timeout)
        ring.turn += 1
        answer = channel.begin(sequence_id, usual.opening, request)
        bucket = None if allowed is None else self._wheel().add(began + allowed, answer, _run_out)
        try:
            value = await answer
        except BaseException as error:
            channel.give_up()
            pool.give_back(address, channel)
            info = self._info(method, began, allowed, address, sequence_id)
            if not isinstance(error, ConnectionClosed) or not channel.heard_nothing:
                self._explain(error, info, began)
                raise
        else:
            channel.done()
            if type(value) is not Packet:
                pool.give_back(address, channel)
                return value
            info = self._info(method, began, allowed, address, sequence_id)
            try:
                return self.told(value, info, channel)
            finally:
                pool.give_back(address, channel)
        finally:
            if bucket is not None:
                bucket.pop(answer, None)
        # The channel had idled, and turned out dead: the call may go to another.
        info.address = None
        return await self.long_way.endpoint(info, arguments)


def _run_out(answer: asyncio.Future[Any]) -> None:
    if not answer.done():
        answer.set_exception(TimeoutError())
