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
from collections.abc import Callable, Iterable
from typing import NamedTuple

from kitexgen import __version__
from kitexgen.driver.config import Config

try:
    # As in the standard library's `random`: hashlib loads OpenSSL first, which costs more than all the rest here.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

_FORMAT = "kitexgen cache 1"
_FOLDER = ".kitexgen/cache"
# A journal tells of a run that was killed while writing; while it lies there, nothing is up to date.
_JOURNAL = ".kitexgen/journal.json"

# What decides the output besides inputs and options. Their places, sizes and times stand for their content: these
# files change when kitexgen or a dependency is installed anew, or worked on.
_OWN_ROOMS = (
    "codegen",
    "codegen/plan",
    "codegen/fastcodec",
    "driver",
    "plugins",
    "idl",
    "idl/checks",
    "idl/thrift",
    "idl/proto",
    "idl/proto/checks",
    "idl/proto/options",
    "idl/proto/wellknown/google/protobuf",
    "schema",
    # Installed, the templates lie inside the package; in a checkout beside it (see templating.py).
    "templates/python",
    "templates/macros",
    "../templates/python",
    "../templates/macros",
)
_DEPENDENCIES = ("black", "jinja2", "ply")


class Note(NamedTuple):
    """What the run said to the terminal, without and with colour, for the next run to say again."""

    plain: str
    colored: str


def recall(config: Config) -> Note | None:
    """The note of an equal run, when everything it read and wrote is still as it was."""
    if os.path.exists(os.path.join(config.out, _JOURNAL)):
        return None
    try:
        with open(note_path(config), encoding="utf-8", newline="") as file:
            lines = file.read().split("\n")
        said = lines.index("said")
        if lines[0] != _FORMAT or lines[1] != tool_digest():
            return None
        if not all(_holds(line) for line in lines[2:said]):
            return None
        plain, colored = "\n".join(lines[said + 1 :]).split("\0")
    except (OSError, ValueError):
        return None
    return Note(plain=plain, colored=colored)


def remember(
    config: Config,
    note: Note,
    *,
    files: Iterable[os.PathLike[str]],
    missing: Iterable[os.PathLike[str]],
    digest: Callable[[str], str],
) -> None:
    """Write the note of a run that read or wrote `files` and looked for `missing` in vain; `digest` is that of a file,
    as `Disk` gives it.

    The caller holds the lock of the folder. Whatever goes wrong is passed over: the next run is slower, nothing more.
    """
    path = note_path(config)
    scratch = f"{path}.{os.getpid()}"
    with contextlib.suppress(OSError):
        lines = [_FORMAT, tool_digest()]
        lines += sorted({f"{digest(os.fspath(file))} {os.fspath(file)}" for file in files})
        lines += sorted({f"- {os.fspath(file)}" for file in missing})
        if any("\n" in line for line in lines):
            return
        lines += ["said", f"{note.plain}\0{note.colored}"]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            with open(scratch, "w", encoding="utf-8", newline="") as file:
                file.write("\n".join(lines))
            os.replace(scratch, path)
        except OSError:
            os.unlink(scratch)


def _holds(line: str) -> bool:
    digest, _, path = line.partition(" ")
    if digest == "-":
        return not os.path.exists(path)
    return _digest(path) == digest


def note_path(config: Config) -> str:
    """Where the note of this way to call kitexgen lies."""
    key = blake2b(f"{os.getcwd()}\0{config!r}".encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    return os.path.join(config.out, _FOLDER, key)


def _digest(path: str) -> str:
    with open(path, "rb", buffering=0) as file:
        return blake2b(file.read(), digest_size=16).hexdigest()


def tool_digest() -> str:
    """Changes when the same inputs could give other outputs: another kitexgen, template, dependency or Python."""
    marks = [__version__, sys.version, sys.prefix]
    package = os.path.dirname(os.path.dirname(__file__))
    folders = [os.path.join(package, *room.split("/")) for room in _OWN_ROOMS]
    # Found as Python would find them, without the cost of importing how it does that.
    folders += [os.path.join(place, name) for name in _DEPENDENCIES for place in sys.path]
    for folder in folders:
        marks += _stamps(folder)
    return blake2b("\n".join(marks).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _stamps(folder: str) -> list[str]:
    """Place, size and time of each file in `folder`; nothing where it is none (another place, a zip archive)."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.path, entry.stat()) for entry in entries if entry.name.endswith((".py", ".j2"))]
    except OSError:
        return []
    return sorted(f"{path} {status.st_size} {status.st_mtime_ns}" for path, status in found)
