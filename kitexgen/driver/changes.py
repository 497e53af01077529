"""What a run would change in the output folder. Reads, and writes nothing."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath

from kitexgen.codegen.output import OutputFile
from kitexgen.driver.disk import Disk
from kitexgen.driver.manifest import IGNORE_FILE, IGNORE_TEXT, MANIFEST, Manifest, manifest_text, read_manifest
from kitexgen.driver.marks import can_be_marked, is_marked


class ChangeKind(Enum):
    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file of the output folder; `path` is relative to it. `before` and `after` are None where there is no file.

    `is_state` marks our own bookkeeping, which no one needs to hear about.
    """

    path: str
    before: bytes | None
    after: bytes | None
    is_state: bool = False

    @property
    def kind(self) -> ChangeKind:
        if self.before is None:
            return ChangeKind.CREATE
        return ChangeKind.REMOVE if self.after is None else ChangeKind.UPDATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`handwritten` are paths that should be written but hold something that is not ours; then nothing may be written.

    `owned` are all paths that are ours after the run.
    """

    changes: tuple[Change, ...]
    handwritten: tuple[str, ...]
    owned: tuple[str, ...]


def compare(
    out: Path,
    files: Sequence[OutputFile],
    *,
    roots: Mapping[str, tuple[str, ...]],
    asked: Collection[str],
    answered: Mapping[str, tuple[str, ...]],
    is_whole: bool,
    disk: Disk,
) -> Comparison:
    """What stands in `out` against `files`.

    `roots` gives the IDL files asked for that each output belongs to, as the manifest names them, `asked` all of them.
    A listed file that is not generated any more is an orphan when no root of another run is left; with `is_whole`
    (the run covers everything the project has) in any case. Only what says that we made it is ever overwritten or
    removed (see `marks`). `answered` is what the manifest is to keep of the handlers.
    """
    manifest = read_manifest(out)
    listed = {
        path: () if is_whole else tuple(root for root in group if root not in asked)
        for path, group in manifest.files.items()
    }
    wanted = {file.path: file.text.encode() for file in files}
    changes: list[Change] = []
    handwritten: list[str] = []
    blocked = _Blocked(out)
    for path, after in wanted.items():
        before = _read(out, path, disk)
        blocking = blocked.by(path) if before is None else None
        if blocking or (before and not _is_ours(path, before, listed)):
            handwritten.append(blocking or path)
        elif before != after:
            changes.append(Change(path=path, before=before, after=after))
    orphans = sorted(path for path, others in listed.items() if path not in wanted and not others)
    for path in orphans:
        before = _read(out, path, disk)
        if before is not None and _is_ours(path, before, listed):
            changes.append(Change(path=path, before=before, after=None))
    owned = {path: others for path, others in listed.items() if others}
    owned |= {path: tuple(sorted({*roots[path], *listed.get(path, ())})) for path in wanted}
    changes += _state_changes(out, Manifest(owned, {**manifest.answered, **answered}), disk)
    return Comparison(changes=tuple(changes), handwritten=tuple(sorted(set(handwritten))), owned=tuple(owned))


def _is_ours(path: str, content: bytes, listed: Collection[str]) -> bool:
    return is_marked(content) or (path in listed and not can_be_marked(path))


def _state_changes(out: Path, manifest: Manifest, disk: Disk) -> list[Change]:
    state = {MANIFEST: manifest_text(manifest).encode(), IGNORE_FILE: IGNORE_TEXT.encode()}
    found = {path: _read(out, path, disk) for path in state}
    return [
        Change(path=path, before=found[path], after=after, is_state=True)
        for path, after in state.items()
        if found[path] != after
    ]


class _Blocked:
    """Tells what stands in the way of a file that is not there; asks the disk once about each folder."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._by_folder: dict[PurePosixPath, str | None] = {}

    def by(self, path: str) -> str | None:
        """A folder of that name, or a file where a folder is needed."""
        if (self._out / path).is_dir():
            return path
        folder = PurePosixPath(path).parent
        if folder not in self._by_folder:
            self._by_folder[folder] = next(map(str, filter(self._is_file, (folder, *folder.parents))), None)
        return self._by_folder[folder]

    def _is_file(self, folder: PurePosixPath) -> bool:
        place = self._out / folder
        return place.exists() and not place.is_dir()


def _read(out: Path, path: str, disk: Disk) -> bytes | None:
    try:
        return disk.read(os.path.join(out, path))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
