"""Many connections that do nothing: what each costs, and that nothing is left of them."""

from __future__ import annotations

import asyncio
import os
import resource
import socket

from kitexgen.runtime.framing import FRAMED_BINARY
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import PING, NotesClient, args
from tests.builders.whole import pack
from tests.soak.processes import descriptors, rss, running, until_descriptors
from tests.soak.scenario import Result, Scale

_SPARE = 200
"""Descriptors that are needed for other things."""

_ONCE = 500
"""Connections made at a time: fewer than the listener's queue holds."""


async def run(scale: Scale) -> Result:
    wanted = min(scale.idle, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _SPARE)
    result = Result("Idle connections", "one process holds them all, answers in between, and keeps nothing of them")
    async with running(idle_timeout=None) as server:
        bare, open_before = rss(server.pid), descriptors(server.pid)
        fresh = await _connect(server.address, wanted)
        await _until_accepted(server.pid, open_before + wanted)
        unused = rss(server.pid) - bare
        await _call_once(fresh)
        used = rss(server.pid) - bare
        async with NotesClient("soak", hosts=[server.address], timeout=5.0) as notes:
            began = asyncio.get_running_loop().time()
            await notes.ping()
            between = asyncio.get_running_loop().time() - began
        for each in fresh:
            each.close()
        left = await until_descriptors(open_before, server.pid)
        counts = await server.counts()
    assert left <= open_before, f"{left - open_before} sockets are left"
    assert counts.get("ServerConnection", 0) <= 1, (
        f"{counts['ServerConnection']} connections are left"
    )  # the asking one
    result.add("connections", wanted)
    result.add("memory of each, never used", f"{unused / wanted:.1f} KiB")
    result.add("memory of each, after one call", f"{used / wanted:.1f} KiB")
    result.add("a call of one more client meanwhile", f"{1000 * between:.1f} ms")
    result.add("sockets and connection objects left", 0)
    return result


async def _connect(address: str, wanted: int) -> list[socket.socket]:
    host, _, port = address.rpartition(":")
    loop = asyncio.get_running_loop()
    made: list[socket.socket] = []
    while len(made) < wanted:
        some = [socket.socket() for _ in range(min(_ONCE, wanted - len(made)))]
        for each in some:
            each.setblocking(False)
        await asyncio.gather(*(loop.sock_connect(each, (host, int(port))) for each in some))
        made += some
    return made


async def _until_accepted(pid: int, wanted: int) -> None:
    async with asyncio.timeout(60):
        while len(os.listdir(f"/proc/{pid}/fd")) < wanted:
            await asyncio.sleep(0.05)


async def _call_once(connections: list[socket.socket]) -> None:
    request = pack(FRAMED_BINARY, MessageKind.CALL, PING.name, 1, args(PING))
    loop = asyncio.get_running_loop()

    async def call(connected: socket.socket) -> None:
        await loop.sock_sendall(connected, request)
        assert await loop.sock_recv(connected, 4096), "a connection was closed"

    for at in range(0, len(connections), _ONCE):
        await asyncio.gather(*map(call, connections[at : at + _ONCE]))
