"""The soak in small: every scenario holds its promise, quickly. `make soak` runs it in full."""

from __future__ import annotations

import sys

import pytest

from tests.soak.scenario import QUICK
from tests.soak.scenarios import SCENARIOS


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="figures are read from /proc")
@pytest.mark.parametrize("name", SCENARIOS)
async def test_scenario(name: str) -> None:
    result = await SCENARIOS[name](QUICK)
    assert result.figures
