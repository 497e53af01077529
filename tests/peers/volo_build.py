"""Build the Volo server and client of `tests/peers/volo` once, and keep them for later runs.

It takes three minutes of processor time, some 300 crates from the registry and half a gigabyte in `.peers/`, so it is
done only where it is asked for: with KITEXGEN_VOLO=1. Generated Rust is not kept: `build.rs` writes it from the IDL
that all peers share.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.peers.building import CACHE, Peers, PeersBroken, PeersUnavailable, alone, digest_of, run

HERE = Path(__file__).parent
TARGET = CACHE / "volo-target"
"""The crates, compiled: kept, so that a change to the peers themselves takes seconds."""


def build() -> Peers:
    """The peers, built unless an earlier run did. Safe in several processes at once.

    Raises `PeersUnavailable` or `PeersBroken`.
    """
    if os.environ.get("KITEXGEN_VOLO") != "1":
        raise PeersUnavailable("the Volo peers take minutes to build: set KITEXGEN_VOLO=1 to have it done")
    cargo = shutil.which("cargo")
    if cargo is None:
        raise PeersUnavailable("the Volo peers need Rust, and there is no `cargo` on the path")
    version = _run([cargo, "--version"], CACHE.parent, PeersUnavailable)
    home = CACHE / f"volo-{digest_of(version, [*_source_files(), Path(__file__)], HERE)}"
    with alone():
        if not home.exists():
            _build_into(cargo, home)
    return Peers(server=home / "server", client=home / "client")


def _source_files() -> list[Path]:
    idl = (HERE / "kitex").glob("*.thrift")
    return sorted(path for path in (*(HERE / "volo").rglob("*"), *idl) if path.is_file())


def _build_into(cargo: str, home: Path) -> None:
    for stale in CACHE.glob("volo-*"):
        if stale != TARGET:
            shutil.rmtree(stale)
    work = CACHE / "volo-building"
    for source in _source_files():
        target = work / source.relative_to(HERE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    crate = work / "volo"
    # Whatever fails up to here is the machine's lack of crates; what fails after it is our mistake.
    _run([cargo, "fetch", "--locked"], crate, PeersUnavailable)
    _run([cargo, "build", "--locked", "--offline", "--bins"], crate, PeersBroken)
    built = work / "bin"
    built.mkdir()
    for name in ("server", "client"):
        shutil.copy2(TARGET / "debug" / name, built / name)
    built.rename(home)  # the last step: a folder of that name is always a whole build
    shutil.rmtree(work)


def _run(command: Sequence[str], folder: Path, failure: type[Exception]) -> str:
    return run(command, folder, failure, {"CARGO_TARGET_DIR": str(TARGET)}, peers="Volo")
