"""Usual calls of blocking clients, on channels of the long pool. They run through without a coroutine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.call.step import run_without_loop
from kitexgen.runtime.channel.blocking import BlockingPool
from kitexgen.runtime.client.start import start_call
from kitexgen.runtime.client.usual import LongWay, UsualCalls, is_usual
from kitexgen.runtime.errors import ConnectionClosed
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.protocol.sequence import next_sequence_id
from kitexgen.runtime.protocol.usual_call import write_usual_call

if TYPE_CHECKING:
    from kitexgen.runtime.channel.lender import BlockingLender
    from kitexgen.runtime.model.struct import Struct
    from kitexgen.runtime.service.info import MethodInfo


def usual_blocking_calls(long_way: LongWay, pool: BlockingLender) -> BlockingCalls | None:
    """The short way of a blocking client that has `pool`. None when all its calls go the long one."""
    return BlockingCalls(long_way, pool) if is_usual(long_way) and isinstance(pool, BlockingPool) else None


class BlockingCalls(UsualCalls):
    """Of one client. Safe for any number of threads."""

    __slots__ = ("_pool",)

    def __init__(self, long_way: LongWay, pool: BlockingPool) -> None:
        super().__init__(long_way, pool.request_flags)
        self._pool = pool

    def call(self, method: MethodInfo, arguments: Struct, timeout: float | None) -> Any:
        """Make a call, usual or not; errors and value are those of the long way."""
        allowed = self.allowed(timeout)
        usual = self.method(method, arguments, allowed)
        if usual is None:
            return self._call_long(method, arguments, timeout)
        deadline = None if allowed is None else Deadline.after(allowed)
        sequence_id = next_sequence_id()
        try:
            request = write_usual_call(self.form(usual, allowed), sequence_id, arguments)
        except Exception:
            return self._call_long(method, arguments, timeout)  # which says what is wrong
        ring, pool = self.ring, self._pool
        address = ring.hosts[ring.turn % len(ring.hosts)]
        channel = pool.at_hand(address)
        if channel is None:
            return self._call_long(method, arguments, timeout)
        ring.turn += 1
        try:
            value = channel.call_usual(request, sequence_id, usual.opening, deadline)
        except BaseException as error:
            pool.give_back(address, channel)
            info = self.info(method, allowed, address, deadline)
            if not isinstance(error, ConnectionClosed) or not channel.heard_nothing:
                self.explain(error, info)
                raise
        else:
            if type(value) is not Packet:
                pool.done(address, channel)
                return value
            info = self.info(method, allowed, address, deadline)
            info.sequence_id = sequence_id
            try:
                return self.told(value, info, channel)
            finally:
                pool.give_back(address, channel)
        # The channel had idled, and turned out dead: the call may go to another.
        info.address = None
        return run_without_loop(self.long_way.endpoint(info, arguments))

    def _call_long(self, method: MethodInfo, arguments: Struct, timeout: float | None) -> Any:
        long_way = self.long_way
        info = start_call(long_way.service, long_way.destination, method, long_way.options, timeout)
        return run_without_loop(long_way.endpoint(info, arguments))
