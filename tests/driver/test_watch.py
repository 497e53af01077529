"""What is waited for, and that it is noticed however it comes about."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest

from kitexgen.driver.watch import Watched, changes, glob_root

PATIENCE = 20.0


@pytest.mark.parametrize(
    ("pattern", "root"),
    [
        ("idl/*.thrift", "idl"),
        ("idl/**/*.thrift", "idl"),
        ("**/*.proto", "."),
        ("/abs/x?/a.thrift", "/abs"),
        ("/*.thrift", "/"),
        ("a.thrift", "."),
        ("idl/a.thrift", "idl"),
    ],
)
def test_where_a_pattern_begins(pattern: str, root: str) -> None:
    assert glob_root(pattern) == root


def test_what_concerns_a_run(tmp_path: Path) -> None:
    watched = Watched(files=frozenset({tmp_path / "sub" / "a.thrift"}), trees=(tmp_path / "idl",))
    (tmp_path / "idl" / "new").mkdir(parents=True)
    assert watched.concerns(tmp_path / "sub" / "a.thrift")
    assert watched.concerns(tmp_path / "sub")  # it may come, or go, with everything in it
    assert watched.concerns(tmp_path / "idl" / "new")
    assert watched.concerns(tmp_path / "idl" / "new" / "b.proto")
    assert not watched.concerns(tmp_path / "idl" / "notes.txt")
    assert not watched.concerns(tmp_path / "other.thrift")


def test_the_nearest_folder_is_watched_for_one_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "idl" / "node_modules" / "x").mkdir(parents=True)
    (tmp_path / "idl" / "v1").mkdir()
    (tmp_path / "idl" / ".git").mkdir()
    watched = Watched(files=frozenset({tmp_path / "not" / "there" / "a.thrift"}), trees=(tmp_path / "idl",))
    assert watched.folders() == [tmp_path, tmp_path / "idl", tmp_path / "idl" / "v1"]


class Watcher:
    """`changes` in a thread of its own; what it tells comes through `next`."""

    def __init__(self, watched: Watched, *, poll: bool) -> None:
        self._told: Queue[frozenset[Path]] = Queue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(watched, poll), daemon=True)
        self._thread.start()

    def _run(self, watched: Watched, poll: bool) -> None:
        for paths in changes(watched, poll=poll, stop=self._stop):
            self._told.put(paths)

    def next(self) -> frozenset[Path]:
        return self._told.get(timeout=PATIENCE)

    def close(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


def save_in_place(path: Path) -> None:
    path.write_text("struct B {}\n")


def save_by_renaming(path: Path) -> None:
    scratch = path.with_suffix(".tmp")
    scratch.write_text("struct B {}\n")
    os.replace(scratch, path)


def delete(path: Path) -> None:
    path.unlink()


def appear_beside(path: Path) -> None:
    (path.parent / "missing.thrift").write_text("struct C {}\n")


@pytest.fixture(params=[False, True], ids=["told", "polling"])
def watch(request: pytest.FixtureRequest) -> Iterator[Callable[[Watched], Watcher]]:
    open_ones: list[Watcher] = []

    def start(watched: Watched) -> Watcher:
        open_ones.append(Watcher(watched, poll=request.param))
        return open_ones[-1]

    yield start
    for one in open_ones:
        one.close()


def settled() -> int:
    """A moment surely after every file written before and before every later one, however coarse file times are."""
    time.sleep(0.05)
    moment = time.time_ns()
    time.sleep(0.05)
    return moment


@pytest.mark.parametrize(
    ("happen", "name"),
    [(save_in_place, "a"), (save_by_renaming, "a"), (delete, "a"), (appear_beside, "missing")],
    ids=["in place", "by renaming", "deleted", "appeared"],
)
def test_every_way_to_change_is_noticed(
    tmp_path: Path, watch: Callable[[Watched], Watcher], happen: Callable[[Path], None], name: str
) -> None:
    path = tmp_path / "a.thrift"
    path.write_text("struct A {}\n")
    files = frozenset({path, tmp_path / "missing.thrift"})
    watcher = watch(Watched(files=files, present=frozenset({path}), began=settled()))
    happen(path)
    assert tmp_path / f"{name}.thrift" in watcher.next()


def test_a_new_file_below_a_tree_is_noticed(tmp_path: Path, watch: Callable[[Watched], Watcher]) -> None:
    watcher = watch(Watched(files=frozenset(), trees=(tmp_path,), began=settled()))
    (tmp_path / "new.proto").write_text("syntax = 'proto3';\n")
    assert tmp_path / "new.proto" in watcher.next()


def test_a_change_before_anyone_watched_is_noticed(tmp_path: Path, watch: Callable[[Watched], Watcher]) -> None:
    old, gone = tmp_path / "old.thrift", tmp_path / "gone.thrift"
    old.write_text("struct A {}\n")
    gone.write_text("struct A {}\n")
    began = settled()
    gone.unlink()
    files = frozenset({old, gone})
    assert watch(Watched(files=files, present=files, began=began)).next() == {gone}
    save_by_renaming(old)
    assert watch(Watched(files=files, present=files, began=began)).next() == files
