"""What an earlier run wrote for each IDL file, so that a change costs no more than what it touches.

It lies beside the notes of `cache`, one for each way kitexgen was called. An entry holds when its key is the same (see
`codegen.reuse`) and every file it lists is still as it was written; what is wrong with the memory itself only makes
the run do the work again.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple

from kitexgen.codegen.output import OutputFile
from kitexgen.codegen.reuse import Kept
from kitexgen.driver.cache import note_path, tool_digest
from kitexgen.driver.config import Config
from kitexgen.driver.disk import Disk
from kitexgen.schema.ids import ModuleId

_VERSION: Final = 1


class Recalled(NamedTuple):
    """What still holds of an earlier run, and what was written down of it then."""

    kept: Mapping[ModuleId, Kept]
    entries: Mapping[ModuleId, Mapping[str, Any]]


NOTHING_RECALLED: Final = Recalled({}, {})


def recall_modules(config: Config, keys: Mapping[ModuleId, str], disk: Disk) -> Recalled:
    """What is on the disk for those IDL files whose output would be what it was."""
    try:
        memory = json.loads(disk.read(_path(config)))
        if memory["version"] != _VERSION or memory["tool"] != tool_digest():
            return NOTHING_RECALLED
        entries = {id: memory["modules"][id.path] for id in keys if id.path in memory["modules"]}
        found = {id: _recalled(entry, keys[id], id, config, disk) for id, entry in entries.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return NOTHING_RECALLED
    kept = {id: each for id, each in found.items() if each is not None}
    return Recalled(kept, {id: entries[id] for id in kept})


def remember_modules(
    config: Config, keys: Mapping[ModuleId, str], modules: Mapping[ModuleId, Kept], recalled: Recalled
) -> None:
    """Write down what was written; failing in that is no failure of the run."""
    memory = {
        "version": _VERSION,
        "tool": tool_digest(),
        "modules": {
            id.path: recalled.entries[id] if id in recalled.entries else _entry(keys[id], kept)
            for id, kept in modules.items()
        },
    }
    path = _path(config)
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_text(json.dumps(memory), encoding="utf-8")
        os.replace(scratch, path)


def _entry(key: str, kept: Kept) -> dict[str, Any]:
    files = {file.path: blake2b(file.text.encode(), digest_size=16).hexdigest() for file in kept.files}
    return {"key": key, "imported": sorted(kept.imported), "files": files}


def _recalled(entry: Mapping[str, Any], key: str, id: ModuleId, config: Config, disk: Disk) -> Kept | None:
    if entry["key"] != key:
        return None
    files = []
    for path, digest in entry["files"].items():
        place = os.path.join(config.out, path)
        try:
            content, found = disk.read_with_digest(place)
        except FileNotFoundError:
            return None
        if found != digest:
            return None
        files.append(OutputFile(path, content.decode(), (id,)))
    return Kept(tuple(files), frozenset(entry["imported"]))


def _path(config: Config) -> Path:
    return Path(f"{note_path(config)}.modules")
