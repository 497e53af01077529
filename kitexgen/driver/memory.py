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
from typing import Any

from kitexgen.codegen.output import OutputFile
from kitexgen.codegen.reuse import Kept
from kitexgen.driver.cache import note_path, tool_digest
from kitexgen.driver.config import Config
from kitexgen.schema.ids import ModuleId

_VERSION = 1


def recall_modules(config: Config, keys: Mapping[ModuleId, str]) -> dict[ModuleId, Kept]:
    """What is on the disk for those IDL files whose output would be what it was."""
    try:
        memory = json.loads(_path(config).read_bytes())
        if memory["version"] != _VERSION or memory["tool"] != tool_digest():
            return {}
        entries = memory["modules"]
        found = {id: _recalled(entries[id.path], key, id, config) for id, key in keys.items() if id.path in entries}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {id: kept for id, kept in found.items() if kept is not None}


def remember_modules(config: Config, keys: Mapping[ModuleId, str], modules: Mapping[ModuleId, Kept]) -> None:
    """Write down what was written; failing in that is no failure of the run."""
    memory = {
        "version": _VERSION,
        "tool": tool_digest(),
        "modules": {
            id.path: {
                "key": keys[id],
                "imported": sorted(kept.imported),
                "files": {file.path: _digest(file.text.encode()) for file in kept.files},
            }
            for id, kept in modules.items()
        },
    }
    path = _path(config)
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_text(json.dumps(memory), encoding="utf-8")
        os.replace(scratch, path)


def _recalled(entry: Mapping[str, Any], key: str, id: ModuleId, config: Config) -> Kept | None:
    if entry["key"] != key:
        return None
    listed, imported = entry["files"], entry["imported"]
    files = []
    for path, digest in listed.items():
        try:
            content = Path(config.out, path).read_bytes()
        except FileNotFoundError:
            return None
        if _digest(content) != digest:
            return None
        files.append(OutputFile(path, content.decode(), (id,)))
    return Kept(tuple(files), frozenset(imported))


def _path(config: Config) -> Path:
    return Path(f"{note_path(config)}.modules")


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()
