"""Large pieces leave from where they lie, whole and in order, however slowly the peer takes them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

import pytest

from kitexgen.runtime.buffer.blocks import POOL
from kitexgen.runtime.buffer.pieces import LARGE
from kitexgen.runtime.net.connection import Connection
from kitexgen.runtime.net.socket_transport import attach

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Told:
    """A receiver that remembers what it was told."""

    def __init__(self) -> None:
        self.uncongested = 0
        self.lost = asyncio.Event()

    def on_connect(self, connection: Connection) -> None:
        self.connection = connection

    def on_data(self, data: bytes) -> None:
        """Nothing comes."""

    def on_end(self) -> None:
        """The peer only reads."""

    def on_uncongested(self) -> None:
        self.uncongested += 1

    def on_lost(self, error: Exception | None) -> None:
        self.lost.set()


class Watched(socket.socket):
    """A socket that remembers what was sent in gathered writes."""

    def sendmsg(self, buffers: Iterable[ReadableBuffer], *rest: Any) -> int:
        views = [memoryview(each) for each in buffers]
        self.sent = [view.obj for view in views]
        return super().sendmsg(views, *rest)


class Pair:
    """A connection, and the plain socket at its other end."""

    def __init__(self) -> None:
        self.told = Told()
        near, self.far = socket.socketpair()
        self.near = Watched(fileno=near.detach())
        self.near.setblocking(False)
        self.far.setblocking(False)

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        await attach(self.near, Connection(self.told, loop), loop)

    async def read(self, size: int) -> bytes:
        loop, got = asyncio.get_running_loop(), bytearray()
        while len(got) < size and (data := await loop.sock_recv(self.far, 1 << 16)):
            got += data
        return bytes(got)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    made = Pair()
    await made.connect()
    yield made
    if not made.told.lost.is_set():
        made.told.connection.abort()
        await made.told.lost.wait()
    made.far.close()


def blobs(count: int, size: int) -> list[bytes]:
    return [bytes((number,)) * size for number in range(count)]


async def test_one_write_and_no_copy(pair: Pair) -> None:
    blob = bytes(LARGE)
    pair.told.connection.write_pieces((b"head", blob, b"tail"))
    assert await pair.read(LARGE + 8) == b"head" + blob + b"tail"
    assert any(each is blob for each in pair.near.sent)


async def test_what_the_socket_does_not_take_follows_in_order(pair: Pair) -> None:
    connection = pair.told.connection
    message = [b"head", *blobs(40, 200_000), b"tail"]
    connection.write_pieces(message)
    connection.flush()
    assert connection.congested
    assert connection.unsent + connection.taken == sum(map(len, message))
    connection.write(b"later")
    connection.flush()
    expected = b"".join(message) + b"later"
    assert await pair.read(len(expected)) == expected
    await asyncio.sleep(0)
    assert (connection.unsent, connection.congested, pair.told.uncongested) == (0, False, 1)
    assert POOL.taken == 0


async def test_what_waits_is_kept_as_it_is(pair: Pair) -> None:
    connection = pair.told.connection
    last = bytes(200_000)
    connection.write_pieces([b"head", *blobs(40, 200_000), last])
    connection.flush()
    assert connection.unsent > 4_000_000
    await pair.read(8_200_004)
    assert pair.near.sent[-1] is last


async def test_closing_sends_all_that_waits(pair: Pair) -> None:
    connection = pair.told.connection
    message = blobs(30, 200_000)
    connection.write_pieces(message)
    connection.close()
    assert await pair.read(6_000_000) == b"".join(message)
    assert await pair.read(1) == b""
    assert POOL.taken == 0


@pytest.mark.parametrize("ends_first", ["ours", "the peer"])
async def test_what_is_lost_gives_its_memory_back(pair: Pair, ends_first: str) -> None:
    connection = pair.told.connection
    connection.write_pieces([*blobs(30, 200_000), b"x" * 100, *blobs(1, LARGE)])
    connection.flush()
    if ends_first == "ours":
        connection.abort()
    else:
        pair.far.close()
    await pair.told.lost.wait()
    connection.write_pieces(blobs(2, LARGE))
    connection.flush()
    assert (POOL.taken, connection.unsent) == (0, 0)


async def test_a_peer_that_is_gone_already(pair: Pair) -> None:
    pair.far.close()
    pair.told.connection.write_pieces(blobs(30, 200_000))
    pair.told.connection.flush()
    await pair.told.lost.wait()
    assert POOL.taken == 0
