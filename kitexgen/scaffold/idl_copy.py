"""IDL files of elsewhere, as they will lie in the new project: every file under `idl/`, includes beside each other."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = "idl"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdlCopy:
    """`files` by path in the project; `root` is the one asked for, `include` the search path, both likewise."""

    files: Mapping[str, bytes]
    root: str
    include: tuple[str, ...]


def copied_idl(root: Path, inputs: Sequence[Path], include_dirs: Sequence[Path]) -> IdlCopy:
    """The file `root` and everything that was read for it, laid out so that all includes still find each other.

    Raises OSError when a file cannot be read any more.
    """
    real = {path: Path(os.path.realpath(path)) for path in (root, *inputs)}
    searched = [Path(os.path.realpath(folder)) for folder in include_dirs]
    used = [folder for folder in searched if any(path.is_relative_to(folder) for path in real.values())]
    base = Path(os.path.commonpath([*(path.parent for path in real.values()), *used]))

    def placed(path: Path) -> str:
        return (Path(FOLDER) / path.relative_to(base)).as_posix()

    return IdlCopy(
        files={placed(path): path.read_bytes() for path in real.values()},
        root=placed(real[root]),
        include=tuple(placed(folder) for folder in used),
    )
