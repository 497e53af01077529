"""Real Kitex peers for the tests beside this file. Without Go, or a way to its modules, those tests are skipped; in CI
(where both are promised) they fail instead, lest nobody notice that nothing was shown."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.peers.kitex_build import Peers, PeersUnavailable, build
from tests.peers.kitex_processes import KitexClient, KitexServer


@pytest.fixture(scope="session")
def kitex() -> Peers:
    try:
        return build()
    except PeersUnavailable as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def kitex_server(kitex: Peers) -> Iterator[KitexServer]:
    with KitexServer(kitex.server) as server:
        yield server


@pytest.fixture(scope="session")
def kitex_client(kitex: Peers) -> Iterator[KitexClient]:
    with KitexClient(kitex.client) as client:
        yield client
