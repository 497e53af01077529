"""An event loop's clock that stands still until it is told the time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch


class ToldTime:
    """Timers of `call_later` wait for `advance`; `time()` is what has been told, in seconds from 0."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.now = 0.0
        self._loop = loop
        self._handles: list[asyncio.TimerHandle] = []

    @property
    def timers(self) -> int:
        """How many wait."""
        return len([handle for handle in self._handles if not handle.cancelled()])

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, **_: Any) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(self.now + delay, callback, args, self._loop)
        self._handles.append(handle)
        return handle

    def advance(self, seconds: float) -> None:
        """Let so much time pass, and all that is due happen in its order."""
        until = self.now + seconds
        while due := [handle for handle in self._handles if not handle.cancelled() and handle.when() <= until]:
            first = min(due, key=asyncio.TimerHandle.when)
            self._handles.remove(first)
            self.now = first.when()
            first._run()
        self.now = until


@contextmanager
def told_time(loop: asyncio.AbstractEventLoop | None = None) -> Iterator[ToldTime]:
    """Tell `loop`, by default the running one, the time. Nothing may wait for real time: it would never pass."""
    loop = loop or asyncio.get_running_loop()
    told = ToldTime(loop)
    with patch.object(loop, "time", lambda: told.now), patch.object(loop, "call_later", told.call_later):
        yield told
