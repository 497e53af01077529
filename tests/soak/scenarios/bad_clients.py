"""Clients that mean no good, or are broken: each is cut off, memory is bounded, and good callers do not feel them."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

from kitexgen.runtime.framing import FRAMED_BINARY, TTHEADER_BINARY
from kitexgen.runtime.framing.ttheader import TTHeader
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ECHO, Note, NotesClient, args
from tests.builders.whole import pack
from tests.soak.load import Tally, calling, echo
from tests.soak.processes import AT_REST, descriptors, rss, running, until_descriptors
from tests.soak.scenario import Result, Scale

_SETTINGS = {
    "read_timeout": 1.0,
    "arrival_timeout": 3.0,
    "write_timeout": 1.0,
    "idle_timeout": 3.0,
    "max_message": 1 << 20,
}

_CUT_OFF = 10.0
"""Seconds within which a server of these settings has closed every bad connection; it looks at them once a second."""

_MOST_MEMORY = 96 * 1024
"""KiB by which a server may grow under all of it: each peer may make it keep no more than a message and its answers."""

Attack: TypeAlias = Callable[[socket.socket], Awaitable[None]]
"""What is done with one connection. Returns when there is nothing more to do; the server is to close it."""


def _request(size: int = 100) -> bytes:
    return pack(FRAMED_BINARY, MessageKind.CALL, "echo", 1, args(ECHO, note=Note(text="x" * size)))


async def _send(connected: socket.socket, data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(connected, data)


async def _reset(connected: socket.socket) -> None:
    await _send(connected, _request()[:50])
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connected.close()  # with a lingering time of 0: a reset


async def _slow_loris(connected: socket.socket) -> None:
    for byte in _request():
        await _send(connected, bytes([byte]))
        await asyncio.sleep(0.2)


async def _half_open(connected: socket.socket) -> None:
    await _send(connected, _request()[:50])
    connected.shutdown(socket.SHUT_WR)


async def _silent(connected: socket.socket) -> None:
    await _send(connected, _request()[:50])


async def _never_asks(connected: socket.socket) -> None:
    """Nothing is sent at all."""


async def _garbage(connected: socket.socket) -> None:
    await _send(connected, bytes(range(1, 250)) * 4)


async def _oversize(connected: socket.socket) -> None:
    await _send(connected, b"\x7f\xff\xff\xff\x80\x01\x00\x01" + b"x" * 100_000)


async def _header_bomb(connected: socket.socket) -> None:
    infos = {f"key-{number}": "v" * 200 for number in range(1000)}
    await _send(
        connected,
        pack(TTHEADER_BINARY, MessageKind.CALL, "nobody", 1, args(ECHO, note=Note(text="")), header=_header(infos)),
    )
    await _send(connected, b"\x00\xff\xff\xff\x10\x00\x00\x00\x00\x00\x00\x01\xff\xff" + b"\x00" * 1000)


def _header(infos: dict[str, str]) -> TTHeader:
    return TTHeader(sequence_id=1, string_infos=infos)


async def _count_bomb(connected: socket.socket) -> None:
    """A list that announces two thousand million elements."""
    begin = b"\x80\x01\x00\x01\x00\x00\x00\x04echo\x00\x00\x00\x01"
    body = b"\x0f\x00\x01\x0c\x7f\xff\xff\xff" + b"\x00" * 1000
    await _send(connected, len(begin + body).to_bytes(4, "big") + begin + body)


async def _never_reads(connected: socket.socket) -> None:
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    request = _request(50_000)
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            for _ in range(2000):
                await _send(connected, request)


_ATTACKS: dict[str, Attack] = {
    "reset in the middle of a frame": _reset,
    "slow loris, a byte each 200 ms": _slow_loris,
    "half-open in the middle of a frame": _half_open,
    "silent in the middle of a frame": _silent,
    "never asks": _never_asks,
    "garbage": _garbage,
    "frames past the limit": _oversize,
    "header bombs": _header_bomb,
    "counts without elements": _count_bomb,
    "never reads its answers": _never_reads,
}


async def run(scale: Scale) -> Result:
    result = Result(
        "Bad clients", "each is cut off, the server's memory is bounded, good callers are answered meanwhile"
    )
    each = max(scale.callers // 16, 2)
    tally = Tally()
    async with (
        running(**_SETTINGS) as server,
        NotesClient("soak", hosts=[server.address], timeout=5.0, connect_timeout=5.0) as notes,
    ):
        await notes.ping()
        open_before, memory = descriptors(server.pid), rss(server.pid)
        peak = memory
        async with calling(tally, [notes], 8, _gentle):
            for _ in range(scale.rounds):
                attacks = [
                    asyncio.create_task(_attack(server.address, attack))
                    for attack in _ATTACKS.values()
                    for _ in range(each)
                ]
                while not all(attack.done() for attack in attacks):
                    await asyncio.wait(attacks, timeout=0.2)
                    peak = max(peak, rss(server.pid))
                for attack in attacks:
                    attack.result()
        await notes.close()
        left = await until_descriptors(open_before - 1, server.pid)
        counts = await server.counts_at_rest()
    assert not tally.failures, f"good callers failed: {tally.failed()}"
    assert not tally.wrong, f"{tally.wrong} answers belonged to other calls"
    assert left <= open_before - 1, f"{left - open_before + 1} sockets are left"
    assert counts["tasks"] <= AT_REST, f"{counts['tasks']} tasks are left"
    assert peak - memory <= _MOST_MEMORY, f"the server grew by {peak - memory} KiB"
    result.add("kinds, connections of each, rounds", f"{len(_ATTACKS)}, {each}, {scale.rounds}")
    result.add("the kinds", "; ".join(_ATTACKS))
    result.add("good calls meanwhile, failed", f"{tally.answered:,}, 0")
    result.add(
        "median and 99th percentile of those", f"{tally.percentile(0.5):.0f} ms, {tally.percentile(0.99):.0f} ms"
    )
    result.add("the server's memory above its beginning, at most", f"{(peak - memory) / 1024:.1f} MiB")
    result.add("tasks, sockets left", "0, 0")
    return result


async def _gentle(tally: Tally, notes: NotesClient) -> None:
    await echo(tally, notes)
    await asyncio.sleep(0.01)


async def _attack(address: str, attack: Attack) -> None:
    """Attack on one connection. Raises AssertionError when the server has not closed it in time."""
    host, _, port = address.rpartition(":")
    loop = asyncio.get_running_loop()
    with socket.socket() as connected:
        connected.setblocking(False)
        await loop.sock_connect(connected, (host, int(port)))
        with suppress(ConnectionError):  # cut off already
            await attack(connected)
        if connected.fileno() < 0:
            return
        try:
            async with asyncio.timeout(_CUT_OFF):
                with suppress(ConnectionError):
                    while await loop.sock_recv(connected, 65536):
                        pass  # answers to what was right
        except TimeoutError:
            raise AssertionError(f"{getattr(attack, '__name__', attack)}: not closed after {_CUT_OFF:g} s") from None
