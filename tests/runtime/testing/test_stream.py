"""check_stream: all streams of ours keep its promises, in memory and on sockets; and it names what others break."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kitexgen.runtime.net import (
    Address,
    ClientTls,
    Connection,
    MemoryAddress,
    Receiver,
    TcpAddress,
    UnixAddress,
    dial,
    listen,
)
from kitexgen.runtime.testing import NonConforming, check_stream
from tests.builders.certificates import Authority
from tests.builders.transport import MemoryTransport


@pytest.mark.parametrize("kind", ["tcp", "unix", "memory", "tls"])
async def test_our_streams(kind: str, tmp_path: Path) -> None:
    wanted: dict[str, Address] = {
        "tcp": TcpAddress("127.0.0.1", 0),
        "unix": UnixAddress(str(tmp_path / "socket")),
        "memory": MemoryAddress("streams"),
        "tls": TcpAddress("127.0.0.1", 0),
    }
    authority = Authority.make(tmp_path) if kind == "tls" else None
    accepting: list[Receiver] = []
    listener = await listen(wanted[kind], accepting.pop, tls=authority and authority.server_context())
    tls = authority and ClientTls(authority.client_context(), server_hostname="localhost")

    async def join(near: Receiver, far: Receiver) -> None:
        accepting.append(far)
        await dial(listener.address, lambda: near, 5.0, tls)

    await check_stream(join)
    await listener.close()


class Careless(MemoryTransport):
    """Hands over what it is given, at once and whatever was said before: no pausing, no bound, no end."""

    other: Connection

    def write(self, data: Any) -> None:
        self.other.data_received(bytes(data))

    def close(self) -> None:
        super().close()
        asyncio.get_running_loop().call_soon(self.get_owner().connection_lost, None)

    def abort(self) -> None:
        self.close()

    def get_owner(self) -> Connection:
        return self.owner

    owner: Connection


async def test_a_wrong_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kitexgen.runtime.testing.promises.SECONDS", 0.2)

    async def join(near: Receiver, far: Receiver) -> None:
        loop = asyncio.get_running_loop()
        sides = [Connection(near, loop), Connection(far, loop)]
        transports = [Careless(), Careless()]
        for transport, owner, other in zip(transports, sides, reversed(sides), strict=True):
            transport.owner, transport.other = owner, other
            owner.connection_made(transport)

    with pytest.raises(NonConforming) as caught:
        await check_stream(join)
    told = [promise for promise, _ in caught.value.broken]
    assert told == [
        "sends what was written before `close`, then ends in order on both sides",
        "is lost once, and says nothing afterwards",
        "tells the other side of an abort",
        "reads nothing while reading is paused, and all of it afterwards",
        "is congested when the other side does not read, and no more when it does",
    ]
