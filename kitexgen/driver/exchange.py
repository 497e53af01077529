"""Two folders exchange their names in one system call: the only way to replace a folder that has no moment between."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

# linux/fs.h and sys/stdio.h of macOS; the flag has the same number in both.
_EXCHANGE = 2
_AT_FDCWD = -100


def exchange_folders(one: Path, other: Path) -> bool:
    """Let `one` and `other`, on one file system, change places. False when the system cannot; then nothing happened.

    Source: renameat2(2), RENAME_EXCHANGE (Linux 3.15); renamex_np(2), RENAME_SWAP (macOS 10.12).
    """
    left, right = os.fsencode(one), os.fsencode(other)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            failed = libc.renameat2(_AT_FDCWD, left, _AT_FDCWD, right, _EXCHANGE)
        elif sys.platform == "darwin":
            failed = libc.renamex_np(left, right, _EXCHANGE)
        else:
            return False
    except (AttributeError, OSError, TypeError):
        # A C library without the call; Windows, where `CDLL(None)` is refused.
        return False
    return bool(failed == 0)
