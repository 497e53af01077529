"""Servers of several processes, as programs of their own: what they do is seen from outside."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kitexgen.runtime.errors import ConnectionClosed
from tests.builders.services import NotesClient

PATIENCE = 30.0
"""Seconds for what should take a fraction of one."""

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


class Program:
    """A running `worker_program.py`."""

    def __init__(self, address: str, workers: int, *quirks: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.worker_program", address, str(workers), *quirks],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.pid = self._process.pid

    async def next(self, event: str) -> list[str]:
        """The words of the next line, which must tell of `event`."""
        words = await self._line()
        assert words[:1] == [event], words or self.errors()
        return words[1:]

    async def listening(self, workers: int) -> tuple[list[int], str]:
        """The process ids of so many workers that came up, and their one address."""
        told = [await self.next("listening") for _ in range(workers)]
        addresses = {words[1] for words in told}
        assert len(addresses) == 1
        return [int(words[0]) for words in told], addresses.pop()

    async def ended(self) -> int:
        """The exit code, once the program and all its workers are gone."""
        assert await self._line() == []
        return await asyncio.wait_for(asyncio.to_thread(self._process.wait), PATIENCE)

    async def _line(self) -> list[str]:
        assert self._process.stdout is not None
        return (await asyncio.wait_for(asyncio.to_thread(self._process.stdout.readline), PATIENCE)).split()

    def errors(self) -> str:
        """What was written to standard error. Waits for the end of the program."""
        assert self._process.stderr is not None
        return self._process.stderr.read()

    def close(self) -> None:
        if self._process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()


Start = Callable[..., Program]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Program] = []

    def start_one(*arguments: object) -> Program:
        program = Program(*arguments)  # type: ignore[arg-type]
        started.append(program)
        return program

    yield start_one
    for each in started:
        each.close()


async def served_by(address: str) -> int:
    """The process that answers on a new connection."""
    async with NotesClient("n", hosts=[address]) as notes:
        return int(await notes.plain("who"))


async def serving(address: str, pids: list[int]) -> None:
    """Return when each of the workers has answered: only then has it surely told its parent that it serves.

    The kernel deals connections out by a hash of the ports, so each gets one before long.
    """
    unseen = set(pids)
    while unseen:
        unseen.discard(await served_by(address))


@pytest.mark.parametrize("kind", ["tcp", "unix"])
async def test_workers_share_one_address(start: Start, kind: str, tmp_path: Path) -> None:
    wanted = "127.0.0.1:0" if kind == "tcp" else f"unix:{tmp_path}/shared.sock"
    program = start(wanted, 2)
    pids, address = await program.listening(2)
    assert {await served_by(address) for _ in range(20)} <= set(pids)
    if kind == "tcp":
        await serving(address, pids)
    os.kill(program.pid, signal.SIGTERM)
    assert {(await program.next("stopping"))[0] for _ in pids} == {str(pid) for pid in pids}
    assert await program.ended() == 0
    assert not (tmp_path / "shared.sock").exists()


async def test_a_dead_worker_is_replaced_on_the_same_address(start: Start) -> None:
    program = start("127.0.0.1:0", 2)
    (first, second), address = await program.listening(2)
    await serving(address, [first, second])
    os.kill(first, signal.SIGKILL)
    (third,), same = await program.listening(1)
    assert same == address
    assert third not in (first, second)
    await serving(address, [second, third])
    assert {await served_by(address) for _ in range(20)} <= {second, third}
    os.kill(program.pid, signal.SIGTERM)
    for _ in range(2):
        await program.next("stopping")
    assert await program.ended() == 0
    # Which of the two is heard first is up to the scheduler.
    assert f" (pid {first}) ended by SIGKILL; a new one starts in 0.1 s" in program.errors()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_to_the_parent_stops_all_and_finishes_calls(start: Start, number: signal.Signals) -> None:
    program = start("127.0.0.1:0", 2)
    _, address = await program.listening(2)
    async with NotesClient("n", hosts=[address]) as notes:
        call = asyncio.create_task(notes.slow("finished"))
        await program.next("entered")
        os.kill(program.pid, number)
        assert await call == "finished"
    for _ in range(2):
        await program.next("stopping")
    assert await program.ended() == 0


async def test_a_terminal_signals_all_processes_and_calls_are_finished_just_so(start: Start) -> None:
    program = start("127.0.0.1:0", 2)
    _, address = await program.listening(2)
    async with NotesClient("n", hosts=[address]) as notes:
        call = asyncio.create_task(notes.slow("finished"))
        await program.next("entered")
        os.killpg(program.pid, signal.SIGINT)
        assert await call == "finished"
    for _ in range(2):
        await program.next("stopping")
    assert await program.ended() == 0


async def test_a_second_signal_ends_calls_that_do_not(start: Start) -> None:
    program = start("127.0.0.1:0", 2, "deaf")
    _, address = await program.listening(2)
    async with NotesClient("n", hosts=[address]) as notes:
        call = asyncio.create_task(notes.slow("never finished"))
        await program.next("entered")
        os.kill(program.pid, signal.SIGTERM)
        for _ in range(2):
            await program.next("stopping")
        os.kill(program.pid, signal.SIGTERM)
        with pytest.raises(ConnectionClosed):
            await call
    assert await program.ended() == 0


async def test_workers_stop_when_their_parent_is_killed(start: Start) -> None:
    program = start("127.0.0.1:0", 2)
    _, address = await program.listening(2)
    async with NotesClient("n", hosts=[address]) as notes:
        call = asyncio.create_task(notes.slow("finished"))
        await program.next("entered")
        os.kill(program.pid, signal.SIGKILL)
        assert await call == "finished"
    for _ in range(2):
        await program.next("stopping")
    assert await program.ended() == -signal.SIGKILL


async def test_a_server_whose_workers_cannot_start_fails(start: Start) -> None:
    program = start("127.0.0.1:0", 2, "broken")
    assert await program.ended() == 1
    errors = program.errors()
    assert "RuntimeError: the start hook is broken" in errors
    assert "RuntimeError: a worker process ended with exit code 1 before it served" in errors


async def test_workers_that_fail_later_are_tried_again_and_again(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRAIL", str(tmp_path / "count"))
    program = start("127.0.0.1:0", 2, "frail")
    (first, second), address = await program.listening(2)
    await serving(address, [first, second])
    os.kill(first, signal.SIGKILL)
    for _ in range(2):
        await program.next("failed")
    assert await served_by(address)
    os.kill(program.pid, signal.SIGTERM)
    await program.next("stopping")
    assert await program.ended() == 0
    assert "a new one starts in 0.2 s" in program.errors()


async def test_an_address_that_somebody_has_is_refused(start: Start) -> None:
    with closing(socket.create_server(("127.0.0.1", 0), reuse_port=True)) as taken:
        program = start(f"127.0.0.1:{taken.getsockname()[1]}", 2)
        assert await program.ended() == 1
        assert "Address already in use" in program.errors()
