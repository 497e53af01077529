"""Projects of `kitexgen new` for the tests of this folder: laying them down, and running what is in them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from kitexgen.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
PROTO = ROOT / "idl_samples" / "proto"
ORDERS = ("--idl", str(PROTO / "shop" / "orders" / "orders.proto"), "-I", str(PROTO))

OWN = """\
include "sub/base.thrift"
include "shared.thrift"
namespace py acme.api

struct Request { 1: required base.Id id }

service First { void Ping() }
service Second extends base.Health {
  base.Id Get(1: Request request)
  list<shared.Name> Names(1: i64 n)
}
"""


def new(*arguments: str) -> Result:
    result = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, ["new", *arguments], prog_name="kitexgen")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def in_project(
    *command: str, project: str = "shop", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Python with the arguments `command`, in the folder of the project."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env={**ENVIRONMENT, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def assert_its_tests_pass(project: str = "shop") -> str:
    """Gives the last line of pytest, which counts."""
    done = in_project("-m", "pytest", "-q", "-p", "no:cacheprovider", project=project)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


def lay_down_own_idl() -> None:
    for path, text in {
        "idls/own.thrift": OWN,
        "idls/sub/base.thrift": "typedef i64 Id\nservice Health { string Healthy() }\n",
        "common/shared.thrift": "typedef string Name\n",
    }.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)


def paths_in(project: str) -> set[str]:
    """Files that a person looks at: without those of the generated package."""
    paths = (path.relative_to(project) for path in Path(project).rglob("*") if path.is_file())
    return {path.as_posix() for path in paths if path.parts[0] != "kitex_gen"}
