"""An event loop in a thread: our asyncio client and server run there, and tests stay plain functions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")

SECONDS = 25.0
"""How long one step may take: less than the limit of a test, so that the trace shows which step it was."""


class LoopThread:
    """Runs coroutines for others. A context manager; on leaving, the loop is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="interop-loop")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns or raises; TimeoutError when it does neither."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS)
