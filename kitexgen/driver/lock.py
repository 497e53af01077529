"""One writer at a time in an output folder."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def folder_lock(*outs: Path) -> Iterator[None]:
    """Wait until no other run writes into any of `outs`, and keep others waiting meanwhile.

    The folder above each is locked, as `out` itself may be exchanged for another: an advisory lock that leaves no file
    and dies with the process. Where there is none (Windows, some network file systems) two runs at once are each still
    all or nothing, one file at a time.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with contextlib.ExitStack() as descriptors:
        # Each once, since a process waits for its own lock too; in one order, so that two runs never wait for each
        # other.
        for parent in sorted({Path(os.path.realpath(out)).parent for out in outs}):
            parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(parent, os.O_RDONLY)
            descriptors.callback(os.close, descriptor)
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
