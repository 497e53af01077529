"""Servers that mean no good, or are broken: every call ends with a documented error, in its time."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import TypeAlias

from kitexgen.runtime.client.options import ClientSettings
from tests.builders.services import NotesClient
from tests.soak.load import Tally, echo
from tests.soak.processes import descriptors, rss, until_descriptors
from tests.soak.scenario import Result, Scale

_TIMEOUT = 0.5
_LATE = 2.0
"""Seconds of each call, and those by which it may end too late: the largest header takes a busy core a tenth of a
second to read, and those of all callers come at once."""

_EACH = 4
"""Calls at once of each kind of client."""

_MOST_MEMORY = 96 * 1024
"""KiB by which the callers' process may grow under all of it."""

Behaviour: TypeAlias = Callable[[socket.socket], Awaitable[None]]
"""What is done with one accepted connection, once something has been received on it; it is closed afterwards."""


async def _send(accepted: socket.socket, data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(accepted, data)


async def _resets(accepted: socket.socket) -> None:
    await _send(accepted, b"\x00\x00\x00\x40\x80\x01")
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _ends(accepted: socket.socket) -> None:
    await _send(accepted, b"\x00\x00\x00\x40\x80\x01")


async def _half_open(accepted: socket.socket) -> None:
    await _send(accepted, b"\x00\x00\x00\x40\x80\x01")
    accepted.shutdown(socket.SHUT_WR)
    await asyncio.sleep(2 * _TIMEOUT)


async def _silent(accepted: socket.socket) -> None:
    await asyncio.sleep(2 * _TIMEOUT)


async def _drips(accepted: socket.socket) -> None:
    await _send(accepted, b"\x00\x00\x40\x00\x80\x01")
    for _ in range(10):
        await asyncio.sleep(_TIMEOUT / 5)
        await _send(accepted, b"x")


async def _garbage(accepted: socket.socket) -> None:
    await _send(accepted, bytes(range(1, 250)) * 40)


async def _oversize(accepted: socket.socket) -> None:
    await _send(accepted, b"\x7f\xff\xff\xff\x80\x01\x00\x02" + b"x" * 100_000)


async def _header_bomb(accepted: socket.socket) -> None:
    await _send(
        accepted, b"\x7f\xff\xff\xff\x10\x00\x00\x00\x00\x00\x00\x01\xff\xff\x00\x00\x01\xff\xff" + b"\x00" * 262_138
    )


async def _anothers_answer(accepted: socket.socket) -> None:
    message = b"\x80\x01\x00\x02\x00\x00\x00\x04echo\x7f\xff\xff\xff\x00"
    await _send(accepted, len(message).to_bytes(4, "big") + message)


async def _endless(accepted: socket.socket) -> None:
    for _ in range(2000):
        await _send(accepted, b"\x00\xff\xff\xff\x80\x01\x00\x02" + b"x" * 100_000)


_BEHAVIOURS: dict[str, Behaviour] = {
    "reset in the middle of an answer": _resets,
    "end in the middle of an answer": _ends,
    "half-open in the middle of an answer": _half_open,
    "silent": _silent,
    "a byte now and then": _drips,
    "garbage": _garbage,
    "answers past the limit": _oversize,
    "header bombs": _header_bomb,
    "answers to other calls": _anothers_answer,
    "more and more of an answer": _endless,
}

_KINDS: list[ClientSettings] = [
    {"transport": "framed"},
    {"transport": "ttheader"},
    {"transport": "ttheader", "pool": "mux"},
    {"transport": "framed", "pool": "short"},
]


async def run(scale: Scale) -> Result:
    result = Result("Bad servers", "every call ends with a documented error, within its timeout, and nothing is left")
    open_before, memory, peak = descriptors(), rss(), rss()
    told: list[tuple[str, str]] = []
    slowest = 0.0
    for name, behaviour in (*_BEHAVIOURS.items(), ("black hole: connects to nothing", None)):
        tally = Tally()
        with _listening(128 if behaviour else 0) as listening:
            async with _serving(listening, behaviour) if behaviour else _filled(listening):
                await _call_all(tally, listening.getsockname()[1], scale.rounds)
        peak = max(peak, rss())
        slowest = max(slowest, tally.slowest_failure)
        assert not tally.answered, f"{name}: {tally.answered} calls were answered"
        assert not tally.wrong, f"{name}: {tally.wrong} calls took what was no answer to them"
        told.append((f"{name}: {tally.calls} calls failed with", tally.failed()))
    left = await until_descriptors(open_before)
    assert slowest < _TIMEOUT + _LATE, f"a call of {_TIMEOUT} s failed after {slowest:.2f} s"
    assert left <= open_before, f"{left - open_before} sockets are left"
    assert peak - memory <= _MOST_MEMORY, f"the callers' process grew by {peak - memory} KiB"
    result.figures += told
    result.add(
        f"a call with a timeout of {1000 * _TIMEOUT:.0f} ms failed after, at the latest", f"{1000 * slowest:.0f} ms"
    )
    result.add("the callers' memory above its beginning, at most", f"{(peak - memory) / 1024:.1f} MiB")
    result.add("sockets left", 0)
    return result


async def _call_all(tally: Tally, port: int, rounds: int) -> None:
    clients = [
        NotesClient("soak", hosts=[f"127.0.0.1:{port}"], max_message=1 << 20, timeout=_TIMEOUT, **kind)
        for kind in _KINDS
    ]
    for _ in range(rounds):
        await asyncio.gather(*(echo(tally, client) for client in clients for _ in range(_EACH)))
    for client in clients:
        await client.close()


def _listening(backlog: int) -> socket.socket:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(backlog)
    listening.setblocking(False)
    return listening


@asynccontextmanager
async def _filled(listening: socket.socket) -> AsyncIterator[None]:
    """Connections are made until the kernel answers no more: what connects now is in a black hole."""
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        for _ in range(64):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            try:
                async with asyncio.timeout(0.2):
                    await loop.sock_connect(filler, listening.getsockname())
            except TimeoutError:
                break
        else:
            raise AssertionError("the kernel takes any number of connections that nobody accepts")
        yield


@asynccontextmanager
async def _serving(listening: socket.socket, behaviour: Behaviour) -> AsyncIterator[None]:
    """Connections are accepted and treated so."""
    loop = asyncio.get_running_loop()

    async def behave(accepted: socket.socket) -> None:
        with accepted, suppress(ConnectionError):
            await loop.sock_recv(accepted, 65536)
            await behaviour(accepted)

    async def accept() -> None:
        while True:
            accepted, _ = await loop.sock_accept(listening)
            tasks.add(task := asyncio.create_task(behave(accepted)))
            task.add_done_callback(tasks.discard)

    tasks = {asyncio.create_task(accept())}
    try:
        yield
    finally:
        ending = tuple(tasks)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
