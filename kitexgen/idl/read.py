"""read_file: the bytes of an IDL file, and how many are too many."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

Read = Callable[[Path], bytes]

# A hundred times the longest IDL of our corpus of 729 files. What is bigger is no IDL, and would take minutes.
MAX_BYTES: Final = 16 * 1024 * 1024


def read_file(path: Path) -> bytes:
    """The bytes of the file at `path`, one more than MAX_BYTES when there are more."""
    # Asked before it is read: a device or a mistaken path may hold gigabytes, or never end.
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
