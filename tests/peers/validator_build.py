"""Build `tests/peers/validator`: rules of ours as Go that thrift-gen-validator writes, in a program that judges."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.peers.building import CACHE, PeersBroken, PeersUnavailable, alone, digest_of, run

SOURCES = Path(__file__).parent / "validator"
THRIFTGO = "github.com/cloudwego/thriftgo"
PLUGIN = "github.com/cloudwego/thrift-gen-validator"


def build() -> Path:
    """The program, built unless an earlier run did. Raises `PeersUnavailable` or `PeersBroken`."""
    go = shutil.which("go")
    if go is None:
        raise PeersUnavailable("thrift-gen-validator needs Go, and there is no `go` on the path")
    files = [*sorted(SOURCES.iterdir()), Path(__file__)]
    version = run([go, "version"], CACHE.parent, PeersUnavailable, {}, peers="validator")
    home = CACHE / f"validator-{digest_of(version, files, Path(__file__).parent)}"
    with alone():
        if not home.exists():
            _build_into(go, home)
    return home / "judge"


def _build_into(go: str, home: Path) -> None:
    for stale in CACHE.glob("validator-*"):
        shutil.rmtree(stale)
    work = CACHE / "validator-building"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(SOURCES, work)

    def command(*words: str, failure: type[Exception] = PeersBroken) -> None:
        run(words, work, failure, {"GOTOOLCHAIN": "local"}, peers="validator")

    # Whatever fails up to here is the machine's lack of modules; what fails after it is our mistake.
    command(go, "list", "-mod=mod", "-deps", THRIFTGO, PLUGIN, failure=PeersUnavailable)
    for name, package in {"thriftgo": THRIFTGO, "plugin": PLUGIN}.items():
        command(go, "build", "-mod=mod", "-o", name, package)
    options = f"go:package_prefix=example.com/validated/gen-go,thrift_import_path={_THRIFT}"
    command(str(work / "thriftgo"), "-r", "-g", options, "-p", f"validator={work / 'plugin'}", "rules.thrift")
    command(go, "build", "-mod=mod", "-o", "judge", ".")
    work.rename(home)


_THRIFT = "github.com/apache/thrift/lib/go/thrift"
