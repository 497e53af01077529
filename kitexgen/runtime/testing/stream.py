"""check_stream: what every stream of bytes under a channel must do, held up to yours."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from kitexgen.runtime.net.connection import Connection, Receiver
from kitexgen.runtime.testing.promises import Promise, hold_to

Join: TypeAlias = Callable[[Receiver, Receiver], Awaitable[None]]
"""Connect two receivers by a new stream; `on_connect` of both has run, or is about to, when it returns."""

_SIZES = (1, 0, 3, 4096, 65536, 7, 300_000)
"""Bytes of single writes: none, less than any buffer, and more than any read brings at once."""

_MUCH = 1024 * 1024
"""Bytes of one write to a side that does not read."""

_MOST = 64 * 1024 * 1024
"""Bytes after which a stream that is never congested has no bound."""


async def check_stream(join: Join) -> None:
    """Raise NonConforming, naming the promises broken, unless streams of `join` do what all must.

    The runtime's own run on asyncio transports, which `Connection` makes a stream of: to hold up a transport of your
    own (a tunnel, a simulated network), give it `Connection(receiver, loop)` as its protocol.

        async def test_my_tunnel():
            await check_stream(lambda near, far: tunnel(Connection(near, loop), Connection(far, loop)))
    """
    await hold_to("the stream", join, _PROMISES)


class Witness:
    """A receiver that keeps what it is told, in order; it closes only when it is told to."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.events: list[str] = []
        self.error: Exception | None = None
        self._connection: Connection | None = None
        self._changed = asyncio.Event()

    @property
    def connection(self) -> Connection:
        assert self._connection is not None, "on_connect was not called"
        return self._connection

    def is_congested(self) -> bool:
        return self.connection.congested

    async def until(self, *events: str) -> None:
        """Return when one of `events` has come."""
        while not set(events) & set(self.events):
            await self._change()

    async def until_size(self, size: int) -> None:
        """Return when `size` bytes have come."""
        while len(self.data) < size:
            assert "lost" not in self.events, f"lost after {len(self.data)} of {size} bytes"
            await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def on_connect(self, connection: Connection) -> None:
        self._connection = connection
        self._note("connect")

    def on_data(self, data: bytes) -> None:
        self.data += data
        self._note("data" if data else "nothing")

    def on_end(self) -> None:
        self._note("end")

    def on_uncongested(self) -> None:
        self._note("uncongested")

    def on_lost(self, error: Exception | None) -> None:
        self.error = error
        self._note("lost")

    def _note(self, event: str) -> None:
        self.events.append(event)
        self._changed.set()


async def _pair(join: Join) -> tuple[Witness, Witness]:
    near, far = Witness(), Witness()
    await join(near, far)
    await near.until("connect")
    await far.until("connect")
    return near, far


async def _part(*sides: Witness) -> None:
    for side in sides:
        side.connection.abort()
    for side in sides:
        await side.connection.wait_closed()


async def _opens(join: Join) -> None:
    near, far = await _pair(join)
    for side in (near, far):
        assert side.events == ["connect"], f"before anything was done, it told {side.events}"
        assert side.connection.is_open, "it says of itself that it is not open"
    await _part(near, far)


async def _carries(join: Join) -> None:
    near, far = await _pair(join)
    sent = b""
    for number, size in enumerate(_SIZES):
        piece = bytes([number]) * size
        near.connection.write(piece)
        far.connection.write(piece)
        sent += piece
        await asyncio.sleep(0)
    for side in (near, far):
        await side.until_size(len(sent))
        assert side.data == sent, "the bytes that came are not those sent, or not in order"
        assert "nothing" not in side.events, "it told of no bytes at all"
    await _part(near, far)


async def _closes_in_order(join: Join) -> None:
    near, far = await _pair(join)
    near.connection.write(b"x" * _MUCH)
    near.connection.close()
    near.connection.write(b"too late")
    await far.until("end", "lost")
    assert len(far.data) == _MUCH, f"{len(far.data)} bytes came of {_MUCH} written before `close`, none after"
    far.connection.close()
    for side in (near, far):
        await side.until("lost")
        await side.connection.wait_closed()
        assert side.error is None, f"an end in order is told as {side.error!r}"
        assert not side.connection.is_open, "it says of itself that it is open"


async def _is_lost_once(join: Join) -> None:
    near, far = await _pair(join)
    near.connection.write(b"x")
    await far.until("data")
    near.connection.abort()
    near.connection.abort()
    far.connection.write(b"y")
    far.connection.close()
    await _part(near, far)
    for _ in range(10):
        await asyncio.sleep(0)  # what would come too late, comes now
    for side in (near, far):
        assert side.events.count("lost") == 1, f"it was lost {side.events.count('lost')} times"
        assert side.events[-1] == "lost", f"after it was lost, it told {side.events[side.events.index('lost') + 1 :]}"


async def _tells_of_an_abort(join: Join) -> None:
    near, far = await _pair(join)
    near.connection.abort()
    await near.until("lost")
    await far.until("end", "lost")
    await _part(far)


async def _pauses(join: Join) -> None:
    near, far = await _pair(join)
    far.connection.pause_reading()
    near.connection.write(b"x" * 100)
    near.connection.flush()
    for _ in range(10):
        await asyncio.sleep(0.001)
    assert not far.data, f"{len(far.data)} bytes were read while reading was paused"
    far.connection.resume_reading()
    await far.until_size(100)
    await _part(near, far)


async def _is_bounded(join: Join) -> None:
    near, far = await _pair(join)
    far.connection.pause_reading()
    written = 0
    while not near.is_congested():
        assert written < _MOST, f"{written} bytes were written to a side that does not read, and it took them all"
        near.connection.write(b"x" * _MUCH)
        near.connection.flush()
        written += _MUCH
        await asyncio.sleep(0)
    far.connection.resume_reading()
    await far.until_size(written)
    await near.until("uncongested")
    assert not near.is_congested(), "it says of itself that it is congested"
    await _part(near, far)


_PROMISES: tuple[Promise[Join], ...] = (
    Promise("opens on both sides, once", _opens),
    Promise("carries bytes in order, none lost, both ways at once", _carries),
    Promise("sends what was written before `close`, then ends in order on both sides", _closes_in_order),
    Promise("is lost once, and says nothing afterwards", _is_lost_once),
    Promise("tells the other side of an abort", _tells_of_an_abort),
    Promise("reads nothing while reading is paused, and all of it afterwards", _pauses),
    Promise("is congested when the other side does not read, and no more when it does", _is_bounded),
)
