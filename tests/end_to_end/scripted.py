"""A server that does exactly what a test says, one connection at a time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tests.end_to_end.endpoints import RawPeer

Script = Callable[[RawPeer], Awaitable[None]]
"""What is done with one connection; it is closed afterwards."""


@asynccontextmanager
async def scripted(*scripts: Script) -> AsyncIterator[str]:
    """The address of a server whose first connection gets the first script, and so on; then it accepts no more.

    On leaving, the scripts that have begun must have come to their end: a failed one fails the test.
    """
    loop = asyncio.get_running_loop()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    tasks: list[asyncio.Task[None]] = []

    async def play(script: Script, accepted: socket.socket) -> None:
        with RawPeer(accepted) as peer:
            await script(peer)

    async def accept() -> None:
        with listening:
            for script in scripts:
                accepted, _ = await loop.sock_accept(listening)
                tasks.append(asyncio.create_task(play(script, accepted)))

    host, port = listening.getsockname()[:2]
    accepting = asyncio.create_task(accept())
    try:
        yield f"{host}:{port}"
    finally:
        accepting.cancel()
        await asyncio.gather(accepting, return_exceptions=True)
        listening.close()
        await asyncio.gather(*tasks)
