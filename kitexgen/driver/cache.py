"""Which outputs still hold: a note after each run, by which the next one sees that nothing changed.

A note lists, by digest, everything the run read and everything it wrote, and what it looked for and did not find (a
file that appears there would be read instead). It lies in `.kitexgen/cache/` of the output folder, one for each way
kitexgen was called there. A note that cannot be read, or written, is no note: the run is done in full. This module is
all that an unchanged run loads besides the settings.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from kitexgen import __version__
from kitexgen.driver.config import Config

_FORMAT = "kitexgen cache 1"
_FOLDER = ".kitexgen/cache"
# A journal tells of a run that was killed while writing; while it lies there, nothing is up to date.
_JOURNAL = ".kitexgen/journal.json"

# What decides the output besides inputs and options. Their places, sizes and times stand for their content: these
# files change when kitexgen or a dependency is installed anew, or worked on.
_OWN_ROOMS = ("codegen", "codegen/plan", "codegen/fastcodec", "driver", "idl", "idl/checks", "idl/thrift", "schema")
_DEPENDENCIES = ("black", "jinja2", "ply", "kitexgen.templates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What the run said to the terminal, without and with colour, for the next run to say again."""

    plain: str
    colored: str


def recall(config: Config) -> Note | None:
    """The note of an equal run, when everything it read and wrote is still as it was."""
    out = Path(config.out)
    if (out / _JOURNAL).exists():
        return None
    try:
        lines = _note_path(config).read_text(encoding="utf-8").split("\n")
        said = lines.index("said")
        if lines[0] != _FORMAT or lines[1] != _tool_digest():
            return None
        if not all(_holds(line) for line in lines[2:said]):
            return None
        plain, colored = "\n".join(lines[said + 1 :]).split("\0")
    except (OSError, ValueError):
        return None
    return Note(plain=plain, colored=colored)


def remember(config: Config, note: Note, *, files: Iterable[Path], missing: Iterable[Path]) -> None:
    """Write the note of a run that read or wrote `files` and looked for `missing` in vain.

    The caller holds the lock of the folder. Whatever goes wrong is passed over: the next run is slower, nothing more.
    """
    path = _note_path(config)
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        lines = [_FORMAT, _tool_digest()]
        lines += sorted({f"{_digest(file)} {os.fspath(file)}" for file in files})
        lines += sorted({f"- {os.fspath(file)}" for file in missing})
        if any("\n" in line for line in lines):
            return
        lines += ["said", f"{note.plain}\0{note.colored}"]
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            scratch.write_text("\n".join(lines), encoding="utf-8", newline="")
            os.replace(scratch, path)
        finally:
            scratch.unlink(missing_ok=True)


def _holds(line: str) -> bool:
    digest, _, path = line.partition(" ")
    if digest == "-":
        return not os.path.exists(path)
    return _digest(path) == digest


def _note_path(config: Config) -> Path:
    key = blake2b(f"{os.getcwd()}\0{config!r}".encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return Path(config.out, _FOLDER, key)


def _digest(path: str | Path) -> str:
    with open(path, "rb", buffering=0) as file:
        return blake2b(file.read(), digest_size=16).hexdigest()


def _tool_digest() -> str:
    """Changes when the same inputs could give other outputs: another kitexgen, template, dependency or Python."""
    marks = [__version__, sys.version, sys.prefix]
    package = Path(__file__).parent.parent
    for room in _OWN_ROOMS:
        marks += _stamps(package / room)
    for name in _DEPENDENCIES:
        spec = find_spec(name)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            marks += _stamps(Path(folder))
            marks += _stamps(Path(folder, "python"))
    return blake2b("\n".join(marks).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _stamps(folder: Path) -> Iterator[str]:
    """Name, size and time of each file in `folder`; nothing where the package is no folder (a zip archive)."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.endswith((".py", ".j2")):
                status = entry.stat()
                yield f"{entry.path} {status.st_size} {status.st_mtime_ns}"
