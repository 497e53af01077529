"""All or nothing: every way a run can fail or die, at every step."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kitexgen.driver.changes import Change
from kitexgen.driver.exchange import exchange_folders
from kitexgen.driver.lock import folder_lock
from kitexgen.driver.write import clear_leftovers, write

Tree = dict[str, bytes]

OLD: Tree = {
    "__init__.py": b"# old root\n",
    "demo/__init__.py": b"# old demo\n",
    "demo/user.py": b"# old user\n",
    "gone/orphan.py": b"# old orphan\n",
    "same/kept.py": b"# kept\n",
    ".kitexgen/manifest.json": b"old manifest\n",
}
NEW: Tree = {
    "__init__.py": b"# new root\n",
    "demo/__init__.py": b"# old demo\n",
    "demo/user.py": b"# new user\n",
    "fresh/deep/a.py": b"# new a\n",
    "same/kept.py": b"# kept\n",
    ".kitexgen/manifest.json": b"new manifest\n",
}
CHANGES = [
    Change(path=path, before=OLD.get(path), after=NEW.get(path), is_state=path.startswith("."))
    for path in sorted(OLD.keys() | NEW.keys())
    if OLD.get(path) != NEW.get(path)
]
OWNED = tuple(sorted(OLD.keys() | NEW.keys()))
HANDWRITTEN: Tree = {"demo/mine.py": b"by hand\n", "notes.txt": b"by hand\n"}


def lay_down(folder: Path, tree: Tree) -> None:
    for path, content in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def tree_of(folder: Path) -> Tree:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def folders_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_dir()}


class Steps:
    """Counts steps; at number `at` it calls `act`."""

    def __init__(self, at: int = -1, act: Callable[[], None] = lambda: None) -> None:
        self.names: list[str] = []
        self._at = at
        self._act = act

    def __call__(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) - 1 == self._at:
            self._act()


def never(one: Path, other: Path) -> bool:
    return False


# What is in the folder before, and how it can be replaced: each goes another way through `write`.
WAYS = {
    "new folder": ({}, exchange_folders),
    "exchange": (OLD, exchange_folders),
    "journal": (OLD, never),
    "journal beside handwritten files": (OLD | HANDWRITTEN, exchange_folders),
}


def changes_from(before: Tree) -> list[Change]:
    return CHANGES if before else [Change(path=path, before=None, after=after) for path, after in NEW.items()]


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run(out: Path, way: str, step: Callable[[str], None]) -> None:
    before, exchange = WAYS[way]
    with folder_lock(out):
        write(out, changes_from(before), OWNED, step=step, exchange=exchange)


def prepared(tmp_path: Path, way: str) -> Path:
    out = tmp_path / "kitex_gen"
    lay_down(out, WAYS[way][0])
    return out


def test_writes_everything(tmp_path: Path, way: str) -> None:
    out = prepared(tmp_path, way)
    kept = {path for path in WAYS[way][0] if path in HANDWRITTEN}
    run(out, way, Steps())
    assert tree_of(out) == NEW | {path: HANDWRITTEN[path] for path in kept}
    assert "gone" not in folders_of(out)
    assert [path.name for path in tmp_path.iterdir()] == ["kitex_gen"]


def test_an_error_at_any_step_leaves_the_old_output(tmp_path: Path, way: str) -> None:
    counting = Steps()
    run(prepared(tmp_path / "count", way), way, counting)
    for number, name in enumerate(counting.names):
        base = tmp_path / str(number)
        out = prepared(base, way)
        before = tree_of(out), folders_of(out)

        def full_disk() -> None:
            raise OSError(28, os.strerror(28))

        if name == "clear":  # after the exchange: the new output counts, only the old is still to be removed
            continue
        with pytest.raises(OSError, match="No space left"):
            run(out, way, Steps(number, full_disk))
        assert (tree_of(out), folders_of(out)) == before, name
        assert out.exists() == bool(WAYS[way][0]), name
        if base.exists():
            assert [path.name for path in base.iterdir() if path != out] == [], name


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_write as case
number = int(sys.argv[3])
steps = case.Steps(number, lambda: os.kill(os.getpid(), signal.SIGKILL))
case.run(Path(sys.argv[2]), sys.argv[4], steps)
"""


def killed_at(out: Path, number: int, way: str) -> int:
    """Run in a process that kills itself before step `number`; gives its exit status."""
    return subprocess.run(
        [sys.executable, "-c", KILLED_RUN, str(Path(__file__).parent), str(out), str(number), way], check=False
    ).returncode


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_old_or_new_whole(tmp_path: Path, way: str) -> None:
    counting = Steps()
    run(prepared(tmp_path / "count", way), way, counting)
    may_mix = way.startswith("journal")
    extra = {path: content for path, content in WAYS[way][0].items() if path in HANDWRITTEN}
    for number, name in enumerate(counting.names):
        out = prepared(tmp_path / str(number), way)
        assert killed_at(out, number, way) == -signal.SIGKILL
        whole = [WAYS[way][0], NEW | extra]
        if not may_mix:
            assert tree_of(out) in whole, name
        with folder_lock(out):
            clear_leftovers(out)
        assert tree_of(out) in whole, name
        assert [path.name for path in out.parent.iterdir() if path != out] == [], name
        run(out, way, Steps()) if tree_of(out) == WAYS[way][0] else None
        assert tree_of(out) == NEW | extra


def test_recovery_may_be_killed_and_done_again(tmp_path: Path) -> None:
    out = prepared(tmp_path, "journal")
    steps = Steps()
    run(prepared(tmp_path / "count", "journal"), "journal", steps)
    killed_at(out, steps.names.index("count"), "journal")
    assert tree_of(out) != OLD
    journal = (out / ".kitexgen/journal.json").read_bytes()
    clear_leftovers(out)
    assert tree_of(out) == OLD
    # Had it been killed before its last act, the journal would still be there, and the kept files with it.
    assert b'"run"' in journal


def test_a_journal_that_is_not_ours_is_dropped(tmp_path: Path) -> None:
    out = prepared(tmp_path, "journal")
    (out / ".kitexgen/journal.json").write_text("{")
    clear_leftovers(out)
    assert tree_of(out) == OLD


def test_a_link_among_the_files_is_no_ground_for_exchange(tmp_path: Path) -> None:
    out = prepared(tmp_path, "exchange")
    (tmp_path / "elsewhere.py").write_text("by hand")
    (out / "linked.py").symlink_to(tmp_path / "elsewhere.py")

    def refuse(one: Path, other: Path) -> bool:
        raise AssertionError("exchanged")

    with folder_lock(out):
        write(out, CHANGES, OWNED, exchange=refuse)
    assert (out / "linked.py").read_text() == "by hand"


def test_compiled_files_do_not_keep_a_folder(tmp_path: Path, way: str) -> None:
    out = prepared(tmp_path, way)
    if WAYS[way][0]:
        lay_down(out, {"gone/__pycache__/orphan.cpython-311.pyc": b"", "same/__pycache__/kept.cpython-311.pyc": b"x"})
        run(out, way, Steps())
        assert "gone" not in folders_of(out)
        assert (out / "same/__pycache__/kept.cpython-311.pyc").read_bytes() == b"x"


def test_the_output_may_be_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real"
    lay_down(real, OLD)
    (tmp_path / "kitex_gen").symlink_to(real)
    run(tmp_path / "kitex_gen", "exchange", Steps())
    assert (tmp_path / "kitex_gen").is_symlink()
    assert tree_of(real) == NEW


def test_a_read_only_folder_stays_as_it_is(tmp_path: Path, way: str) -> None:
    out = prepared(tmp_path, way)
    blocked = out / "demo" if out.exists() and WAYS[way][0] else tmp_path
    blocked.chmod(0o555)
    if os.access(blocked, os.W_OK):
        pytest.skip("this user may write anywhere (root with all capabilities)")
    try:
        with pytest.raises(PermissionError):
            run(out, way, Steps())
        assert tree_of(out) == WAYS[way][0]
    finally:
        blocked.chmod(0o755)


def test_exchange_says_when_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    assert exchange_folders(tmp_path / "one", tmp_path / "missing") is False
    assert (tmp_path / "one").is_dir()


@pytest.mark.parametrize("below", [".", "demo"])
def test_the_folder_that_we_stand_in_stays_the_same_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    out = prepared(tmp_path, "exchange")
    monkeypatch.chdir(out / below)
    run(out, "exchange", Steps())
    assert Path.cwd() == out / below
    assert tree_of(out) == NEW


# ---- a change of one folder among many ----------------------------------------------------------------------------

PACKAGES: Tree = {f"{package}/{name}": b"old" for package in ("a/b", "a/c", "d") for name in ("x.py", "y.py")}
WITHIN = [
    Change(path="a/b/x.py", before=b"old", after=b"new"),
    Change(path="a/b/more/z.py", before=None, after=b"new"),
]
AFTER: Tree = PACKAGES | {"a/b/x.py": b"new", "a/b/more/z.py": b"new"}


def write_within(out: Path, step: Callable[[str], None]) -> None:
    with folder_lock(out):
        write(out, WITHIN, list(PACKAGES), step=step)


def test_only_the_folder_that_changes_is_exchanged(tmp_path: Path) -> None:
    out = tmp_path / "kitex_gen"
    lay_down(out, PACKAGES)
    before = {path: path.stat().st_ino for path in (out, out / "a", out / "a" / "c", out / "d", out / "a" / "b")}
    steps = Steps()
    write_within(out, steps)
    assert tree_of(out) == AFTER
    assert [path.relative_to(out).as_posix() for path, inode in before.items() if path.stat().st_ino != inode] == [
        "a/b"
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["kitex_gen"]
    assert "exchange" in steps.names


def test_an_error_within_a_folder_leaves_the_old_output(tmp_path: Path) -> None:
    counting = Steps()
    lay_down(tmp_path / "count" / "kitex_gen", PACKAGES)
    write_within(tmp_path / "count" / "kitex_gen", counting)

    def full_disk() -> None:
        raise OSError(28, os.strerror(28))

    for number, name in enumerate(counting.names):
        if name == "clear":
            continue
        out = tmp_path / str(number) / "kitex_gen"
        lay_down(out, PACKAGES)
        with pytest.raises(OSError, match="No space left"):
            write_within(out, Steps(number, full_disk))
        assert tree_of(out) == PACKAGES
        assert [path.name for path in out.parent.iterdir()] == ["kitex_gen"]


def test_handwritten_files_elsewhere_do_not_matter(tmp_path: Path) -> None:
    out = tmp_path / "kitex_gen"
    lay_down(out, PACKAGES | {"d/mine.py": b"mine"})
    steps = Steps()
    write_within(out, steps)
    assert tree_of(out) == AFTER | {"d/mine.py": b"mine"}
    assert "exchange" in steps.names
