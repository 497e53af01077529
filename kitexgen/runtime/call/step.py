"""Running an endpoint to its end without an event loop.

The blocking client uses the same onion as the asyncio one. Its innermost endpoint blocks instead of waiting, so the
coroutine runs through in one step, as long as no middleware waits for something only a loop can bring.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

Answer = TypeVar("Answer")


def run_without_loop(awaitable: Awaitable[Answer]) -> Answer:
    """What `awaitable` returns or raises. Raises RuntimeError when it would have to wait."""
    steps = awaitable.__await__()
    try:
        next(steps)
    except StopIteration as end:
        answer: Answer = end.value
        return answer
    close = getattr(steps, "close", None)
    if close is not None:
        close()
    raise RuntimeError("a middleware of a blocking client awaited something that only an event loop can bring")
