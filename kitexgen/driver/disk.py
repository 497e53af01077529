"""Contents of files, each read once as long as it stays what it was: a run looks at most of them several times.

A file is what it was when place, size, inode and time of the last write are. That is asked before the content is read,
and who wrote just now may write once more within one tick of the clock: such a content is given, and not kept.
"""

from __future__ import annotations

import os
import stat
import time
from hashlib import blake2b
from typing import Final, NamedTuple

# Several ticks of the coarse clock by which Linux and macOS stamp files (4 to 10 ms), in nanoseconds.
_JUST_NOW: Final = 100_000_000


class _Kept(NamedTuple):
    stamp: tuple[int, int, int, int]
    content: bytes
    digest: str | None


class Disk:
    """All that was read so far; as large as the files are."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def read(self, path: str | os.PathLike[str], most: int = -1) -> bytes:
        """The first `most` bytes of a file, all where that is negative. Raises OSError."""
        return self._read(os.fspath(path), most).content

    def read_with_digest(self, path: str | os.PathLike[str]) -> tuple[bytes, str]:
        """All of a file, and the digest of that. Raises OSError."""
        name = os.fspath(path)
        found = self._read(name, -1)
        digest = found.digest
        if digest is None:
            digest = blake2b(found.content, digest_size=16).hexdigest()
            if self._kept.get(name) is found:
                self._kept[name] = found._replace(digest=digest)
        return found.content, digest

    def _read(self, path: str, most: int) -> _Kept:
        status = os.stat(path)
        stamp = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        known = self._kept.get(path)
        if known is not None and known.stamp == stamp:
            return known
        with open(path, "rb") as file:
            content = file.read(most)
        found = _Kept(stamp, content, None)
        is_whole = stat.S_ISREG(status.st_mode) and len(content) == status.st_size
        if is_whole and time.time_ns() - status.st_mtime_ns > _JUST_NOW:
            self._kept[path] = found
        else:
            self._kept.pop(path, None)
        return found
