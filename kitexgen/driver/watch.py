"""Waits for changes of the files that a run depends on. The only importer of watchfiles.

Folders are watched, not files: an editor that saves by renaming puts another file in the place of the old one, and a
watch of the file would end there. A file that a run looked for in vain is waited for like one it read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

IDL_ENDINGS: Final = (".thrift", ".proto")

# Editors write in several steps, tools many files at once: what comes within DEBOUNCE of the first change, with pauses
# shorter than STEP, is one change. Milliseconds.
DEBOUNCE: Final = 200
STEP: Final = 20
POLL_DELAY: Final = 200
_FIRST_LOOK: Final = 100

# Folders that no one keeps IDL in, and that may hold thousands of others.
_PASSED_OVER: Final = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})


class NoWatchfiles(Exception):
    """The library that watches files is not installed."""


@dataclass(frozen=True)
class Watched:
    """What a run depends on: `files`, read or looked for in vain, and every IDL file below `trees`. Absolute paths.

    `began` is when the run did, in nanoseconds since the epoch, and `present` are the files that were there.
    """

    files: frozenset[Path]
    trees: tuple[Path, ...] = ()
    present: frozenset[Path] = frozenset()
    began: int = 0

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

    def changed_already(self) -> frozenset[Path]:
        """What changed after the run began and before anyone watched."""
        idl = (path for tree in self.trees for folder in _folders_below(tree) for path in _idl_files(folder))
        return frozenset(path for path in {*self.files, *idl} if self._is_news(path))

    def _is_news(self, path: Path) -> bool:
        try:
            status = path.stat()
        except OSError:
            return path in self.present
        # Renaming a file leaves the time of its content as it was.
        return max(status.st_mtime_ns, status.st_ctime_ns) > self.began


def glob_root(pattern: str) -> str:
    """The folder below which everything lies that the glob `pattern` can match."""
    head: list[str] = []
    for part in pattern.split("/"):
        if any(sign in part for sign in "*?["):
            return "/".join(head) or ("/" if pattern.startswith("/") else ".")
        head.append(part)
    return os.path.dirname(pattern) or "."


def changes(watched: Watched, *, poll: bool = False, stop: Event | None = None) -> Iterator[frozenset[Path]]:
    """Every change that concerns `watched`, as the paths that changed together; ends when `stop` is set.

    `poll` looks at the files again and again instead of being told, for file systems that do not tell (network shares,
    folders mounted into containers). Raises NoWatchfiles.
    """
    try:
        import watchfiles
    except ImportError as error:
        raise NoWatchfiles from error
    told = watchfiles.watch(
        *watched.folders(),
        watch_filter=None,
        debounce=DEBOUNCE,
        step=STEP,
        stop_event=stop,
        force_polling=poll or None,
        poll_delay_ms=POLL_DELAY,
        recursive=False,
        rust_timeout=_FIRST_LOOK,
        yield_on_timeout=True,
    )
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
