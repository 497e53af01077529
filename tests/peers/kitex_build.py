"""Build the Kitex server and client of `tests/peers/kitex` once, and keep them for later runs.

No generated Go is kept in git: the kitex tool itself comes from the module proxy, at the version go.mod pins, writes
`kitex_gen` from the IDL, and the binaries are built from that. All of it lies in `.peers/` at the top of the checkout,
in a folder named by the digest of everything the binaries are made of.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.peers.building import CACHE, Peers, PeersBroken, PeersUnavailable, alone, digest_of, run

SOURCES = Path(__file__).parent / "kitex"

IDL = ("echo.thrift", "probe.thrift", "streams.thrift", "messages.proto")
"""The kitex tool writes services of the file it is given only, not of those that file includes."""

STREAMX = {".thrift": ("-streamx",), ".proto": ()}
"""Of Protobuf without streams v0.16.3 writes code with `-streamx` that does not compile: an import too many."""

TOOL = "github.com/cloudwego/kitex/tool/cmd/kitex"
NEEDED = (TOOL, "github.com/cloudwego/kitex/server", "github.com/cloudwego/kitex/client")


def build() -> Peers:
    """The peers, built unless an earlier run did. Safe in several processes at once.

    Raises `PeersUnavailable` or `PeersBroken`.
    """
    go = shutil.which("go")
    if go is None:
        raise PeersUnavailable("the Kitex peers need Go, and there is no `go` on the path")
    home = CACHE / f"kitex-{digest(_run([go, 'version'], CACHE.parent, PeersUnavailable))}"
    with alone():
        if not home.exists():
            _build_into(go, home)
    return Peers(server=home / "server", client=home / "client")


def digest(go_version: str) -> str:
    """What names the folder of a build: changes with each source file and with the Go that builds."""
    return digest_of(go_version, [*_source_files(), Path(__file__)], Path(__file__).parent)


def _source_files() -> list[Path]:
    return sorted(path for path in SOURCES.rglob("*") if path.is_file())


def _build_into(go: str, home: Path) -> None:
    for stale in CACHE.glob("kitex-*"):
        shutil.rmtree(stale)
    work = CACHE / "kitex-building"
    for source in _source_files():
        target = work / source.relative_to(SOURCES)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    # Whatever fails up to here is the machine's lack of modules; what fails after it is our mistake.
    _run([go, "list", "-deps", *NEEDED], work, PeersUnavailable)
    _run([go, "build", "-o", "kitex", TOOL], work, PeersBroken)
    for idl in IDL:
        options = ("-module", "kitexgen.test/peers", "-no-dependency-check", "-I", ".", *STREAMX[Path(idl).suffix])
        _run([str(work / "kitex"), *options, idl], work, PeersBroken)
    built = work / "bin"
    _run([go, "build", "-o", f"{built}/", "./server", "./client"], work, PeersBroken)
    built.rename(home)  # the last step: a folder of that name is always a whole build
    shutil.rmtree(work)


def _run(command: Sequence[str], folder: Path, failure: type[Exception]) -> str:
    """Standard output of the command, or `failure` with what it said."""
    settings = {
        "GOFLAGS": "-buildvcs=false -mod=readonly",  # the versions are those of go.sum, whatever the proxy offers
        "GOTOOLCHAIN": "local",  # never fetch another Go
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }
    return run(command, folder, failure, settings, peers="Kitex")
