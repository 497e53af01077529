"""What builds of peers have in common: how they fail, where they lie, that one process does it for all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".peers"
"""At the top of the checkout; each build is a folder in it, named by the digest of all that it is made of."""


class PeersUnavailable(Exception):
    """This machine cannot have the peers: no compiler, one that is too old, or no way to the libraries."""


class PeersBroken(Exception):
    """Compiler and libraries are here, and yet the peers do not build: a mistake of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """The built binaries."""

    server: Path
    client: Path


@contextmanager
def alone() -> Iterator[None]:
    """Hold the cache: of many test processes one builds, the others wait and find the result."""
    CACHE.mkdir(exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest_of(compiler: str, files: Iterable[Path], root: Path) -> str:
    """What names the folder of a build: changes with each of the files and with the compiler's version."""
    content = hashlib.sha256(compiler.encode())
    for path in files:
        content.update(f"\n{path.relative_to(root).as_posix()}\n".encode())
        content.update(path.read_bytes())
    return content.hexdigest()[:16]


def run(
    command: Sequence[str], folder: Path, failure: type[Exception], settings: Mapping[str, str], *, peers: str
) -> str:
    """Standard output of the command, or `failure`. `peers` says whose: "Kitex".

    PeersUnavailable gets the reason in one line, to skip with; other failures get all that the command said.
    """
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    if done.returncode and failure is PeersUnavailable:
        *_, reason = done.stderr.split("\n")[:-1] or ["no reason given"]
        raise failure(f"the {peers} peers need what cannot be had here: {reason.strip()}")
    if done.returncode:
        shown = " ".join((Path(command[0]).name, *command[1:]))
        raise failure(f"the {peers} peers cannot be built: `{shown}` says:\n{done.stderr or done.stdout}")
    return done.stdout
