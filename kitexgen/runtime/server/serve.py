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


async def serve(*services: Served, address: str = "0.0.0.0:8888", **settings: Unpack[ServerSettings]) -> None:
    """Serve until SIGTERM or SIGINT, then stop as `Server.stop` does: calls in flight are finished.

    A second signal does what it did before: SIGINT raises KeyboardInterrupt, SIGTERM ends the process. Cancelling the
    task that runs this stops the server too. The settings are those of `ServerOptions`.
    """
    stopping = asyncio.Event()
    with _on_signals(stopping.set) as restore:
        async with Server(*services, address=address, **settings):
            await stopping.wait()
            restore()


@contextmanager
def _on_signals(callback: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Call `callback` on the loop when a stop signal comes.

    Gives the function after which signals do again what they did before; on leaving it is called at the latest.
    """
    loop = asyncio.get_running_loop()
    before: dict[signal.Signals, Any] = {}
    for number in _SIGNALS:
        previous = signal.getsignal(number)
        try:
            loop.add_signal_handler(number, callback)
        except (NotImplementedError, RuntimeError, ValueError):
            continue  # no signals here: Windows, or a loop that is not in the main thread
        before[number] = previous

    def restore() -> None:
        while before:
            number, handler = before.popitem()
            loop.remove_signal_handler(number)
            if handler is not None:
                signal.signal(number, handler)

    try:
        yield restore
    finally:
        restore()
