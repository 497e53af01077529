"""A fixture that ends a test which hangs: import it in a conftest, and it holds for the whole folder."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

SECONDS = 30
"""Far more than any test needs, so that a loaded machine fails none that works."""


@pytest.fixture(autouse=True)
def time_limit() -> Iterator[None]:
    """Fail in the main thread when the test takes longer than `SECONDS`."""

    def give_up(number: int, frame: FrameType | None) -> None:
        # Not with a TimeoutError, which what is tested would take for its own.
        pytest.fail(f"the test is not over after {SECONDS} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
