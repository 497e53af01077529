"""What is generated is tested here, so nothing is left to the compiled codec."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kitexgen.runtime.wire import native


@pytest.fixture(scope="module", autouse=True)
def pure() -> Iterator[None]:
    with native.pure_only():
        yield
