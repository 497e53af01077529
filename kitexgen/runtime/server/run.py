"""run: a server from the start of a program to its end, in one process or several."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from kitexgen.runtime.net.address import MemoryAddress, UnixAddress, parse_address
from kitexgen.runtime.net.listen import reserve
from kitexgen.runtime.server.processes import Supervisor, Worker
from kitexgen.runtime.server.routing import Served
from kitexgen.runtime.server.serve import serve_until_stopped
from kitexgen.runtime.server.server import Server

if TYPE_CHECKING:
    from typing import Unpack

    from kitexgen.runtime.server.options import ServerSettings

LoopFactory: TypeAlias = Callable[[], asyncio.AbstractEventLoop]

_STOP_GRACE = 5.0
"""Seconds that a worker process may take on top of what its own settings allow, before it is killed."""


def run(
    *services: Served,
    address: str = "0.0.0.0:8888",
    workers: int = 1,
    loop_factory: LoopFactory | None = None,
    **settings: Unpack[ServerSettings],
) -> None:
    """Serve until a signal comes, as `serve` does, on an event loop of its own: uvloop's if that is installed.

    With more than one of `workers`, as many processes serve on the one address, each with a loop and with handlers of
    its own: they are forked, so connections, threads and locks belong into a start hook (`on_start`), which each runs.
    The calling process looks after them: one that dies is replaced, later each time it dies young; signals are passed
    on; workers whose parent is gone stop. Must be called from the main thread then.

    Raises OSError when the address cannot be had, and RuntimeError when a worker ends before any came to serve.
    """
    if workers < 1:
        raise ValueError(f"a server needs at least one worker process, not {workers}")
    factory = loop_factory or default_loop_factory()
    server = Server(*services, address=address, **settings)  # what is wrong with services and settings is told here
    if workers == 1:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(serve_until_stopped(server))
        return
    wanted = parse_address(address)
    if isinstance(wanted, MemoryAddress):
        raise ValueError("processes share no memory: give an address with a port, or a unix socket")
    real, reserved = reserve(wanted)
    settings["reuse_port"] = True

    def work(worker: Worker) -> None:
        hooks = (*server.options.on_start, lambda _: worker.tell_ready())
        mine = Server(*services, address=str(real), **{**settings, "on_start": hooks})  # type: ignore[arg-type]
        listening = _inherited(reserved) if isinstance(real, UnixAddress) else None
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(
                serve_until_stopped(mine, signals=(signal.SIGTERM,), listening=listening, lifeline=worker.lifeline)
            )

    options = server.options
    try:
        Supervisor(workers, work, patience=options.late_requests + options.exit_wait + _STOP_GRACE).run()
    finally:
        for each in reserved:
            each.close()
        if isinstance(real, UnixAddress):
            with suppress(FileNotFoundError):
                os.unlink(real.path)


def default_loop_factory() -> LoopFactory | None:
    """uvloop's, if it is installed; else None, which is asyncio's own choice."""
    if importlib.util.find_spec("uvloop") is None:
        return None
    factory: LoopFactory = importlib.import_module("uvloop").new_event_loop
    return factory


def _inherited(reserved: list[socket.socket]) -> socket.socket:
    return reserved[0].dup()
