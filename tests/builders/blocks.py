"""Memory as a test sees it: what calls leave behind, and calls that get none."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
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
    return sys.getallocatedblocks() - before


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
