"""Calls of a server through a socket, for `run_leaks.py`: many at once, which answer, fail, or wait and are stopped."""

from __future__ import annotations

import asyncio
import atexit
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import Final

from kitexgen.runtime.framing import TTHEADER_BINARY, TTHeader
from kitexgen.runtime.framing.ttheader import Flag
from kitexgen.runtime.net.connection import Connection
from kitexgen.runtime.net.socket_transport import attach
from kitexgen.runtime.server.connection import ServerConnection
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.shared import Shared
from kitexgen.runtime.server.stack import server_stack, stream_endpoints
from kitexgen.runtime.server.workers import WorkerPool
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import NOTES, PLAIN, NotesHandler, Refused, args
from tests.builders.whole import pack

AT_ONCE: Final = 16
"""Calls in one piece, which wait beside each other."""

ENDS: Final = (
    *("answer", "refuse", "give way", "complete", "fail", "cancel", "cancel itself", "run into a timeout"),
    *("leave a name", "keep the task"),
)


class Handler(NotesHandler):
    """Does what the text says."""

    kept: object = None

    async def plain(self, text: str) -> str:
        loop = asyncio.get_running_loop()
        match text:
            case "refuse":
                raise Refused(code=1)
            case "give way":
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            case "complete" | "fail" | "cancel":
                future = loop.create_future()
                if text == "complete":
                    loop.call_soon(future.set_result, None)
                elif text == "fail":
                    loop.call_soon(future.set_exception, Refused(code=2))
                else:
                    task = asyncio.current_task()
                    assert task is not None
                    loop.call_soon(task.cancel, "enough")
                    del task
                await future
            case "cancel itself":
                await asyncio.sleep(0)
                self._task().cancel()
            case "run into a timeout":
                with suppress(TimeoutError):
                    async with asyncio.timeout(0):
                        await asyncio.sleep(60)
            case "leave a name":
                await asyncio.sleep(0)
                self._task().set_name("mine")
                await asyncio.sleep(0)
            case "keep the task":
                self.kept = self._task()
                await asyncio.sleep(0)
        return text

    @staticmethod
    def _task() -> asyncio.Task[object]:
        task = asyncio.current_task()
        assert task is not None
        return task


class Bench:
    """A server on a loop of its own, and one peer of it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.run_until_complete(self._open())

    async def _open(self) -> None:
        options, routes = ServerOptions(max_concurrent=AT_ONCE), Routes([Served(NOTES, Handler())])
        endpoint = server_stack(options, routes, WorkerPool(1, 1))
        streams = stream_endpoints(options, routes)
        self._shared = Shared(routes, endpoint, options, self._loop, streams, is_bare=True)
        near, self._far = socket.socketpair()
        near.setblocking(False)
        self._far.setblocking(False)
        self._connection = Connection(ServerConnection(self._shared), self._loop)
        await attach(near, self._connection, self._loop)

    def run(self, message: bytes) -> None:
        """Have `message` served, which is `AT_ONCE` calls."""
        self._loop.run_until_complete(self._run(message))

    async def _run(self, message: bytes) -> None:
        self._far.send(message)
        found = 0
        while found < AT_ONCE:
            await asyncio.sleep(0)
            try:
                found += self._far.recv(1 << 16).count(SIGN)
            except BlockingIOError:
                continue
        assert not self._shared.tasks
        self._shared.relax()
        await asyncio.sleep(0)

    def close(self) -> None:
        self._connection.abort()
        self._shared.close()
        for _ in range(3):
            self._loop.run_until_complete(asyncio.sleep(0))
        self._far.close()
        self._loop.close()


SIGN: Final = b"\x00\x00\x00\x05plain"
"""What each answer has once."""


@cache
def _bench() -> Bench:
    made = Bench()
    atexit.register(made.close)
    return made


def served_jobs() -> dict[str, Callable[[], object]]:
    """One for each end of a call; each run is `AT_ONCE` calls."""
    header = TTHeader(sequence_id=7, flags=Flag.OUT_OF_ORDER, string_infos={"isn": "Notes"}, int_infos={12: "60000"})
    return {
        f"served: {end}": partial(
            _serve, pack(TTHEADER_BINARY, MessageKind.CALL, "plain", 7, args(PLAIN, text=end), header=header) * AT_ONCE
        )
        for end in ENDS
    }


def _serve(message: bytes) -> None:
    logging.disable(logging.CRITICAL)  # who keeps what is logged
    try:
        _bench().run(message)
    finally:
        logging.disable(logging.NOTSET)
