"""Waits for changes of the files that a run depends on. The only importer of watchfiles.

Folders are watched, not files: an editor that saves by renaming puts another file in the place of the old one, and a
watch of the file would end there. A file that a run looked for in vain is waited for like one it read.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple, Protocol

IDL_ENDINGS: Final = (".thrift", ".proto")

# Editors write in several steps, tools many files at once: what comes within DEBOUNCE of the first change, with pauses
# shorter than STEP, is one change. Milliseconds.
DEBOUNCE: Final = 200
STEP: Final = 20
POLL_DELAY: Final = 200
_FIRST_LOOK: Final = 100

# File times are those of a clock that lags behind the one programs read (by 4 to 10 ms on Linux), and some file systems
# keep them coarsely: FAT to 2 s, the coarsest. Nanoseconds.
_UNSETTLED: Final = 2_000_000_000

# Folders that no one keeps IDL in, and that may hold thousands of others.
_PASSED_OVER: Final = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})


class NoWatchfiles(Exception):
    """The library that watches files is not installed."""


class Stop(Protocol):
    """Whether to end, as threading.Event has it."""

    def is_set(self) -> bool: ...


class Mark(NamedTuple):
    """What a file was at one moment. `digest` is that of its content, None when it was last written long before: then
    whatever is written later has another time.
    """

    stamp: tuple[int, int, int, int, int]
    digest: bytes | None


Marks = Mapping[Path, Mark | None]
"""Marks of files by their absolute paths, None for one that was not there."""


@dataclass(frozen=True)
class Watched:
    """What a run depends on: `files`, read or looked for in vain, and every IDL file below `trees`. Absolute paths.

    `before` are the marks, taken before the run, of what was known by then that it might read. `began` is when the run
    did, in nanoseconds since the epoch, and `present` are the files that were there.
    """

    files: frozenset[Path]
    trees: tuple[Path, ...] = ()
    present: frozenset[Path] = frozenset()
    began: int = 0
    before: Marks = field(default_factory=dict)

    def folders(self) -> list[Path]:
        """The folders to watch, each by itself: the nearest ones that are there."""
        found = {_nearest_folder(file.parent) for file in self.files}
        for tree in self.trees:
            found.update(_folders_below(_nearest_folder(tree)))
        return sorted(found)

    def concerns(self, path: Path) -> bool:
        """Whether a change at `path` may change what a run does."""
        if path in self.files or any(file.is_relative_to(path) for file in self.files):
            return True
        below = any(path.is_relative_to(tree) or tree.is_relative_to(path) for tree in self.trees)
        return below and (path.suffix in IDL_ENDINGS or path.is_dir())

    def marks(self) -> dict[Path, Mark | None]:
        """What every file is now; for the `before` of the next run."""
        now = time.time_ns()
        return {path: _mark(path, now) for path in self._all_files()}

    def changed_already(self) -> frozenset[Path]:
        """What changed after the run began and before anyone watched, and perhaps a file that changed right before.

        A file that was known before the run is compared with what it was then. Of one that the run came upon only its
        times tell, so one that had not settled when the run began counts, too: that run has its mark.
        """
        return frozenset(path for path in {*self._all_files(), *self.before} if self._is_news(path))

    def _all_files(self) -> set[Path]:
        idl = (path for tree in self.trees for folder in _folders_below(tree) for path in _idl_files(folder))
        return {*self.files, *idl}

    def _is_news(self, path: Path) -> bool:
        if path in self.before:
            return _differs(path, self.before[path])
        try:
            status = path.stat()
        except OSError:
            return path in self.present
        return _last_change(status) > self.began - _UNSETTLED


def glob_root(pattern: str) -> str:
    """The folder below which everything lies that the glob `pattern` can match."""
    head: list[str] = []
    for part in pattern.split("/"):
        if any(sign in part for sign in "*?["):
            return "/".join(head) or ("/" if pattern.startswith("/") else ".")
        head.append(part)
    return os.path.dirname(pattern) or "."


def check_watchfiles(*, poll: bool) -> None:
    """Raise NoWatchfiles where `changes` would need the library in vain."""
    if poll or _must_poll():
        return
    try:
        import watchfiles  # noqa: F401 - to be there is all it has to
    except ImportError as error:
        raise NoWatchfiles from error


def changes(watched: Watched, *, stop: Stop, poll: bool = False) -> Generator[frozenset[Path], None, None]:
    """Every change that concerns `watched`, as the paths that changed together; ends soon after `stop` is set.

    `poll` looks at the files again and again instead of being told, for file systems that do not tell (network shares,
    folders mounted into containers).
    """
    if poll or _must_poll():
        yield from _polled(watched, stop)
        return
    import watchfiles

    told = watchfiles.watch(
        *watched.folders(),
        watch_filter=None,
        debounce=DEBOUNCE,
        step=STEP,
        stop_event=stop,
        force_polling=False,
        recursive=False,
        rust_timeout=_FIRST_LOOK,
        yield_on_timeout=True,
    )
    with closing(told):
        is_first_look = True
        for batch in told:
            if is_first_look:
                # Now surely someone watches; what happened before was told to no one.
                is_first_look = False
                if missed := watched.changed_already():
                    yield missed
            paths = frozenset(path for _, name in batch if watched.concerns(path := Path(name)))
            if paths:
                yield paths


def _mark(path: Path, now: int) -> Mark | None:
    try:
        status = path.stat()
        # A time to come is one of another clock, which tells nothing.
        is_settled = _last_change(status) < now - _UNSETTLED
        return Mark(_stamp(status), None if is_settled else _digest(path))
    except OSError:
        return None


def _differs(path: Path, before: Mark | None) -> bool:
    try:
        status = path.stat()
        if before is None or _stamp(status) != before.stamp:
            return True
        return before.digest is not None and _digest(path) != before.digest
    except OSError:
        return before is not None


def _stamp(status: os.stat_result) -> tuple[int, int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _last_change(status: os.stat_result) -> int:
    # Renaming a file leaves the time of its content as it was.
    return max(status.st_mtime_ns, status.st_ctime_ns)


def _digest(path: Path) -> bytes:
    return blake2b(path.read_bytes(), digest_size=16).digest()


def _must_poll() -> bool:
    """Where watchfiles would: when its variable says so, and in Linux on Windows, whose folders tell of nothing."""
    said = os.environ.get("WATCHFILES_FORCE_POLLING")
    if said:
        return said.lower() not in {"false", "disable", "disabled"}
    return "microsoft-standard" in platform.uname().release


def _polled(watched: Watched, stop: Stop) -> Generator[frozenset[Path], None, None]:
    """watchfiles can poll, too, but tells times apart by whole seconds only."""
    seen = watched.marks()
    news = watched.changed_already()
    while True:
        if news:
            yield news
        time.sleep(POLL_DELAY / 1000)
        if stop.is_set():
            return
        if not _news_since(seen, watched.marks()):
            news = frozenset()
            continue
        time.sleep(STEP / 1000)
        now = watched.marks()
        news, seen = _news_since(seen, now), now


def _news_since(seen: Marks, now: Marks) -> frozenset[Path]:
    return frozenset(path for path in {*seen, *now} if path not in seen or _differs(path, seen[path]))


def _nearest_folder(path: Path) -> Path:
    while not path.is_dir():
        path = path.parent
    return path


def _folders_below(root: Path) -> Iterable[Path]:
    for folder, names, _ in os.walk(root):
        names[:] = [name for name in names if not name.startswith(".") and name not in _PASSED_OVER]
        yield Path(folder)


def _idl_files(folder: Path) -> list[Path]:
    try:
        return [folder / name for name in os.listdir(folder) if name.endswith(IDL_ENDINGS)]
    except OSError:
        return []
