"""mypy --strict and pyright on generated code and on a file of uses and misuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kitexgen.codegen import GenerateOptions
from tests.builders.generated import generate_code

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a user has it: `api.py` beside the generated package `gen`."""
    folder = tmp_path_factory.mktemp("typing")
    options = GenerateOptions(py_packed=["ml"])
    code = generate_code([HERE / "api.thrift", HERE / "api.proto"], folder, options=options)
    code.folder.rename(folder / "gen")
    shutil.copy(HERE / "api.py", folder)
    settings = {
        "typeCheckingMode": "standard",
        "strict": ["api.py"],
        "reportUnnecessaryTypeIgnoreComment": "error",
        "reportPrivateUsage": "none",
        "extraPaths": [str(ROOT)],
        "pythonVersion": f"{sys.version_info.major}.{sys.version_info.minor}",
        "include": ["api.py", "gen"],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


def run(folder: Path, *command: str) -> str:
    environment = os.environ | {"MYPYPATH": str(ROOT)}
    found = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return found.stdout + found.stderr


def test_mypy(project: Path) -> None:
    pytest.importorskip("mypy")
    assert run(project, "mypy", "--strict", "--cache-dir", ".mypy_cache", "api.py", "gen").startswith("Success")


def test_pyright(project: Path) -> None:
    pytest.importorskip("pyright")
    assert "0 errors, 0 warnings" in run(project, "pyright", "--pythonpath", sys.executable)
