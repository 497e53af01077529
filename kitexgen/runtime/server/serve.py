"""serve: a server from start to signal, within a running event loop."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kitexgen.runtime.server.routing import Served
from kitexgen.runtime.server.server import Server

if TYPE_CHECKING:
    from typing import Unpack

    from kitexgen.runtime.server.options import ServerSettings


async def serve(*services: Served, address: str = "0.0.0.0:8888", **settings: Unpack[ServerSettings]) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP, then stop as `Server.stop` does: calls in flight are finished.

    SIGHUP counts unless the process ignores it (`nohup`), as in Kitex. A second signal does what it did before: SIGINT
    raises KeyboardInterrupt, the others end the process. Cancelling the task that runs this stops the server too. The
    settings are those of `ServerOptions`. `run` does this without a loop at hand, and with several processes.
    """
    await serve_until_stopped(Server(*services, address=address, **settings))


async def serve_until_stopped(
    server: Server,
    *,
    signals: Sequence[signal.Signals] | None = None,
    listening: socket.socket | None = None,
    lifeline: int | None = None,
) -> None:
    """Run `server` until one of `signals` comes, or `lifeline`, a descriptor, ends: who held its other side is gone.

    `signals` are `stop_signals()` when nobody says; `listening` is as in `Server.start`.
    """
    stopping = asyncio.Event()
    numbers = stop_signals() if signals is None else signals
    with _on_signals(numbers, stopping.set) as restore, _on_end(lifeline, stopping.set):
        await server.start(listening=listening)
        try:
            await stopping.wait()
            restore()
        finally:
            await server.stop()


def stop_signals() -> tuple[signal.Signals, ...]:
    """The signals that end a server in this process."""
    usual = (signal.SIGTERM, signal.SIGINT)
    if not hasattr(signal, "SIGHUP") or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return usual
    return (*usual, signal.SIGHUP)


@contextmanager
def _on_signals(numbers: Sequence[signal.Signals], callback: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Call `callback` on the loop when one of the signals comes.

    Gives the function after which signals do again what they did before; on leaving it is called at the latest.
    """
    loop = asyncio.get_running_loop()
    before: dict[signal.Signals, Any] = {}
    for number in numbers:
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


@contextmanager
def _on_end(descriptor: int | None, callback: Callable[[], None]) -> Iterator[None]:
    """Call `callback` when the other side of `descriptor`, on which nothing is ever written, is closed."""
    if descriptor is None:
        yield
        return
    loop = asyncio.get_running_loop()

    def ended() -> None:
        loop.remove_reader(descriptor)
        callback()

    loop.add_reader(descriptor, ended)
    try:
        yield
    finally:
        loop.remove_reader(descriptor)
