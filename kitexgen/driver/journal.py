"""Renames one by one, with a journal that says how to take them back.

Every old file gets a second name in our own folder first, and the journal is on the disk before the first rename: from
there on a run that dies is undone by `recover` in the next one. Removing the journal is the moment the new files count.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from kitexgen.driver.changes import Change
from kitexgen.driver.manifest import STATE_FOLDER
from kitexgen.driver.staging import Step, stage_files, sync_folder, token

JOURNAL = f"{STATE_FOLDER}/journal.json"
_RUN = "run-"


def write_journaled(out: Path, changes: Sequence[Change], step: Step) -> None:
    """Make `changes` in the existing folder `out`. Raises OSError; then `out` is as it was."""
    state = out / STATE_FOLDER
    had_state = state.exists()
    state.mkdir(exist_ok=True)
    run = state / f"{_RUN}{token()}"
    try:
        run.mkdir()
        contents = {str(n): change.after for n, change in enumerate(changes) if change.after is not None}
        stage_files(run / "new", contents, step)
        _keep_old(out, run / "old", changes, step)
        _write_journal(out, run, changes, step)
        _rename_all(out, run, changes, step)
        step("count")
        os.unlink(out / JOURNAL)
    except BaseException:
        recover(out)
        shutil.rmtree(run, ignore_errors=True)
        if not had_state:
            shutil.rmtree(state, ignore_errors=True)
        raise
    sync_folder(state)
    shutil.rmtree(run, ignore_errors=True)
    _drop_empty_folders(out, [change.path for change in changes if change.after is None])


def recover(out: Path) -> None:
    """Put back what a run killed in the midst of its renames had replaced; without a journal there is nothing to do.

    Safe to be killed itself: it does the same again, and the journal goes last. Raises OSError when the old files
    cannot be put back.
    """
    state = out / STATE_FOLDER
    journal = out / JOURNAL
    record = _read_journal(journal)
    if record is not None:
        run, paths = record
        for n, path in enumerate(paths):
            kept = state / run / "old" / str(n)
            if kept.exists():
                _put_back(kept, out / path)
            else:
                (out / path).unlink(missing_ok=True)
        _drop_empty_folders(out, paths)
    journal.unlink(missing_ok=True)
    if state.is_dir():
        for name in os.listdir(state):
            if name.startswith(_RUN):
                shutil.rmtree(state / name, ignore_errors=True)


def _read_journal(journal: Path) -> tuple[str, list[str]] | None:
    """The folder of the run and the paths it was to change, in the order of their kept files.

    None without a journal. Ours are whole, as they get their name when they are on the disk; one that cannot be read
    was made by someone else, and says nothing.
    """
    try:
        record = json.loads(journal.read_bytes())
        return str(record["run"]), [str(path) for path in record["paths"]]
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None


def _keep_old(out: Path, old: Path, changes: Sequence[Change], step: Step) -> None:
    """A second name for each file that goes; a copy where there are no hard links."""
    old.mkdir()
    for n, change in enumerate(changes):
        if change.before is not None:
            step(f"keep {change.path}")
            try:
                os.link(out / change.path, old / str(n))
            except OSError:
                shutil.copy2(out / change.path, old / str(n))
    sync_folder(old)


def _write_journal(out: Path, run: Path, changes: Sequence[Change], step: Step) -> None:
    step("journal")
    record = {"run": run.name, "paths": [change.path for change in changes]}
    stage_files(run / "journal", {"journal.json": json.dumps(record).encode()}, step)
    os.replace(run / "journal" / "journal.json", out / JOURNAL)
    sync_folder(out / STATE_FOLDER)


def _rename_all(out: Path, run: Path, changes: Sequence[Change], step: Step) -> None:
    folders = set()
    for n, change in enumerate(changes):
        target = out / change.path
        step(f"rename {change.path}")
        if change.after is None:
            target.unlink(missing_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(run / "new" / str(n), target)
        folders.add(target.parent)
    for folder in sorted(folders):
        sync_folder(folder)


def _put_back(kept: Path, target: Path) -> None:
    """Give `kept` its old name again, and leave it where it is until the journal is gone."""
    again = kept.with_suffix(".again")
    again.unlink(missing_ok=True)
    try:
        os.link(kept, again)
    except OSError:
        shutil.copy2(kept, again)
    os.replace(again, target)
    # rename(2) does nothing when both names are the same file already, and leaves the first one.
    again.unlink(missing_ok=True)


def _drop_empty_folders(out: Path, paths: Sequence[str]) -> None:
    """Folders of `paths` in which nothing is left, or nothing but what Python compiled."""
    parents = {parent for path in paths for parent in (out / path).parents if out in parent.parents}
    for folder in sorted(parents, reverse=True):
        if folder.is_dir() and set(os.listdir(folder)) <= {"__pycache__"}:
            shutil.rmtree(folder, ignore_errors=True)
