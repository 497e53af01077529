"""From a save to the new text in the generated file, under `kitexgen watch` over 500 files."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

from tests.benchmarks.idl_tree import lay_down_tree
from tests.benchmarks.processes import ENVIRONMENT, Cost, kitexgen, of_all

_PATIENCE = 120.0
_LOOK_EVERY = 0.002
# Between two saves, so that none falls into what still has to be done after the one before.
_PAUSE = 0.5

Change = Callable[[str, int], tuple[str, str]]
"""The text of a file and the number of a round, to the text to save and what it brings to the generated file."""


class Watch:
    """`kitexgen watch` as a process in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            kitexgen("watch"), cwd=folder, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True
        )
        self._said: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.line()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._said.put(line)

    def line(self) -> str:
        """The next one it says: each run says one."""
        return self._said.get(timeout=_PATIENCE)

    def processor_time(self) -> float:
        """Seconds it has used so far, from /proc."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """What it holds now, in MB (10**6 bytes)."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> None:
        # Not by SIGINT, which a shell may have switched off for what it runs in the background.
        self._process.terminate()
        self._process.wait(_PATIENCE)
        self._reader.join(_PATIENCE)
        assert self._process.stderr is not None
        self._process.stderr.close()


def watching(folder: Path, rounds: int) -> Iterator[tuple[str, Cost, Cost | None]]:
    """What was changed, the seconds until it was there, and the processor time until the watch was idle again; last
    what it holds in memory, as the peak of a cost.
    """
    paths = lay_down_tree(folder / "idl")
    (folder / "kitexgen.toml").write_text('idl = "idl/*.thrift"\n')
    lines = sum(path.read_text().count("\n") for path in paths)
    among = f"of {len(paths)} ({lines:,} lines)"
    watch = Watch(folder)
    try:
        yield f"watch: a field renamed in one file {among}", *_saved(watch, paths[-1], rounds, _rename)
        yield f"watch: a struct added to one file {among}", *_saved(watch, paths[-2], rounds, _add)
        few = max(3, rounds // 4)
        yield "watch: a field renamed in a file that others include", *_saved(watch, paths[40], few, _rename)
        yield "watch: memory after these saves", Cost(0.0, watch.memory()), None
    finally:
        watch.stop()


def _rename(text: str, turn: int) -> tuple[str, str]:
    name = f"renamed{turn}"
    return re.sub(r"( 1: .*) \w+\n", rf"\1 {name}\n", text, count=1), name


def _add(text: str, turn: int) -> tuple[str, str]:
    return f"{text}\nstruct Added{turn} {{\n  1: i64 id\n}}\n", f"Added{turn}"


def _saved(watch: Watch, path: Path, rounds: int, change: Change) -> tuple[Cost, Cost]:
    number = int(re.sub(r"\D", "", path.stem))
    generated = watch.folder / "kitex_gen" / "shop" / f"area{number // 20}" / path.stem / f"{path.stem}.py"
    waited, used = [], []
    for turn in range(rounds):
        text, wanted = change(path.read_text(), turn)
        scratch = path.with_suffix(".saving")
        scratch.write_text(text)
        before, began = watch.processor_time(), time.perf_counter()
        os.replace(scratch, path)
        while wanted not in _text_of(generated):
            if time.perf_counter() - began > _PATIENCE:
                raise TimeoutError(f"{wanted} did not come to {generated}")
            time.sleep(_LOOK_EVERY)
        waited.append(Cost(time.perf_counter() - began))
        watch.line()
        time.sleep(_PAUSE)
        used.append(Cost(watch.processor_time() - before))
    return of_all(waited), of_all(used)


def _text_of(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""  # between two renames
