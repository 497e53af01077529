"""Server: listen, answer, drain, stop."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from kitexgen.runtime.net.address import Address, parse_address
from kitexgen.runtime.net.listen import Listener, listen
from kitexgen.runtime.server.connection import ServerConnection, Shared
from kitexgen.runtime.server.options import ServerSettings, server_options
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.stack import server_stack
from kitexgen.runtime.server.workers import WorkerPool, WorkerStatistics

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self, Unpack

_LOG = logging.getLogger("kitexgen.server")

_CHECK_EVERY = 1.0
"""Seconds between two looks at all connections; one timer a server is cheaper than one a request."""


class Server:
    """Serves one or several services on one address, in whatever format each request comes.

    Services are checked at once: IncompleteHandler and ValueError (see `Routes`) come from the constructor. The
    settings are those of `ServerOptions`:

        async with Server(Served(SERVICE, UserHandler()), address="127.0.0.1:0") as server:
            print(server.address)
    """

    def __init__(self, *services: Served, address: str = "0.0.0.0:8888", **settings: Unpack[ServerSettings]) -> None:
        self._wanted = parse_address(address)
        self._options = server_options(settings)
        self._routes = Routes(services)
        self._listener: Listener | None = None
        self._shared: Shared | None = None
        self._workers: WorkerPool | None = None
        self._checks: asyncio.TimerHandle | None = None

    @property
    def address(self) -> Address:
        """Where the server listens; with port 0, the port it got. Raises RuntimeError when it does not."""
        if self._listener is None:
            raise RuntimeError("the server does not listen")
        return self._listener.address

    @property
    def worker_statistics(self) -> WorkerStatistics:
        """How long plain handlers have waited for a worker. Raises RuntimeError before the server was started."""
        if self._workers is None:
            raise RuntimeError("the server was not started")
        return self._workers.statistics

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen and answer from now on. Raises OSError when the address cannot be had; a server starts once."""
        if self._workers is not None:
            raise RuntimeError("a server starts once")
        loop = asyncio.get_running_loop()
        workers = self._workers = WorkerPool(self._options.workers, self._options.worker_queue)
        shared = Shared(self._routes, server_stack(self._options, self._routes, workers), self._options, loop)
        self._listener = await listen(self._wanted, lambda: ServerConnection(shared))
        self._shared = shared
        self._checks = loop.call_later(_CHECK_EVERY, self._check_all)
        _LOG.info("listening on %s", self._listener.address)
        if self._options.on_start is not None:
            self._options.on_start(self._listener.address)

    async def stop(self) -> None:
        """Accept no more, answer what has come, close. May be repeated.

        Connections stay open for `late_requests` seconds, then each closes when it is idle. Calls that are not over
        after `exit_wait` seconds are cancelled and their connections cut; a plain handler runs on in its thread.
        """
        shared, self._shared = self._shared, None
        if shared is None or self._listener is None or self._workers is None:
            return
        await self._listener.close()
        if shared.connections:
            await asyncio.sleep(self._options.late_requests)
        await self._finish(shared)
        if self._checks is not None:
            self._checks.cancel()
        self._workers.close()
        self._listener = None

    async def _finish(self, shared: Shared) -> None:
        shared.is_stopping = True
        connections = tuple(shared.connections)
        for connection in connections:
            connection.drain()
        # A connection closes when its last request is answered; a task may outlive the connection it came by.
        ends = [asyncio.create_task(connection.wait_closed()) for connection in connections]
        try:
            if ends or shared.tasks:
                await asyncio.wait({*ends, *shared.tasks}, timeout=self._options.exit_wait)
        finally:
            await _cut_off(shared, ends, self._options.exit_wait)

    def _check_all(self) -> None:
        shared = self._shared
        if shared is None:
            return
        for connection in tuple(shared.connections):
            connection.check(shared.loop.time())
        self._checks = shared.loop.call_later(_CHECK_EVERY, self._check_all)


async def _cut_off(shared: Shared, ends: list[asyncio.Task[None]], waited: float) -> None:
    """Cancel the calls that are left and close their connections."""
    left = tuple(shared.tasks)
    if left:
        _LOG.warning("%d calls were not over after %g s and are cancelled", len(left), waited)
    for task in left:
        task.cancel()
    for connection in tuple(shared.connections):
        connection.abort()
    await asyncio.gather(*left, *ends, return_exceptions=True)
