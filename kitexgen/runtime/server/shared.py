"""Shared: what the connections of one server have in common."""

from __future__ import annotations

import asyncio
import contextvars
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from kitexgen.runtime.call.deadline import Clock
from kitexgen.runtime.call.endpoint import Endpoint
from kitexgen.runtime.server.options import ServerOptions
from kitexgen.runtime.server.routing import Routes
from kitexgen.runtime.server.stepping import Stepper
from kitexgen.runtime.server.usual_calls import usual_calls

if TYPE_CHECKING:
    from kitexgen.runtime.server.handler_stream import StreamEndpoints


class Connected(Protocol):
    """A connection of a server, whatever is spoken on it."""

    def announce(self) -> None:
        """Tell the peer to begin nothing more here, if there is a way to."""

    def drain(self) -> None:
        """Finish what has begun to come, then close."""

    def abort(self) -> None:
        """Close at once."""

    async def wait_closed(self) -> None:
        """Return when the socket is closed."""

    def check(self, now: float) -> None:
        """Close if the peer has kept us waiting too long. `now` is in seconds of the server's clock."""


@dataclass(slots=True, eq=False)
class Shared:
    """Belongs to one event loop.

    `endpoint` is what calls go through, `streams` what streams do. `tasks` are those of the calls that wait for
    something; `stepper` begins calls, each with the context variables of the server's start, `calls` runs the usual
    ones, where it is compiled. `is_stopping` is whether peers are told to go elsewhere, `is_draining` whether
    connections close as soon as they are idle, `refused` how many calls found `max_in_flight` at work, `is_bare`
    whether `endpoint` does nothing but run the handler.
    """

    routes: Routes
    endpoint: Endpoint
    options: ServerOptions
    loop: asyncio.AbstractEventLoop
    streams: StreamEndpoints
    clock: Clock = time.monotonic
    connections: set[Connected] = field(default_factory=set)
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    is_stopping: bool = False
    is_draining: bool = False
    refused: int = 0
    is_bare: bool = False
    stepper: Stepper = field(init=False)
    calls: Any = field(init=False)

    def __post_init__(self) -> None:
        base = contextvars.copy_context()
        self.stepper = Stepper(self.loop, base, self.tasks)
        self.calls = usual_calls(
            self.routes,
            self.endpoint,
            self.options,
            loop=self.loop,
            base=base,
            at_work=self.tasks,
            clock=self.clock,
            is_bare=self.is_bare,
        )

    def stop_telling(self) -> None:
        """Tell peers to go elsewhere from now on, in each answer that can."""
        self.is_stopping = True
        if self.calls is not None:
            self.calls.halt()

    def relax(self) -> None:
        """Let go of tasks that were kept for calls, and not needed since the last time; for now and then."""
        if self.calls is not None:
            self.calls.relax()

    def close(self) -> None:
        """Let go of the tasks at hand, which end in the next loop turn."""
        self.stepper.close()
        if self.calls is not None:
            self.calls.close()

    def has_room(self, coming: int = 0) -> bool:
        """Whether there may be one more connection, besides `coming` ones that are not open yet."""
        limit = self.options.max_connections
        return limit is None or len(self.connections) + coming < limit

    @property
    def is_full(self) -> bool:
        """Whether as many calls are at work as may be."""
        limit = self.options.max_in_flight
        return limit is not None and len(self.tasks) >= limit
