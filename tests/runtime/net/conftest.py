"""Everything here waits for something; nothing may wait for ever."""

from __future__ import annotations

import pytest

from tests.builders.loops import Loops, loops_of
from tests.builders.time_limit import time_limit

__all__ = ["time_limit"]

ABOUT_SOCKETS = ("test_connection.py", "test_gathered.py", "test_socket_transport.py")


def pytest_asyncio_loop_factories(item: pytest.Item) -> Loops:
    """The loops that a test runs on."""
    return loops_of(is_about_sockets=item.path.name in ABOUT_SOCKETS)
