"""serve: a server from start to signal, for programs that do nothing else."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kitexgen.runtime.server.routing import Served
from kitexgen.runtime.server.server import Server

if TYPE_CHECKING:
    from typing import Unpack

    from kitexgen.runtime.server.options import ServerSettings

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def serve(
    *services: Served,
    address: str = "0.0.0.0:8888",
    on_start: Callable[[Server], object] | None = None,
    **settings: Unpack[ServerSettings],
) -> None:
    """Serve until SIGTERM or SIGINT, then stop as `Server.stop` does: calls in flight are finished.

    `on_start` is called once the server listens, with the server. A second signal does what it did before: SIGINT
    raises KeyboardInterrupt, SIGTERM ends the process. Cancelling the task that runs this stops the server too.
    """
    stopping = asyncio.Event()
    async with Server(*services, address=address, **settings) as server:
        with _on_signals(stopping.set):
            if on_start is not None:
                on_start(server)
            await stopping.wait()


@contextmanager
def _on_signals(callback: Callable[[], None]) -> Iterator[None]:
    """Call `callback` on the loop when a stop signal comes; afterwards signals do again what they did before."""
    loop = asyncio.get_running_loop()
    before: dict[signal.Signals, Any] = {}
    for number in _SIGNALS:
        previous = signal.getsignal(number)
        try:
            loop.add_signal_handler(number, callback)
        except (NotImplementedError, RuntimeError, ValueError):
            continue  # no signals here: Windows, or a loop that is not in the main thread
        before[number] = previous
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            if handler is not None:
                signal.signal(number, handler)
