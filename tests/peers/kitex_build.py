"""Build the Kitex server and client of `tests/peers/kitex` once, and keep them for later runs.

No generated Go is kept in git: the kitex tool itself comes from the module proxy, at the version go.mod pins, writes
`kitex_gen` from the IDL, and the binaries are built from that. All of it lies in `.peers/` at the top of the checkout,
in a folder named by the digest of everything the binaries are made of.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent / "kitex"
CACHE = Path(__file__).parents[2] / ".peers"

IDL = ("echo.thrift", "probe.thrift", "streams.thrift")
"""The kitex tool writes services of the file it is given only, not of those that file includes."""

MODULE = "kitexgen.test/peers"
"""What go.mod calls itself; the generated code is imported by it."""

TOOL = "github.com/cloudwego/kitex/tool/cmd/kitex"
NEEDED = (TOOL, "github.com/cloudwego/kitex/server", "github.com/cloudwego/kitex/client")


class PeersUnavailable(Exception):
    """This machine cannot have the peers: no Go, one that is too old, or no way to the modules. Says it in a line."""


class PeersBroken(Exception):
    """Go and the modules are here, and yet the peers do not build: a mistake of ours. Says all that the tool said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """The built binaries."""

    server: Path
    client: Path


def build() -> Peers:
    """The peers, built unless an earlier run did. Safe in several processes at once.

    Raises `PeersUnavailable` or `PeersBroken`.
    """
    go = shutil.which("go")
    if go is None:
        raise PeersUnavailable("the Kitex peers need Go, and there is no `go` on the path")
    home = CACHE / f"kitex-{digest(_ask([go, 'version'], CACHE.parent))}"
    with _alone():
        if not home.exists():
            _build_into(go, home)
    return Peers(server=home / "server", client=home / "client")


def digest(go_version: str) -> str:
    """What names the folder of a build: changes with each source file and with the Go that builds."""
    content = hashlib.sha256(go_version.encode())
    for path in _source_files():
        content.update(f"\n{path.relative_to(SOURCES).as_posix()}\n".encode())
        content.update(path.read_bytes())
    content.update(Path(__file__).read_bytes())
    return content.hexdigest()[:16]


def _source_files() -> list[Path]:
    return sorted(path for path in SOURCES.rglob("*") if path.is_file())


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the cache: of many test processes one builds, the others wait and find the result."""
    CACHE.mkdir(exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build_into(go: str, home: Path) -> None:
    for stale in CACHE.glob("kitex-*"):
        shutil.rmtree(stale)
    work = CACHE / "kitex-building"
    for source in _source_files():
        target = work / source.relative_to(SOURCES)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    _ask([go, "list", "-deps", *NEEDED], work)  # fetches the modules
    _make([go, "build", "-o", "kitex", TOOL], work)
    for idl in IDL:
        _make([str(work / "kitex"), "-module", MODULE, "-no-dependency-check", "-streamx", idl], work)
    built = work / "bin"
    _make([go, "build", "-o", f"{built}/", "./server", "./client"], work)
    built.rename(home)  # the last step: a folder of that name is always a whole build
    shutil.rmtree(work)


def _ask(command: Sequence[str], folder: Path) -> str:
    """What the command prints. When it fails it is for want of something on this machine: raises PeersUnavailable."""
    done = _run(command, folder)
    if done.returncode:
        *_, reason = done.stderr.split("\n")[:-1] or ["no reason given"]
        raise PeersUnavailable(f"the Kitex peers need Go and modules that cannot be had here: {reason.strip()}")
    return done.stdout


def _make(command: Sequence[str], folder: Path) -> None:
    """Run a step that can only fail by our mistake: raises PeersBroken."""
    done = _run(command, folder)
    if done.returncode:
        shown = " ".join((Path(command[0]).name, *command[1:]))
        raise PeersBroken(f"the Kitex peers cannot be built: `{shown}` says:\n{done.stderr or done.stdout}")


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    settings = {
        "GOFLAGS": "-buildvcs=false -mod=readonly",  # the versions are those of go.sum, whatever the proxy offers
        "GOTOOLCHAIN": "local",  # never fetch another Go
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
