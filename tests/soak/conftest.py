"""Everything here waits for something; nothing may wait for ever."""

from __future__ import annotations

from tests.builders.time_limit import time_limit

__all__ = ["time_limit"]
