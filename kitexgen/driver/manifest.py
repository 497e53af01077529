"""The list of what we wrote into an output folder, kept there in `.kitexgen/manifest.json` and meant to be committed.

It tells an orphan (ours, and no longer asked for) from a file that belongs to the user. Each file is listed with the
IDL files it was generated for, relative to the output folder, so that two runs over different IDL files may share one
folder and leave each other's files alone. For the handwritten handler it keeps which methods of each service were
there already: what the IDL loses later is known to be an orphan, and no helper of the author's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

# Everything of ours that is not generated code lies here: manifest, cache, a journal while a run writes.
STATE_FOLDER = ".kitexgen"
MANIFEST = f"{STATE_FOLDER}/manifest.json"
IGNORE_FILE = f"{STATE_FOLDER}/.gitignore"
# The manifest is for everyone, the rest for this machine.
IGNORE_TEXT = "*\n!.gitignore\n!manifest.json\n"

_VERSION = 1


class Manifest(NamedTuple):
    """`files`: path of each output to the IDL files it was generated for. `answered`: `user.thrift:UserService` to the
    names of the methods that its handler was given, or had.
    """

    files: Mapping[str, tuple[str, ...]]
    answered: Mapping[str, tuple[str, ...]]


def read_manifest(out: Path) -> Manifest:
    """What stands in the manifest of `out`; empty when there is none, or none that can be trusted.

    Paths that lead out of the folder are left out: a manifest is a file anyone may have edited.
    """
    try:
        document = json.loads((out / MANIFEST).read_bytes())
        if document["version"] != _VERSION:
            return Manifest({}, {})
        listed = _names_by_key(document["files"])
        answered = _names_by_key(document["answered"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Manifest({}, {})
    return Manifest({path: roots for path, roots in listed.items() if _stays_inside(path)}, answered)


def manifest_text(manifest: Manifest) -> str:
    """Sorted, a line an entry, so that two branches merge."""
    files, answered = _lines(manifest.files), _lines(manifest.answered)
    return f'{{"version": {_VERSION}, "files": {{{files}}}, "answered": {{{answered}}}}}\n'


def _lines(table: Mapping[str, tuple[str, ...]]) -> str:
    lines = [f"  {json.dumps(key)}: {json.dumps(list(names))}" for key, names in sorted(table.items())]
    return "\n" + ",\n".join(lines) + "\n" if lines else ""


def _names_by_key(table: dict[object, list[object]]) -> dict[str, tuple[str, ...]]:
    return {str(key): tuple(map(str, names)) for key, names in table.items()}


def _stays_inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts and "\\" not in path and STATE_FOLDER not in pure.parts
