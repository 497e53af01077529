"""Whether a socket has something to read: bytes, an end or an error."""

from __future__ import annotations

import select


def is_readable(descriptor: int) -> bool:
    """Look without waiting. Unlike `select.select`, a poller takes descriptors of any number."""
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return bool(poller.poll(0))
