"""What is waited for, and that it is noticed however it comes about."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from queue import Queue

import pytest

from kitexgen.driver import watch as watch_module
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


def known(*files: Path, trees: tuple[Path, ...] = ()) -> Watched:
    """What a run depends on that knew of everything before it began."""
    present = frozenset(path for path in files if path.exists())
    watched = Watched(files=frozenset(files), trees=trees, present=present, began=time.time_ns())
    return replace(watched, before=watched.marks())


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
    watcher = watch(known(path, tmp_path / "missing.thrift"))
    happen(path)
    assert tmp_path / f"{name}.thrift" in watcher.next()


def test_a_new_file_below_a_tree_is_noticed(tmp_path: Path, watch: Callable[[Watched], Watcher]) -> None:
    watcher = watch(known(trees=(tmp_path,)))
    (tmp_path / "new.proto").write_text("syntax = 'proto3';\n")
    assert tmp_path / "new.proto" in watcher.next()


def test_a_change_before_anyone_watched_is_noticed(tmp_path: Path, watch: Callable[[Watched], Watcher]) -> None:
    old, gone = tmp_path / "old.thrift", tmp_path / "gone.thrift"
    old.write_text("struct A {}\n")
    gone.write_text("struct A {}\n")
    watched = known(old, gone)
    gone.unlink()
    assert watch(watched).next() == {gone}
    save_by_renaming(old)
    assert watch(watched).next() == {old, gone}


TICK = 4_000_000
LONG_AGO = time.time_ns() - 60 * 10**9


def write(path: Path, text: str, moment: int) -> None:
    """As if at `moment`, within one tick of the clock of files: whatever is written in it looks the same."""
    path.write_text(text)
    os.utime(path, ns=(moment, moment))


@pytest.fixture
def one_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without times of its own: what `os.utime` sets is all there is."""
    monkeypatch.setattr(watch_module, "_last_change", lambda status: status.st_mtime_ns)
    monkeypatch.setattr(
        watch_module, "_stamp", lambda status: (0, status.st_ino, status.st_size, status.st_mtime_ns, 0)
    )


@pytest.mark.usefixtures("one_tick")
def test_a_change_that_looks_older_than_the_run_is_noticed(tmp_path: Path) -> None:
    """The clock of files lags: what is written right after the run began has a time before that."""
    path = tmp_path / "a.thrift"
    write(path, "struct A {}\n", LONG_AGO)
    before = known(path)
    began = time.time_ns()
    write(path, "struct B {}\n", began - TICK)
    assert replace(before, began=began).changed_already() == {path}


@pytest.mark.usefixtures("one_tick")
def test_a_second_change_within_one_tick_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.thrift"
    moment = time.time_ns()
    write(path, "struct A {}\n", moment)
    watched = known(path)
    assert watched.changed_already() == frozenset()
    write(path, "struct B {}\n", moment)
    assert watched.changed_already() == {path}


@pytest.mark.usefixtures("one_tick")
def test_a_file_that_a_run_came_upon_counts_unless_it_had_settled(tmp_path: Path) -> None:
    fresh, old = tmp_path / "fresh.thrift", tmp_path / "old.thrift"
    began = time.time_ns()
    write(fresh, "struct A {}\n", began - TICK)
    write(old, "struct A {}\n", LONG_AGO)
    watched = Watched(files=frozenset({fresh, old}), began=began)
    assert watched.changed_already() == {fresh}
    # The next run knew it before, and none comes after that.
    assert replace(watched, before=watched.marks()).changed_already() == frozenset()


def test_a_time_to_come_is_no_change(tmp_path: Path) -> None:
    path = tmp_path / "a.thrift"
    write(path, "struct A {}\n", time.time_ns() + 10**12)
    watched = known(path)
    assert watched.changed_already() == frozenset()
    write(path, "struct B {}\n", time.time_ns() + 10**12)
    assert watched.changed_already() == {path}


def test_what_was_below_a_tree_before_a_run_and_is_gone_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.proto"
    path.write_text("")
    watched = known(trees=(tmp_path,))
    path.unlink()
    assert watched.changed_already() == {path}


def test_two_changes_within_a_second_are_noticed(tmp_path: Path, watch: Callable[[Watched], Watcher]) -> None:
    path = tmp_path / "a.thrift"
    path.write_text("struct A {}\n")
    watcher = watch(known(path))
    for text in ("struct B {}\n", "struct C {}\n", "struct D {}\n"):
        path.write_text(text)
        assert path in watcher.next()


@pytest.mark.parametrize(("said", "must"), [("true", True), ("1", True), ("false", False), ("Disabled", False)])
def test_the_variable_of_watchfiles_counts(said: str, must: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", said)
    assert watch_module._must_poll() is must
