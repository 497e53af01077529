"""MuxPool: a few shared streams to each address, taken in turn.

    a slot of an address    event                            next
    empty                   its turn                         dialling; all whose turn it is wait for the same dial
    dialling                the connection is up             full of one stream
    dialling                it fails                         empty; all who wait get a ConnectError
    stream                  its turn, and it is usable       stream
    stream                  its turn, and it is not          dialling; the old stream ends by itself
    any                     `clean` of the address           gone; its stream is retired

A caller that is cancelled while it waits does not stop the dial: others wait for it too, or will.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.channel.home import Home
from kitexgen.runtime.channel.multiplex import Lane, Multiplex
from kitexgen.runtime.channel.pending_calls import MuxLimits
from kitexgen.runtime.channel.pool import PoolDump
from kitexgen.runtime.channel.reporter import Reports
from kitexgen.runtime.errors import ClientClosed, ConnectError, OverLimit
from kitexgen.runtime.framing.ttheader import Flag
from kitexgen.runtime.net.address import Address


@dataclass(slots=True, eq=False)
class _Slot:
    stream: Multiplex | None = None
    dialling: asyncio.Task[Multiplex] | None = None

    @property
    def is_usable(self) -> bool:
        return self.stream is not None and self.stream.is_usable


@dataclass(slots=True, eq=False)
class _Slots:
    """The slots of one address; `turn` is the next one's number."""

    ring: list[_Slot]
    turn: int = field(default=0)

    def next(self) -> _Slot:
        slot = self.ring[self.turn]
        self.turn = (self.turn + 1) % len(self.ring)
        return slot


class MuxPool:
    """A `Pool` of lanes on shared streams. Belongs to the event loop it is first used on."""

    request_flags = Flag.OUT_OF_ORDER.value

    def __init__(
        self,
        dial: Callable[[Address], Awaitable[Multiplex]],
        limits: MuxLimits,
        reports: Reports | None = None,
    ) -> None:
        self._dial = dial
        self._limits = limits
        self._reports = reports or Reports("mux")
        self._slots: dict[Address, _Slots] = {}
        self._streams: set[Multiplex] = set()  # all that are open: retired ones finish their calls without a slot
        self._diallings: set[asyncio.Task[Multiplex]] = set()
        self._home = Home()
        self._last: Address | None = None  # that was asked for last, and its slots: to hash an address takes its time
        self._last_slots: _Slots | None = None

    async def borrow(self, address: Address) -> Channel:
        """As `Pool.borrow`. Raises OverLimit too, when every stream to the address is full."""
        slots = self._slots_of(address)
        for _ in slots.ring:
            slot = slots.next()
            if slot.stream is None or not slot.is_usable:
                return Lane(await self._connected(address, slot))
            if not slot.stream.is_full:
                self._reports.reused(address)
                return Lane(slot.stream)
        flying = sum(slot.stream.in_flight for slot in slots.ring if slot.stream is not None)
        raise OverLimit(f"{flying} calls are in flight, and no connection may carry more", remote=str(address))

    def at_hand(self, address: Address) -> Multiplex | None:
        """The stream whose turn it is, if there is one: `Multiplex.begin` says whether it takes a call."""
        if address is not self._last:
            self._last, self._last_slots = address, self._slots.get(address)
        slots = self._last_slots
        if slots is None or not self._home.is_here():
            return None
        return slots.ring[slots.turn].stream

    def begun(self, address: Address) -> None:
        """A call was begun on the stream that is `at_hand`."""
        if self._limits.connections > 1:
            self._slots[address].next()
        self._reports.reused(address)

    async def renew(self, address: Address) -> Channel:
        """A lane on a new stream. Where somebody else has renewed them all by now, on one of those."""
        slots = self._slots_of(address)
        slot = next((slot for slot in slots.ring if not slot.is_usable), None)
        if slot is None:
            return await self.borrow(address)
        return Lane(await self._connected(address, slot))

    def give_back(self, address: Address, channel: Channel) -> None:
        """Nothing is to be done: a lane ends with its call."""

    def clean(self, address: Address) -> None:
        slots = self._slots.pop(address, None)
        self._last = self._last_slots = None
        for slot in slots.ring if slots is not None else ():
            if slot.stream is not None:
                slot.stream.retire()

    async def close(self) -> None:
        self._home.is_closed = True
        diallings = tuple(self._diallings)
        self._slots.clear()
        for dialling in diallings:
            dialling.cancel()
        streams, self._streams = tuple(self._streams), set()
        for stream in streams:
            stream.close()
        for stream in streams:
            await stream.wait_closed()
        await asyncio.gather(*diallings, return_exceptions=True)

    def dump(self) -> PoolDump:
        shared = {address: sum(slot.is_usable for slot in slots.ring) for address, slots in self._slots.items()}
        return PoolDump(pool="mux", in_use=sum(stream.in_flight for stream in self._streams), shared=shared)

    def _slots_of(self, address: Address) -> _Slots:
        self._home.check()
        slots = self._slots.get(address)
        if slots is None:
            self._last = self._last_slots = None
            slots = self._slots[address] = _Slots([_Slot() for _ in range(self._limits.connections)])
        return slots

    async def _connected(self, address: Address, slot: _Slot) -> Multiplex:
        """The slot's new stream, from a dial that all who need it share."""
        if slot.dialling is None:
            slot.dialling = asyncio.get_running_loop().create_task(self._fill(address, slot))
            self._diallings.add(slot.dialling)
            slot.dialling.add_done_callback(self._dialled)
        dialling = slot.dialling
        try:
            return await asyncio.shield(dialling)
        except ConnectError as error:
            # One of its own for each who waits: it will be told which call it ended.
            raise ConnectError(error.reason, remote=error.remote) from error
        except asyncio.CancelledError:
            if dialling.cancelled() and not _is_cancelled():
                raise ClientClosed("the client was closed while it connected", remote=str(address)) from None
            raise

    async def _fill(self, address: Address, slot: _Slot) -> Multiplex:
        try:
            stream = await self._dial(address)
        except ConnectError:
            self._reports.failed(address)
            raise
        finally:
            slot.dialling = None
        self._reports.connected(address)
        self._streams = {each for each in self._streams if each.is_open}
        self._streams.add(stream)
        slot.stream = stream
        slots = self._slots.get(address)
        if slots is None or slot not in slots.ring:
            stream.close()  # cleaned meanwhile: those who waited find it ended before they send, and renew it
        return stream

    def _dialled(self, dialling: asyncio.Task[Multiplex]) -> None:
        self._diallings.discard(dialling)
        if not dialling.cancelled():
            dialling.exception()  # taken note of: those who wait have it, and when nobody does it is no news


def _is_cancelled() -> bool:
    """Whether the running task was itself told to stop."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
