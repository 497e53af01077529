"""What a run would change in the output folder. Reads, and writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from kitexgen.codegen.output import OutputFile
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
    for path, after in wanted.items():
        blocking = _blocking_file(out, path)
        before = None if blocking else _read(out / path)
        if blocking or (before and not _is_ours(path, before, listed)):
            handwritten.append(blocking or path)
        elif before != after:
            changes.append(Change(path=path, before=before, after=after))
    orphans = sorted(path for path, others in listed.items() if path not in wanted and not others)
    for path in orphans:
        before = _read(out / path)
        if before is not None and _is_ours(path, before, listed):
            changes.append(Change(path=path, before=before, after=None))
    owned = {path: others for path, others in listed.items() if others}
    owned |= {path: tuple(sorted({*roots[path], *listed.get(path, ())})) for path in wanted}
    changes += _state_changes(out, Manifest(owned, {**manifest.answered, **answered}))
    return Comparison(changes=tuple(changes), handwritten=tuple(sorted(set(handwritten))), owned=tuple(owned))


def _is_ours(path: str, content: bytes, listed: Collection[str]) -> bool:
    return is_marked(content) or (path in listed and not can_be_marked(path))


def _state_changes(out: Path, manifest: Manifest) -> list[Change]:
    state = {MANIFEST: manifest_text(manifest).encode(), IGNORE_FILE: IGNORE_TEXT.encode()}
    found = {path: _read(out / path) for path in state}
    return [
        Change(path=path, before=found[path], after=after, is_state=True)
        for path, after in state.items()
        if found[path] != after
    ]


def _blocking_file(out: Path, path: str) -> str | None:
    """What stands in the way of a file at `path`: a folder of that name, or a file where a folder is needed."""
    if (out / path).is_dir():
        return path
    for parent in Path(path).parents:
        if (out / parent).exists() and not (out / parent).is_dir():
            return parent.as_posix()
    return None


def _read(path: Path) -> bytes | None:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
