"""Processes of the soak: start, stop, kill, freeze, and see what they take."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.builders.services import NotesClient

ROOT = Path(__file__).parents[2]

AT_REST = 2
"""Tasks of a server that has nothing to do: `serve` itself, and one at hand."""


class ServerProcess:
    """One `tests.soak.serve`. `address` is the same each time it is started."""

    def __init__(self, **settings: Any) -> None:
        self.address = f"127.0.0.1:{_free_port()}"
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server was not started"
        return self._process.pid

    async def start(self) -> None:
        """Return when it listens."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.soak.serve", self.address, json.dumps(self._settings)),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            line = await self._process.stdout.readline()
        assert line, "the server ended before it listened"

    async def stop(self) -> None:
        """SIGTERM; return when it has ended, which it must do in order."""
        assert self._process is not None, "the server was not started"
        self._process.terminate()
        async with asyncio.timeout(30):
            status = await self._process.wait()
        assert status == 0, f"the server ended with status {status}"

    async def kill(self) -> None:
        """SIGKILL; return when it is gone."""
        assert self._process is not None, "the server was not started"
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    def freeze(self) -> None:
        """SIGSTOP: connections stay, nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    async def counts(self) -> dict[str, int]:
        """Tasks, and objects of the runtime by class, while nothing but this question is asked."""
        async with NotesClient("soak", hosts=[self.address], pool="short", timeout=10.0) as notes:
            return {note.text: note.count for note in await notes.all()}

    async def counts_at_rest(self) -> dict[str, int]:
        """The same once the server has let go of the tasks that it keeps for calls: it takes up to two seconds."""
        for _ in range(10):
            counts = await self.counts()
            if counts["tasks"] <= AT_REST:
                break
            await asyncio.sleep(0.5)
        return counts


@asynccontextmanager
async def running(**settings: Any) -> AsyncIterator[ServerProcess]:
    """A server under load, killed on leaving if it still runs."""
    server = ServerProcess(**settings)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


def rss(pid: int | None = None) -> int:
    """KiB of memory that a process holds; None is this one."""
    status = Path(f"/proc/{pid or 'self'}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


def descriptors(pid: int | None = None) -> int:
    """Open files and sockets of a process; None is this one."""
    return len(os.listdir(f"/proc/{pid or 'self'}/fd"))


async def until_descriptors(wanted: int, pid: int | None = None, seconds: float = 10.0) -> int:
    """Return when a process has no more than `wanted` of them, or after `seconds`: how many it has."""
    ends = asyncio.get_running_loop().time() + seconds
    while (found := descriptors(pid)) > wanted and asyncio.get_running_loop().time() < ends:
        await asyncio.sleep(0.05)
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
