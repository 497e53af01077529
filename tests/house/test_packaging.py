"""The wheel and the sdist hold everything an installed kitexgen needs."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel and an sdist of a clean copy of the checkout."""
    folder = tmp_path_factory.mktemp("built")
    copy = folder / "copy"
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if tracked.returncode:
        pytest.skip("not a git checkout: what belongs to the project cannot be told from what does not")
    for name in filter(None, tracked.stdout.decode().split("\0")):
        source = ROOT / name
        if source.is_file():
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(folder / "dist"), str(copy)],
        check=True,
        capture_output=True,
    )
    return folder / "dist"


def data_files() -> set[str]:
    """Every template and every explain page, by their path inside the installed package."""
    templates = {
        f"kitexgen/templates/{path.relative_to(ROOT / 'templates').as_posix()}"
        for path in (ROOT / "templates").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    pages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "kitexgen/diagnostics/explain").glob("*.md")}
    return templates | pages | {"kitexgen/py.typed"}


@pytest.mark.slow
def test_the_wheel_holds_templates_pages_and_marker(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert data_files() - names == set()
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "kitexgen").rglob("*.py")}
    assert modules - names == set()
    assert not [name for name in names if "/csrc/" in name]


@pytest.mark.slow
def test_the_sdist_can_be_built_from(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {name.replace("kitexgen/templates/", "templates/") for name in data_files()}
    assert wanted | {"pyproject.toml", "README.md", "LICENSE"} <= names
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "kitexgen/runtime/wire/csrc").iterdir()}
    assert sources - names == set()


@pytest.mark.slow
def test_an_installed_wheel_generates(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)], check=True
    )
    (tmp_path / "echo.thrift").write_text("struct Echo { 1: string text }\n")
    subprocess.run(
        [sys.executable, "-m", "kitexgen", "gen", "echo.thrift"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "PATH": ""},
        check=True,
    )
    assert "class Echo" in (tmp_path / "kitex_gen" / "echo" / "echo.py").read_text()
