"""Memory as a test sees it: what calls leave behind, and calls that get none."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import partial
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


def check_nothing_stays(function: Callable[[], object], calls: int, *things: object) -> None:
    """Check that many calls leave neither memory behind nor references to `things`."""
    function()  # what is made once stays
    gc.collect()
    references = [sys.getrefcount(thing) for thing in things]
    assert blocks_after(function, calls) < 50
    assert [sys.getrefcount(thing) for thing in things] == references


def starve(function: Callable[[], Any]) -> Any:
    """Let the first allocation fail, then the second, and so on until the call gets what it needs; what it returns.

    Checks that calls give up with MemoryError, and leave nothing behind wherever they do. `function` must not return
    None. Skips the test where this Python cannot be told to run out of memory.
    """
    testcapi = pytest.importorskip("_testcapi", reason="this Python was built without its own test module")
    if not hasattr(testcapi, "set_nomemory"):
        pytest.skip("this Python cannot be told to run out of memory")

    def hungry(allowed: int) -> Any:
        testcapi.set_nomemory(allowed)
        try:
            return function()
        except MemoryError:
            return None
        finally:
            testcapi.remove_mem_hooks()

    gc.collect()
    gc.disable()
    try:
        for allowed in range(500):
            if (found := hungry(allowed)) is not None:
                return found
            assert not _leaks(partial(hungry, allowed)), f"calls that get {allowed} blocks leave some behind"
    finally:
        gc.enable()
    raise AssertionError("500 allocations are not enough")


def _leaks(function: Callable[[], object]) -> bool:
    """Whether calls leave blocks behind, again and again: CPython keeps some hundred for its next floats and lists."""
    for calls in (20, 200, 200):
        before = sys.getallocatedblocks()
        for _ in range(calls):
            function()
        if sys.getallocatedblocks() - before < calls // 2:
            return False
    return True
