"""Millions of calls leave nothing behind; here a few hundred of each, and a function that leaks is found."""

from __future__ import annotations

import pytest

from kitexgen.runtime.wire.native import is_compiled
from tests.fuzz.run_leaks import grown, jobs

CALLS = 500


@pytest.mark.skipif(not is_compiled(), reason="the compiled codec was not built")
@pytest.mark.parametrize("name", jobs())
def test_calls_leave_nothing_behind(name: str) -> None:
    assert not grown(jobs()[name], CALLS).is_leak(CALLS)


def test_a_leak_is_found() -> None:
    kept: list[object] = []
    assert grown(lambda: kept.append(object()), CALLS).is_leak(CALLS)
