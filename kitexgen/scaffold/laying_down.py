"""Files of one folder laid down in another, over nothing that is there: all of them, or none."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

# Of no use to anyone but the next `gen`, which makes it again.
_CACHE = ("kitex_gen", ".kitexgen", "cache")


def files_below(folder: Path) -> list[Path]:
    """All files in `folder` and below that are worth laying down, sorted, relative to it."""
    found = (Path(root, name).relative_to(folder) for root, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if path.parts[: len(_CACHE)] != _CACHE)


def in_the_way(stage: Path, folder: Path) -> list[Path]:
    """What is in `folder`, or is it or a folder above it, where a file of `stage` or a folder for one is to be."""
    files = files_below(stage)
    blocked = {folder / path for path in files if os.path.lexists(folder / path)}
    for path in (folder, *(folder / parent for file in files for parent in file.parents)):
        blocked.update(above for above in (path, *path.parents) if os.path.lexists(above) and not above.is_dir())
    return sorted(blocked)


def lay_down(stage: Path, folder: Path) -> int:
    """Copy the files of `stage` to `folder`, which need not be there; gives how many.

    Raises OSError, FileExistsError for a file that is there, after taking back what was laid down.
    """
    files = files_below(stage)
    made: list[Path] = []
    try:
        for path in files:
            _make_folders((folder / path).parent, made)
            with open(folder / path, "xb") as new:
                made.append(folder / path)
                new.write((stage / path).read_bytes())
    except BaseException:
        _take_back(reversed(made))
        raise
    return len(files)


def _make_folders(folder: Path, made: list[Path]) -> None:
    """`folder` and those above it; the ones that were not there are added to `made`."""
    if folder.is_dir():
        return
    _make_folders(folder.parent, made)
    folder.mkdir()
    made.append(folder)


def _take_back(made: Iterable[Path]) -> None:
    for path in made:
        if path.is_dir():
            if not any(path.iterdir()):  # someone else may have put something into it
                path.rmdir()
        else:
            path.unlink(missing_ok=True)
