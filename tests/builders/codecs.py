"""Both codecs: a module of tests that has the fixture `codec` runs once with each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from kitexgen.runtime.wire import native


@pytest.fixture(scope="module", params=["compiled", "pure"], autouse=True)
def codec(request: pytest.FixtureRequest) -> Iterator[str]:
    """The codec that is used. Compiled is left out where it was not built."""
    if request.param == "compiled" and not native.is_compiled():
        pytest.skip("the compiled codec was not built, or KITEXGEN_PURE is set")
    with nullcontext() if request.param == "compiled" else native.pure_only():
        yield request.param
