"""One writer at a time in an output folder."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def folder_lock(out: Path) -> Iterator[None]:
    """Wait until no other run writes into `out`, and keep others waiting meanwhile.

    The folder above is locked, as `out` itself may be exchanged for another: an advisory lock that leaves no file and
    dies with the process. Where there is none (Windows, some network file systems) two runs at once are each still all
    or nothing, one file at a time.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    parent = Path(os.path.realpath(out)).parent
    parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(parent, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
