"""Clients of each kind that has a short way, and how many of their calls missed it."""

from __future__ import annotations

from typing import Any

import pytest

from kitexgen.runtime.server import Server
from tests.end_to_end.usual.ways import WAYS, Handler, Shortcuts


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture(params=WAYS, ids="-".join)
def settings(request: pytest.FixtureRequest, tcp_server: Server) -> dict[str, Any]:
    pool, transport = request.param
    return {"hosts": [str(tcp_server.address)], "pool": pool, "transport": transport}


@pytest.fixture
def shortcuts(monkeypatch: pytest.MonkeyPatch) -> Shortcuts:
    return Shortcuts(monkeypatch)
