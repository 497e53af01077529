"""Event loops that tests run on."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from typing import TypeAlias

Loops: TypeAlias = dict[str, Callable[[], asyncio.AbstractEventLoop]]


def loops_of(*, is_about_sockets: bool) -> Loops:
    """asyncio's own by its name; for tests of sockets uvloop's too, where it is installed."""
    loops: Loops = {"asyncio": asyncio.new_event_loop}
    if is_about_sockets and importlib.util.find_spec("uvloop") is not None:
        import uvloop  # noqa: PLC0415 - it may not be there

        loops["uvloop"] = uvloop.new_event_loop
    return loops
