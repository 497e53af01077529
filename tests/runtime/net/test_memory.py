"""Connections inside one process. What they share with sockets is held by tests/runtime/testing/test_streams.py."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kitexgen.runtime.errors import ConnectError
from kitexgen.runtime.net import Connection, MemoryAddress, dial, dial_blocking, listen

HERE = MemoryAddress("here")


class Echo:
    """Sends back what it gets; writes down what happens."""

    def __init__(self) -> None:
        self.seen: list[object] = []
        self.connection: Connection | None = None
        self.changed = asyncio.Event()

    def on_connect(self, connection: Connection) -> None:
        self.connection = connection
        self.note(connection.peer)

    def on_data(self, data: bytes) -> None:
        assert self.connection is not None
        self.note(data)
        self.connection.write(data)

    def on_end(self) -> None:
        assert self.connection is not None
        self.connection.close()

    def on_uncongested(self) -> None:
        self.note("uncongested")

    def on_lost(self, error: Exception | None) -> None:
        self.note(error)

    def note(self, event: object) -> None:
        self.seen.append(event)
        self.changed.set()


class Quiet(Echo):
    """Sends nothing, and stays open when the other side has ended."""

    def on_data(self, data: bytes) -> None:
        self.note(data)

    def on_end(self) -> None:
        self.note("end")


async def until(receiver: Echo, event: object) -> None:
    async with asyncio.timeout(5):
        while event not in receiver.seen:
            receiver.changed.clear()
            await receiver.changed.wait()


async def test_what_is_written_comes_back_within_two_turns() -> None:
    listener = await listen(HERE, Echo)
    near = await dial(HERE, Quiet, timeout=1)
    assert near.connection is not None
    near.connection.write(b"hello")
    near.connection.flush()
    for _ in range(2):
        await asyncio.sleep(0)
    assert near.seen == [HERE, b"hello"]
    near.connection.close()
    await near.connection.wait_closed()
    assert near.seen == [HERE, b"hello", None]
    await listener.close()


async def test_nobody_listens() -> None:
    with pytest.raises(ConnectError, match=r"^cannot connect: Connection refused \(memory:here\)$"):
        await dial(HERE, Quiet, timeout=1)
    with pytest.raises(ConnectError, match=r"^cannot connect: Connection refused \(memory:here\)$"):
        dial_blocking(HERE, timeout=1)


async def test_a_name_is_taken_until_its_listener_closes() -> None:
    first = await listen(HERE, Echo)
    with pytest.raises(OSError, match="already in use: memory:here"):
        await listen(HERE, Echo)
    await first.close()
    second = await listen(HERE, Echo)
    await first.close()  # once more: the name is another's now
    await dial(HERE, Quiet, timeout=1)
    await second.close()


async def test_writing_to_a_lost_end_loses_this_one() -> None:
    far = Quiet()
    listener = await listen(HERE, lambda: far)
    near = await dial(HERE, Quiet, timeout=1)
    assert near.connection is not None
    assert far.connection is not None
    near.connection.abort()
    await until(far, "end")
    far.connection.write(b"into the void")
    far.connection.flush()
    await far.connection.wait_closed()
    assert isinstance(far.seen[-1], ConnectionResetError)
    await listener.close()


@contextmanager
def serving_elsewhere() -> Iterator[None]:
    """An echo on the loop of another thread."""
    ready, done = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        listener = await listen(HERE, Echo)
        ready.set()
        await done.wait()
        await listener.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(5)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(5)
        loop.close()


def test_a_caller_without_a_loop() -> None:
    with serving_elsewhere():
        connection = dial_blocking(HERE, timeout=1)
        connection.send([b"hello"], 5)
        assert connection.receive(5) == b"hello"
        connection.close()


def test_a_caller_on_another_loop() -> None:
    async def call() -> None:
        near = await dial(HERE, Quiet, timeout=1)
        assert near.connection is not None
        near.connection.write(b"hello")
        await until(near, b"hello")
        near.connection.close()
        await near.connection.wait_closed()

    with serving_elsewhere():
        asyncio.run(call())
