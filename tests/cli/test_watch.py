"""`kitexgen watch` as a process: what it says, and what stands on the disk."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Queue

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
USER = "namespace py demo\nstruct User {\n  1: i64 id\n}\n"


# `watch` with a signal that comes in a destructor, when what was waited for has come: Python drops its exception there.
DROPS_A_SIGNAL = """
import os, signal, sys, watchfiles
from kitexgen.cli.main import main

class Dropping:
    def __del__(self):
        os.kill(os.getpid(), signal.{signal})
        for _ in range(100):
            pass

def watch(*arguments, told=watchfiles.watch, **settings):
    try:
        yield from told(*arguments, **settings)
    finally:
        Dropping()

watchfiles.watch = watch
main(["watch", *sys.argv[1:]])
"""


class Watch:
    def __init__(self, folder: Path, *arguments: str, start: Sequence[str] = ("-m", "kitexgen", "watch")) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
        self._process = subprocess.Popen(
            [sys.executable, *start, *arguments],
            cwd=folder,
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._lines.put(line)

    def until(self, pattern: str) -> str:
        """Everything said up to and with the first line that `pattern` is found in."""
        said = ""
        while not re.search(pattern, said):
            said += self._lines.get(timeout=PATIENCE)
        return said

    def stop(self, number: int = signal.SIGINT) -> int:
        self._process.send_signal(number)
        return self.status()

    def status(self) -> int:
        """The exit status, once it ends."""
        try:
            status = self._process.wait(PATIENCE)
        finally:
            self._process.kill()  # or a test that fails leaves it behind
        self._reader.join(PATIENCE)
        assert self._process.stderr is not None
        self._process.stderr.close()
        return status


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "idl").mkdir()
    (tmp_path / "idl" / "user.thrift").write_text(USER)
    (tmp_path / "kitexgen.toml").write_text('idl = "idl/*.thrift"\n')
    return tmp_path


@pytest.fixture
def watch(project: Path) -> Iterator[Watch]:
    running = Watch(project)
    yield running
    running.stop()


def test_a_life_of_changes(project: Path, watch: Watch) -> None:
    user, generated = project / "idl" / "user.thrift", project / "kitex_gen" / "demo" / "user.py"
    watch.until(r"\d\d:\d\d:\d\d kitex_gen: \d+ written \(\d+\.\d\d s\)")

    user.write_text(USER.replace("id", "number"))
    watch.until(r"idl/user.thrift changed: kitex_gen: \d+ written, \d+ unchanged")
    assert "number: int" in generated.read_text()

    user.write_text("struct User {")
    said = watch.until("nothing written")
    assert "idl/user.thrift:1:13: error[" in said
    assert "number: int" in generated.read_text()

    user.write_text(USER)
    watch.until(r"idl/user.thrift changed: kitex_gen: \d+ written")
    assert "id: int" in generated.read_text()

    (project / "idl" / "order.thrift").write_text(
        'include "user.thrift"\nnamespace py demo\nstruct Order {1: user.User by}\n'
    )
    watch.until(r"idl/order.thrift changed: kitex_gen: \d+ written")
    assert (project / "kitex_gen" / "demo" / "order.py").exists()

    (project / "idl" / "order.thrift").unlink()
    watch.until(r"idl/order.thrift changed: kitex_gen: \d+ written, \d+ removed")
    assert not (project / "kitex_gen" / "demo" / "order.py").exists()

    (project / "kitexgen.toml").write_text('idl = "idl/*.thrift"\nout = "other"\n')
    watch.until(r"kitexgen.toml changed: other: \d+ written")


def test_a_log_says_first_what_changed_and_always_what_came_of_it(project: Path) -> None:
    """As the problem matcher of the extension reads it: a beginning, findings, an end."""
    user, began, ended = project / "idl" / "user.thrift", r"\d\d:\d\d:\d\d \S+ changed\n", r" \(\d+\.\d\d s\)\n"
    running = Watch(project, "--log")
    running.until(ended)
    user.write_text("struct User {")
    assert re.match(began + r"idl/user.thrift:1:13: error\[(.|\n)*nothing written" + ended, running.until(ended))
    user.write_text(USER)
    assert re.match(began + r"\S+ kitex_gen\b.*" + ended, running.until(ended))
    (project / "kitexgen.toml").write_text("idl = 3\n")
    assert re.match(began + r"kitexgen.toml:1:7: error\[(.|\n)*nothing written" + ended, running.until(ended))
    assert running.stop() == 0


def test_a_wrong_configuration_is_waited_out(project: Path) -> None:
    config = project / "kitexgen.toml"
    config.write_text("idle = 1\n")
    running = Watch(project)
    running.until(r"error\[KX0502\].*\n(.*\n)*1 error")
    config.write_text('idl = "idl/*.thrift"\n')
    running.until(r"kitex_gen: \d+ written")
    assert running.stop() == 0


def test_a_configuration_that_is_gone_is_waited_for(project: Path) -> None:
    config, below = project / "kitexgen.toml", project / "below"
    below.mkdir()
    running = Watch(below)
    running.until(r"kitex_gen: \d+ written")
    said = config.read_text()
    config.unlink()
    running.until(r"kitexgen.toml changed: no IDL file: name one")
    config.write_text(said + 'out = "other"\n')
    running.until(r"kitexgen.toml changed: (\S+/)?other: \d+ written")
    assert running.stop() == 0


def test_without_idl_there_is_nothing_to_watch(tmp_path: Path) -> None:
    running = Watch(tmp_path)
    running.until("no IDL file: name one")
    assert running.status() == 2


def test_a_folder_is_watched_for_new_files(project: Path) -> None:
    (project / "kitexgen.toml").unlink()
    running = Watch(project, "idl")
    running.until(r"kitex_gen: \d+ written")
    (project / "idl" / "order.thrift").write_text("namespace py order\nstruct Order {}\n")
    running.until(r"idl/order.thrift changed: kitex_gen: \d+ written")
    assert running.stop() == 0


def test_an_include_that_is_missing_is_waited_for(project: Path) -> None:
    (project / "a.thrift").write_text('include "b.thrift"\nstruct A {1: b.B b}\n')
    running = Watch(project, "a.thrift", "-o", "out")
    running.until("nothing written")
    (project / "b.thrift").write_text("struct B {}\n")
    running.until(r"b.thrift changed: out: \d+ written")
    assert running.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("flags", [[], ["--poll"]])
def test_either_signal_ends_it_well(project: Path, number: int, flags: list[str]) -> None:
    running = Watch(project, *flags)
    running.until(r"kitex_gen: \d+ written")
    assert running.stop(number) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_python_drops_ends_it_too(project: Path, number: signal.Signals) -> None:
    running = Watch(project, start=("-c", DROPS_A_SIGNAL.format(signal=number.name)))
    running.until(r"kitex_gen: \d+ written")
    (project / "idl" / "user.thrift").write_text(USER.replace("id", "number"))
    assert running.status() == 0


def test_without_watchfiles_nothing_is_generated(tmp_path: Path) -> None:
    (tmp_path / "user.thrift").write_text(USER)
    start = "import sys; sys.modules['watchfiles'] = None\nfrom kitexgen.cli.main import main; main(['watch', '.'])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    command = [sys.executable, "-c", start]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "Error: watching needs the package watchfiles: pip install 'kitexgen[watch]'"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["user.thrift"]
