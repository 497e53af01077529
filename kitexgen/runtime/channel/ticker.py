"""Ticker: one timer for all pools of an event loop that are swept equally often."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from weakref import WeakValueDictionary


class Ticker:
    """Calls its members every `period` seconds; as long as it has none, no timer runs."""

    __slots__ = ("__weakref__", "_handle", "_loop", "_members", "_period")

    def __init__(self, loop: asyncio.AbstractEventLoop, period: float) -> None:
        self._loop = loop
        self._period = period
        self._members: dict[Callable[[], None], None] = {}  # a set that keeps its order
        self._handle: asyncio.TimerHandle | None = None

    def add(self, member: Callable[[], None]) -> None:
        """Call `member` from the next tick on. May be repeated."""
        self._members[member] = None
        if self._handle is None:
            self._handle = self._loop.call_later(self._period, self._tick)

    def discard(self, member: Callable[[], None]) -> None:
        """Call `member` no more. May be repeated."""
        self._members.pop(member, None)
        if not self._members and self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _tick(self) -> None:
        self._handle = self._loop.call_later(self._period, self._tick)
        for member in tuple(self._members):
            member()


# A ticker keeps its loop alive, so that no other loop can have its id as long as the entry is there.
_TICKERS: WeakValueDictionary[tuple[int, float], Ticker] = WeakValueDictionary()


def shared_ticker(loop: asyncio.AbstractEventLoop, period: float) -> Ticker:
    """The ticker of `loop` for this period; it lives as long as somebody holds it."""
    ticker = _TICKERS.get((id(loop), period))
    if ticker is None:
        ticker = _TICKERS[id(loop), period] = Ticker(loop, period)
    return ticker
