"""Writes a set of changes into the output folder: all of them or none.

What is promised, on a file system with atomic renames:

- **An error** (a full disk, a folder that may not be written): everything stands as before, and the error is raised.
- **A kill at any moment, even SIGKILL**: the folder is whole, the old one or the new one, never a mixture, when
  the folder is new, or when it holds nothing but our own files and the system can exchange two folders (Linux,
  macOS): then one system call makes all the changes. Otherwise (a handwritten file among ours, a run that stands in
  the folder, Windows) files are renamed one by one under a journal, and a run killed in the midst of these renames
  leaves a mixture until the next run, which first puts the old files back (`recover`).
- **Power loss**: contents reach the disk before names do (fsync of every file, then of every folder).
- **Two runs at once**: one waits for the other (`folder_lock`).

Leftovers of a killed run carry our name and are cleared away by the next one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from kitexgen.driver.changes import Change
from kitexgen.driver.exchange import exchange_folders
from kitexgen.driver.journal import recover, write_journaled
from kitexgen.driver.manifest import STATE_FOLDER
from kitexgen.driver.staging import Step, no_step, stage_files, sync_folder, token

_LEFTOVER = ".kitexgen-"


def write(
    out: Path,
    changes: Sequence[Change],
    owned: Collection[str],
    *,
    step: Step = no_step,
    exchange: Callable[[Path, Path], bool] = exchange_folders,
) -> None:
    """Make `changes` in `out`, all or none; the caller holds `folder_lock(out)`.

    `owned` are the paths that are ours besides those changed. `step` is called with a name before each action on the
    file system, for tests that fail or kill there. Raises OSError when it cannot be done; then `out` is as it was.
    """
    if not changes:
        return
    out = Path(os.path.realpath(out))
    if not out.exists():
        _write_new(out, changes, step)
        return
    folder, inside, ours = _smallest(out, changes, owned)
    if not (_can_be_replaced(folder, inside, ours) and _write_exchanged(out, folder, inside, step, exchange)):
        write_journaled(out, changes, step)


def clear_leftovers(out: Path) -> None:
    """Undo, and clear away, what a killed run left in and beside `out`; the caller holds `folder_lock(out)`."""
    out = Path(os.path.realpath(out))
    recover(out)
    if out.parent.is_dir():
        for name in os.listdir(out.parent):
            if name.startswith(f".{out.name}{_LEFTOVER}"):
                shutil.rmtree(out.parent / name, ignore_errors=True)


def _smallest(
    out: Path, changes: Sequence[Change], owned: Collection[str]
) -> tuple[Path, Sequence[Change], Collection[str]]:
    """The smallest folder that holds all of `changes`, and changes and owned paths relative to it.

    Exchanging that one is as good as exchanging the whole, and one package of hundreds takes a hundredth of the time.
    What is removed may leave folders empty further up: then it is the whole.
    """
    whole = (out, changes, owned)
    if any(change.after is None for change in changes):
        return whole
    inside = PurePosixPath(os.path.commonpath([PurePosixPath(change.path).parent for change in changes]))
    while not (out / inside).is_dir():
        inside = inside.parent
    if inside == PurePosixPath("."):
        return whole
    prefix = f"{inside}/"
    return (
        out / inside,
        [replace(change, path=change.path.removeprefix(prefix)) for change in changes],
        [path.removeprefix(prefix) for path in owned if path.startswith(prefix)],
    )


def _beside(out: Path) -> Path:
    """A new folder on the same file system as `out`, under a name that `clear_leftovers` knows."""
    return out.parent / f".{out.name}{_LEFTOVER}{token()}"


def _write_new(out: Path, changes: Sequence[Change], step: Step) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    stage = _beside(out)
    try:
        stage_files(stage, _contents(changes), step)
        step("rename")
        os.rename(stage, out)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    sync_folder(out.parent)


def _write_exchanged(
    out: Path, folder: Path, changes: Sequence[Change], step: Step, exchange: Callable[[Path, Path], bool]
) -> bool:
    """Build a new `folder`, which is `out` or lies in it, beside `out`, unchanged files as hard links, and exchange the
    two.

    False when that is not possible here; then nothing was changed.
    """
    if not (os.access(out.parent, os.W_OK) and os.access(folder.parent, os.W_OK)):
        return False
    _refuse_read_only(folder, changes)
    stage = _beside(out)
    try:
        step("link")
        if not _link_unchanged(folder, stage, {change.path for change in changes}):
            return False
        stage_files(stage, _contents(changes), step)
        _drop_empty(stage)
        for inner, _, _ in os.walk(stage, topdown=False):
            sync_folder(Path(inner))
        shutil.copystat(folder, stage)
        step("exchange")
        if not exchange(stage, folder):
            return False
        sync_folder(folder.parent)
        step("clear")
        return True
    finally:
        # Before the exchange this is what we built, after it what was there before.
        shutil.rmtree(stage, ignore_errors=True)


def _contents(changes: Sequence[Change]) -> dict[str, bytes]:
    return {change.path: change.after for change in changes if change.after is not None}


def _can_be_replaced(out: Path, changes: Sequence[Change], owned: Collection[str]) -> bool:
    """Not when we stand in it (`--out .`): we, and the shell that started us, would be left in a removed folder."""
    here = Path.cwd()
    return here != out and out not in here.parents and _is_all_ours(out, changes, owned)


def _is_all_ours(out: Path, changes: Sequence[Change], owned: Collection[str]) -> bool:
    """Whether nothing in `out` is handwritten: a file saved by an editor during the exchange would be lost."""
    ours = {change.path for change in changes} | set(owned)
    for folder, folders, files in os.walk(out):
        relative = Path(folder).relative_to(out)
        if any(os.path.islink(os.path.join(folder, name)) for name in (*folders, *files)):
            return False
        is_kept_for_python = relative.name == "__pycache__"
        is_state = STATE_FOLDER in relative.parts
        if not is_kept_for_python and not is_state and any((relative / n).as_posix() not in ours for n in files):
            return False
    return True


def _refuse_read_only(out: Path, changes: Sequence[Change]) -> None:
    """Exchanging folders needs no right to write into them; whoever took that right away meant it."""
    for change in changes:
        folder = (out / change.path).parent
        if folder.exists() and not os.access(folder, os.W_OK):
            raise PermissionError(13, os.strerror(13), str(folder))


def _link_unchanged(out: Path, stage: Path, changed: Collection[str]) -> bool:
    """Whether the file system has hard links."""
    try:
        for folder, _, files in os.walk(out):
            relative = Path(folder).relative_to(out)
            os.mkdir(stage / relative)
            shutil.copymode(folder, stage / relative)
            for name in files:
                if (relative / name).as_posix() not in changed:
                    os.link(os.path.join(folder, name), stage / relative / name)
    except OSError:
        return False
    return True


def _drop_empty(stage: Path) -> None:
    """Folders in which nothing is left, or nothing but what Python compiled."""
    for folder, folders, files in os.walk(stage, topdown=False):
        rest = [name for name in folders if os.path.isdir(os.path.join(folder, name)) and name != "__pycache__"]
        if not files and not rest and Path(folder) != stage and os.path.basename(folder) != "__pycache__":
            shutil.rmtree(folder)
