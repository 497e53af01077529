"""Files written where no one looks yet, and on the disk before anyone does."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

Step = Callable[[str], None]
"""Called with a name before each action on the file system; may raise."""

# Enough for the file system to join the waits of many fsyncs into few.
_FSYNC_THREADS = 8


def no_step(name: str) -> None:
    """The step of every run that is no test."""


def token() -> str:
    """A part of a name that no other run has taken."""
    return os.urandom(4).hex()


def stage_files(folder: Path, contents: Mapping[str, bytes], step: Step) -> None:
    """Write `contents`, by path below `folder`, and wait until the disk has files and folders.

    Raises OSError; what was written until then is left for the caller to remove.
    """
    folder.mkdir(exist_ok=True)
    folders = {folder}
    for path in contents:
        parent = (folder / path).parent
        while parent != folder:
            folders.add(parent)
            parent = parent.parent
    for needed in sorted(folders):
        needed.mkdir(exist_ok=True)
    for path, content in contents.items():
        step(f"stage {path}")
        with open(folder / path, "xb") as file:
            file.write(content)
    step("sync")
    _sync_all(folder / path for path in contents)
    for written in sorted(folders, reverse=True):
        sync_folder(written)


@contextlib.contextmanager
def staged(path: Path, content: bytes) -> Iterator[Callable[[], None]]:
    """Stage new content of one file beside it; the function given renames it into place, keeping the old one's mode.

    A link is followed. Raises OSError; then the file is as it was.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not os.access(target, os.W_OK):
        # The folder may let it be replaced all the same; who takes the right away means the file.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.kitexgen-{token()}")

    def finish() -> None:
        os.replace(scratch, target)
        sync_folder(target.parent)

    try:
        with open(scratch, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, scratch)
        yield finish
    finally:
        scratch.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on the disk. Where folders cannot be opened (Windows) there is no way to."""
    if os.name == "posix":
        _sync(folder)


def _sync_all(paths: Iterable[Path]) -> None:
    """Sync in threads. Raises the first OSError: some file systems tell of a full disk only here."""
    left = iter(paths)
    faults: list[OSError] = []
    lock = threading.Lock()

    def work() -> None:
        while not faults:
            with lock:
                path = next(left, None)
            if path is None:
                break
            try:
                _sync(path)
            except OSError as error:
                faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(_FSYNC_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
