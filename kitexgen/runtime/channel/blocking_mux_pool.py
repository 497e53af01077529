"""BlockingMuxPool: as `MuxPool`, for threads: a few shared streams to each address, taken in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.channel.blocking_multiplex import BlockingLane, BlockingMultiplex
from kitexgen.runtime.channel.lender import LentChannel, reported
from kitexgen.runtime.channel.pending_calls import MuxLimits
from kitexgen.runtime.channel.pool import PoolDump
from kitexgen.runtime.channel.reporter import Reports
from kitexgen.runtime.errors import ClientClosed, ConnectError, OverLimit
from kitexgen.runtime.framing.ttheader import Flag
from kitexgen.runtime.net.address import Address


@dataclass(slots=True, eq=False)
class _Slot:
    """`attempts` counts the dials that are over; `failure` is what the last one ended with, None when it succeeded."""

    stream: BlockingMultiplex | None = None
    dialling: threading.Lock = field(default_factory=threading.Lock)
    attempts: int = 0
    failure: ConnectError | None = None


@dataclass(slots=True, eq=False)
class _Slots:
    """The slots of one address; `turn` is the next one's number."""

    ring: list[_Slot]
    turn: int = 0
    is_cleaned: bool = False


class BlockingMuxPool:
    """A `BlockingLender` of lanes on shared streams."""

    request_flags = Flag.OUT_OF_ORDER.value

    def __init__(
        self,
        dial: Callable[[Address, Deadline | None], BlockingMultiplex],
        limits: MuxLimits,
        reports: Reports | None = None,
    ) -> None:
        self._dial = dial
        self._limits = limits
        self._reports = reports or Reports("mux")
        self._slots: dict[Address, _Slots] = {}
        self._lock = threading.Lock()
        self._is_closed = False

    def borrow(self, address: Address, deadline: Deadline | None) -> LentChannel:
        """As `BlockingLender.borrow`. Raises OverLimit too, when every stream to the address is full."""
        slots = self._slots_of(address)
        for _ in slots.ring:
            slot = self._next(slots)
            stream = _usable(slot)
            if stream is None:
                return BlockingLane(self._connected(address, slots, slot, deadline))
            if not stream.is_full:
                self._reports.reused(address)
                return BlockingLane(stream)
        flying = sum(slot.stream.in_flight for slot in slots.ring if slot.stream is not None)
        raise OverLimit(f"{flying} calls are in flight, and no connection may carry more", remote=str(address))

    def renew(self, address: Address, deadline: Deadline | None) -> LentChannel:
        """A lane on a new stream. Where another thread has renewed them all by now, on one of those."""
        slots = self._slots_of(address)
        slot = next((slot for slot in slots.ring if _usable(slot) is None), None)
        if slot is None:
            return self.borrow(address, deadline)
        return BlockingLane(self._connected(address, slots, slot, deadline))

    def give_back(self, address: Address, channel: LentChannel) -> None:
        """Nothing is to be done: a lane ends with its call."""

    def clean(self, address: Address) -> None:
        with self._lock:
            slots = self._slots.pop(address, None)
            if slots is not None:
                slots.is_cleaned = True
        for slot in slots.ring if slots is not None else ():
            if slot.stream is not None:
                slot.stream.retire()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            addresses = tuple(self._slots)
        for address in addresses:
            self.clean(address)

    def dump(self) -> PoolDump:
        with self._lock:
            held = {
                address: [slot.stream for slot in slots.ring if slot.stream] for address, slots in self._slots.items()
            }
        shared = {address: sum(stream.is_usable for stream in streams) for address, streams in held.items()}
        in_use = sum(stream.in_flight for streams in held.values() for stream in streams)
        return PoolDump(pool="mux", in_use=in_use, shared=shared)

    def _slots_of(self, address: Address) -> _Slots:
        with self._lock:
            if self._is_closed:
                raise ClientClosed("the client is closed")
            slots = self._slots.get(address)
            if slots is None:
                slots = self._slots[address] = _Slots([_Slot() for _ in range(self._limits.connections)])
            return slots

    def _next(self, slots: _Slots) -> _Slot:
        with self._lock:
            slot = slots.ring[slots.turn]
            slots.turn = (slots.turn + 1) % len(slots.ring)
            return slot

    def _connected(self, address: Address, slots: _Slots, slot: _Slot, deadline: Deadline | None) -> BlockingMultiplex:
        """The slot's new stream. One thread dials, the others who need it wait, and share what comes of it."""
        seen = slot.attempts
        if not slot.dialling.acquire(timeout=-1 if deadline is None else max(deadline.left(), 0)):
            raise TimeoutError
        try:
            stream = _usable(slot)
            if stream is not None:
                return stream
            if slot.attempts != seen and slot.failure is not None:
                # One of its own for each who waits: it will be told which call it ended.
                raise ConnectError(slot.failure.reason, remote=slot.failure.remote) from slot.failure
            return self._fill(address, slots, slot, deadline)
        finally:
            slot.dialling.release()

    def _fill(self, address: Address, slots: _Slots, slot: _Slot, deadline: Deadline | None) -> BlockingMultiplex:
        try:
            stream = reported(self._dial, address, deadline, self._reports)
        except ConnectError as error:
            slot.failure = error
            slot.attempts += 1
            raise
        with self._lock:
            slot.stream, slot.failure = stream, None
            slot.attempts += 1
            is_closed, is_cleaned = self._is_closed, slots.is_cleaned
        if is_closed:
            stream.close()
            raise ClientClosed("the client was closed while it connected", remote=str(address))
        if is_cleaned:
            stream.close()  # those who get it find it ended before they send, and renew it
        return stream


def _usable(slot: _Slot) -> BlockingMultiplex | None:
    """The slot's stream, if new calls may begin on it; what came while nobody read is read first."""
    stream = slot.stream
    if stream is not None and stream.is_usable:
        stream.catch_up()
    return stream if stream is not None and stream.is_usable else None
