"""Server: listen, answer, drain, stop."""

from __future__ import annotations

import asyncio
import inspect
import logging
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kitexgen.runtime.call.deadline import clock_here
from kitexgen.runtime.call.settings import check_names
from kitexgen.runtime.net.address import Address, parse_address
from kitexgen.runtime.net.listen import Listener, listen
from kitexgen.runtime.server.connection import ServerConnection
from kitexgen.runtime.server.options import ServerOptions, ServerSettings, server_options
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.server.shared import Connected, Shared
from kitexgen.runtime.server.stack import server_layers, server_stack, stream_endpoints
from kitexgen.runtime.server.workers import WorkerPool, WorkerStatistics

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self, Unpack

_LOG = logging.getLogger("kitexgen.server")

_CHECK_EVERY = 1.0
"""Seconds between two looks at all connections; one timer a server is cheaper than one a request."""


_CHECKS_PER_TURN = 500
"""Connections looked at in one loop turn: thousands of idle ones should not be felt by the others."""

_CANCEL_WAIT = 1.0
"""Seconds that cancelled calls get to end."""


class Server:
    """Serves one or several services on one address, in whatever format each request comes.

    Services are checked at once: IncompleteHandler and ValueError (see `Routes`) come from the constructor. The
    settings are those of `ServerOptions`:

        async with Server(Served(SERVICE, UserHandler()), address="127.0.0.1:0") as server:
            print(server.address)
    """

    def __init__(self, *services: Served, address: str = "0.0.0.0:8888", **settings: Unpack[ServerSettings]) -> None:
        self._wanted = parse_address(address)
        check_names(type(self).__name__, settings, ServerSettings.__optional_keys__)
        self._options = server_options(settings)
        self._routes = Routes(services, requires_name=self._options.requires_service_name)
        self._listener: Listener | None = None
        self._shared: Shared | None = None
        self._workers: WorkerPool | None = None
        self._checks: asyncio.TimerHandle | None = None
        self._is_stopping = False

    @property
    def options(self) -> ServerOptions:
        """What the settings came to, with all defaults."""
        return self._options

    @property
    def address(self) -> Address:
        """Where the server listens; with port 0, the port it got. Raises RuntimeError when it does not."""
        if self._listener is None:
            raise RuntimeError("the server does not listen")
        return self._listener.address

    @property
    def worker_statistics(self) -> WorkerStatistics:
        """How long plain handlers have waited for a thread. Raises RuntimeError before the server was started."""
        if self._workers is None:
            raise RuntimeError("the server was not started")
        return self._workers.statistics

    @property
    def in_flight(self) -> int:
        """How many calls wait for something at the moment; those that do not wait are over at once."""
        return 0 if self._shared is None else len(self._shared.tasks)

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return 0 if self._shared is None else len(self._shared.connections)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, *, listening: socket.socket | None = None) -> None:
        """Listen and answer from now on, and run the start hooks. A server starts once.

        `listening` is a socket that listens already, from a parent process perhaps; it is used in place of the address.
        Raises OSError when the address cannot be had, and what a hook raises; the server is stopped then.
        """
        if self._workers is not None:
            raise RuntimeError("a server starts once")
        loop, options = asyncio.get_running_loop(), self._options
        workers = self._workers = WorkerPool(options.worker_threads, options.worker_queue)
        endpoint = server_stack(options, self._routes, workers)
        shared = Shared(
            self._routes,
            endpoint,
            options,
            loop,
            stream_endpoints(options, self._routes),
            clock=clock_here(),
            is_bare=not server_layers(options),
        )
        self._listener = await listen(
            self._wanted,
            lambda: ServerConnection(shared),
            tls=options.tls,
            reuse_port=options.reuse_port,
            listening=listening,
            admits=shared.has_room,
        )
        self._shared = shared
        self._checks = loop.call_later(_CHECK_EVERY, self._check_all)
        _LOG.info("listening on %s", self._listener.address)
        try:
            for hook in options.on_start:
                await _awaited(hook(self._listener.address))
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Accept no more, answer what has come, close. May be repeated.

        The stop hooks come first. Then the listener closes, and peers are told to go elsewhere: multiplexing ones by a
        control frame, others with TTHeader in each answer. Connections stay open for `late_requests` seconds, then each
        closes when it is idle. Calls that are not over after `exit_wait` seconds are cancelled and their connections
        cut; a plain handler runs on in its thread.
        """
        shared, listener, workers = self._shared, self._listener, self._workers
        if self._is_stopping or shared is None or listener is None or workers is None:
            return
        self._is_stopping = True
        try:
            await self._run_stop_hooks()
            await listener.close()
            shared.stop_telling()
            for connection in tuple(shared.connections):
                connection.announce()
            if shared.connections:
                await asyncio.sleep(self._options.late_requests)
            await self._finish(shared)
        finally:
            self._shared = self._listener = None
            await listener.close()
            await _cut_off(shared)
            if self._checks is not None:
                self._checks.cancel()
            workers.close()

    async def _run_stop_hooks(self) -> None:
        for hook in self._options.on_stop:
            try:
                await _awaited(hook())
            except Exception:
                _LOG.exception("a stop hook failed: %r", hook)

    async def _finish(self, shared: Shared) -> None:
        """Return when all connections are closed and all calls over, or when that takes too long."""
        shared.is_draining = True
        connections = tuple(shared.connections)
        for connection in connections:
            connection.drain()
        # A connection closes when its last request is answered; a task may outlive the connection it came by.
        ends = [asyncio.create_task(connection.wait_closed()) for connection in connections]
        try:
            if ends or shared.tasks:
                await asyncio.wait({*ends, *shared.tasks}, timeout=self._options.exit_wait)
        finally:
            for end in ends:
                end.cancel()
        if shared.tasks:
            _LOG.warning("%d calls are not over after %g s: cancelled", len(shared.tasks), self._options.exit_wait)

    def _check_all(self) -> None:
        shared = self._shared
        if shared is None:
            return
        self._check_some(shared, iter(tuple(shared.connections)))
        shared.relax()
        self._checks = shared.loop.call_later(_CHECK_EVERY, self._check_all)

    def _check_some(self, shared: Shared, left: Iterator[Connected]) -> None:
        """Look at a part of the connections, and have the loop look at the rest after others had their turn."""
        now = shared.clock()
        for looked_at, connection in enumerate(left, 1):
            connection.check(now)
            if looked_at == _CHECKS_PER_TURN:
                shared.loop.call_soon(self._check_some, shared, left)
                return


async def _cut_off(shared: Shared) -> None:
    """Cancel the calls that are left and close the connections that are."""
    connections, tasks = tuple(shared.connections), tuple(shared.tasks)
    for connection in connections:
        connection.abort()
    for task in tasks:
        task.cancel()
    shared.close()
    if connections:
        await asyncio.gather(*(connection.wait_closed() for connection in connections))
    if tasks:
        _, deaf = await asyncio.wait(tasks, timeout=_CANCEL_WAIT)
        if deaf:
            _LOG.error("%d calls do not end although they are cancelled", len(deaf))
    await asyncio.sleep(0)  # the stepper's task ends


async def _awaited(value: object) -> None:
    if inspect.isawaitable(value):
        await value
