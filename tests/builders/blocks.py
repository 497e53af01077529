"""Memory as a test sees it: what calls leave behind, and calls that get none."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def blocks_after(function: Callable[[], object], calls: int) -> int:
    """How many blocks of memory are in use more after many calls than after a few; Python's own come and go."""
    for _ in range(50):
        function()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(calls):
        function()
    gc.collect()
    found = sys.getallocatedblocks() - before
    # CPython 3.12 and 3.13 sometimes count a block a call that does not exist: memory itself is the judge then.
    return 0 if found > 50 and sys.version_info >= (3, 12) and _stays(function, 20 * calls) else found


def _stays(function: Callable[[], object], calls: int) -> bool:
    """Whether resident memory stays where it is: a block of 32 bytes a call is more than these 8 bytes."""
    before = _resident()
    for _ in range(calls):
        function()
    return _resident() - before < max(8 * calls, 1 << 17)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def starve(function: Callable[[], Any]) -> Any:
    """Let the first allocation fail, then the second, and so on until the call gets what it needs; what it returns.

    Skips the test where this Python cannot be told to run out of memory.
    """
    testcapi = pytest.importorskip("_testcapi", reason="this Python was built without its own test module")
    if not hasattr(testcapi, "set_nomemory"):
        pytest.skip("this Python cannot be told to run out of memory")
    gc.collect()
    gc.disable()
    try:
        for allowed in range(500):
            found = None
            testcapi.set_nomemory(allowed)
            try:
                found = function()
            except MemoryError:
                pass
            finally:
                testcapi.remove_mem_hooks()
            if found is not None:
                return found
    finally:
        gc.enable()
    raise AssertionError("500 allocations are not enough")
