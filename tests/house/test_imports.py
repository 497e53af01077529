"""The import contracts of pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_contracts_are_kept() -> None:
    found = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize(
    ("package", "door"),
    [
        ("ply", "kitexgen/idl/lalr.py"),
        ("jinja2", "kitexgen/templating.py"),
        ("black", "kitexgen/codegen/style.py"),
        ("pygls", "kitexgen/lsp/server.py"),
    ],
)
def test_each_outside_package_has_one_door(package: str, door: str) -> None:
    users = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "kitexgen").rglob("*.py"))
        if any(
            line.strip().startswith((f"import {package}", f"from {package}"))
            for line in path.read_text(encoding="utf-8").splitlines()
        )
    ]
    assert users == [door]


def test_the_runtime_needs_the_standard_library_alone() -> None:
    code = (
        "import sys, kitexgen.runtime as r\n"
        "for name in r.__all__: getattr(r, name)\n"
        "import kitexgen.runtime.thrift, kitexgen.runtime.contract.endpoints\n"
        "strangers = {m.partition('.')[0] for m in sys.modules} - sys.stdlib_module_names - {'kitexgen', '__main__'}\n"
        "print(sorted(s for s in strangers if not s.startswith(('_', 'sitecustomize', 'usercustomize'))))\n"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
