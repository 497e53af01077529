"""Follows a page of docs as its reader would: writes the files that it shows, types what it types, compares.

A fenced block with a title is a file, `python title="server.py"`. One of `console` is typed: lines that begin with `$ `
are commands (`&` at the end: in the background), the others what must come out, `...` any lines. Behind
`<!-- shown -->` a block is not run. Port 8888 of the page is a free one here.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 60.0
_BLOCK: Final = re.compile(r'(<!-- shown -->\n)?^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_PORT: Final = "8888"


@dataclass(frozen=True, slots=True)
class Block:
    """`title` is the path of a file, None for what is typed."""

    title: str | None
    text: str


def blocks(page: str) -> list[Block]:
    """What a reader does, in order."""
    found = []
    for is_shown, language, title, text in _BLOCK.findall(page):
        if not is_shown and (title or language == "console"):
            found.append(Block(title or None, text))
    return found


@dataclass(slots=True)
class Reader:
    """Someone who follows a page in the empty folder `folder`."""

    folder: Path
    port: str = field(default_factory=lambda: str(_free_port()))
    _background: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tools = self.folder / ".tools"
        tools.mkdir()
        for name, command in {"python": "", "kitexgen": " -m kitexgen"}.items():
            (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{command} "$@"\n')
            (tools / name).chmod(0o755)
        self._environment = {
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "NO_COLOR": "1",
        }

    def follow(self, page: str) -> None:
        try:
            for block in blocks(page):
                text = block.text.replace(_PORT, self.port)
                if block.title:
                    path = self.folder / block.title
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text)
                else:
                    self._type(text)
        finally:
            for process in self._background:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(10)

    def _type(self, text: str) -> None:
        for typed in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, expected = typed.partition("\n")
            found = self._start(command[:-1], expected) if command.endswith("&") else self._run(command)
            assert matches(found, expected), f"$ {command}\n{found}\n--- the page says\n{expected}"

    def _run(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout

    def _start(self, command: str, expected: str) -> str:
        """Start in the background; give what comes out until that is `expected`, or time is up."""
        log = self.folder / f".log{len(self._background)}"
        with log.open("wb") as output:
            self._background.append(
                subprocess.Popen(
                    ["bash", "-c", f"exec {command}"],
                    cwd=self.folder,
                    env=self._environment,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
        end = time.monotonic() + PATIENCE
        while not (matches(log.read_text(), expected) and self._is_up(expected)) and time.monotonic() < end:
            assert self._background[-1].poll() is None, f"$ {command}\n{log.read_text()}"
            time.sleep(0.02)
        return log.read_text()

    def _is_up(self, expected: str) -> bool:
        """A server that says nothing is up when its port is."""
        if expected.strip():
            return True
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", int(self.port))) == 0


def matches(found: str, expected: str) -> bool:
    """Whether `found` is what the page says; `...` on a line stands for any text."""
    lines = [re.escape(line.rstrip()).replace(r"\.\.\.", ".*") for line in expected.strip().splitlines()]
    pattern = "\n".join(lines)
    text = "\n".join(line.rstrip() for line in found.strip().splitlines())
    return re.fullmatch(pattern, text, re.DOTALL) is not None


def missing(page: str) -> list[str]:
    """The programs and modules that a page needs and this machine has not: `<!-- needs: thrift, grpcio-tools -->`."""
    needs = re.search(r"<!-- needs: ([^>]*) -->", page)
    names = [name.strip() for name in needs[1].split(",")] if needs else []
    return [name for name in names if shutil.which(name) is None and not _is_module(name)]


def _is_module(name: str) -> bool:
    from importlib.util import find_spec  # noqa: PLC0415 - only some pages ask

    return find_spec(name) is not None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
