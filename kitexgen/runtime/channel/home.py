"""Home: the event loop that a pool belongs to, and whether the pool is closed."""

from __future__ import annotations

import asyncio

from kitexgen.runtime.errors import ClientClosed


class Home:
    """The loop is that on which the pool is first used. `is_closed` is set by the pool."""

    __slots__ = ("_loop", "is_closed")

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self.is_closed = False

    def is_here(self) -> bool:
        """Whether `check` would return."""
        return not self.is_closed and self._loop is asyncio.get_running_loop()

    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop, once it is known. Raises RuntimeError before that."""
        if self._loop is None:
            raise RuntimeError("the pool was not used yet")
        return self._loop

    def check(self) -> asyncio.AbstractEventLoop:
        """The loop. Raises ClientClosed after the end, RuntimeError on a foreign loop."""
        loop = asyncio.get_running_loop()
        if self.is_closed:
            raise ClientClosed("the client is closed")
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise RuntimeError("a client belongs to the event loop of its first call; make one for each loop")
        return loop
