"""Connections over real sockets, with a receiver that writes down what it is told."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from kitexgen.runtime.errors import ConnectError, ConnectionClosed
from kitexgen.runtime.net import (
    Address,
    Connection,
    Listener,
    TcpAddress,
    UnixAddress,
    dial,
    dial_blocking,
    dial_shared,
    listen,
    parse_address,
)
from kitexgen.runtime.net.blocking import _BULK_READ_SIZE, _BULK_READS, _READ_SIZE, BlockingConnection
from kitexgen.runtime.net.connection import HIGH_WATER
from kitexgen.runtime.net.tls import ClientTls


class Notebook:
    """A receiver that writes down what happens, and can be awaited."""

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self.events: asyncio.Queue[str | bytes] = asyncio.Queue()

    @property
    def open(self) -> Connection:
        assert self.connection is not None
        return self.connection

    def on_connect(self, connection: Connection) -> None:
        self.connection = connection

    def on_data(self, data: bytes) -> None:
        self.events.put_nowait(data)

    def on_end(self) -> None:
        self.events.put_nowait("end")

    def on_uncongested(self) -> None:
        self.events.put_nowait("uncongested")

    def on_lost(self, error: Exception | None) -> None:
        self.events.put_nowait("lost" if error is None else f"lost {type(error).__name__}")

    async def read(self, size: int) -> bytes:
        """`size` bytes of data."""
        data = b""
        while len(data) < size:
            event = await self.events.get()
            assert isinstance(event, bytes)
            data += event
        return data


@asynccontextmanager
async def listening(address: Address) -> AsyncIterator[tuple[Listener, asyncio.Queue[Notebook]]]:
    """A listener and the receivers of what it accepts."""
    accepted: asyncio.Queue[Notebook] = asyncio.Queue()

    def make() -> Notebook:
        notebook = Notebook()
        accepted.put_nowait(notebook)
        return notebook

    listener = await listen(address, make)
    try:
        yield listener, accepted
    finally:
        await listener.close()


@asynccontextmanager
async def pair(address: str = "127.0.0.1:0") -> AsyncIterator[tuple[Notebook, Notebook]]:
    """Two receivers joined by a socket: who dialled, who accepted."""
    async with listening(parse_address(address)) as (listener, accepted):
        ours = await dial(listener.address, Notebook, 5)
        theirs = await accepted.get()
        while theirs.connection is None:
            await asyncio.sleep(0)
        try:
            yield ours, theirs
        finally:
            for each in (ours, theirs):
                each.open.abort()
                await each.open.wait_closed()


@pytest.fixture(params=["tcp", "unix"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return "127.0.0.1:0" if request.param == "tcp" else f"unix:{tmp_path}/x.sock"


async def test_bytes_go_both_ways(address: str) -> None:
    async with pair(address) as (ours, theirs):
        ours.open.write(b"question")
        assert await theirs.read(8) == b"question"
        theirs.open.write(b"answer")
        assert await ours.read(6) == b"answer"


async def test_writes_of_one_turn_are_joined() -> None:
    async with pair() as (ours, theirs):
        for piece in (b"a", b"b", b"", b"c"):
            ours.open.write(piece)
        assert ours.open.unsent == 3
        assert await theirs.events.get() == b"abc"
        assert ours.open.unsent == 0


async def test_closing_sends_what_is_queued() -> None:
    async with pair() as (ours, theirs):
        ours.open.write(b"last words")
        ours.open.close()
        assert not ours.open.is_open
        ours.open.write(b"too late")
        assert [await theirs.events.get() for _ in range(2)] == [b"last words", "end"]
        assert await ours.events.get() == "lost"
        await ours.open.wait_closed()


async def test_an_end_leaves_the_other_direction_open() -> None:
    async with pair() as (ours, theirs):
        assert ours.open._transport is not None
        ours.open._transport.write_eof()
        assert await theirs.events.get() == "end"
        theirs.open.write(b"answer")
        assert await ours.read(6) == b"answer"


async def test_aborting_drops_what_is_queued() -> None:
    async with pair() as (ours, theirs):
        ours.open.write(b"never")
        ours.open.abort()
        event = await theirs.events.get()
        assert event == "end" or str(event).startswith("lost")


async def test_a_reader_that_pauses_is_felt_by_the_writer() -> None:
    async with pair() as (ours, theirs):
        theirs.open.pause_reading()
        theirs.open.pause_reading()
        written = 0
        while not ours.open.congested:
            ours.open.write(bytes(HIGH_WATER))
            ours.open.flush()
            written += HIGH_WATER
            await asyncio.sleep(0)
        draining = asyncio.create_task(ours.open.drain())
        cancelled = asyncio.create_task(ours.open.drain())
        await asyncio.sleep(0)
        cancelled.cancel()
        with suppress(asyncio.CancelledError):
            await cancelled
        assert not draining.done()
        theirs.open.resume_reading()
        assert len(await theirs.read(written)) == written
        await draining
        assert await ours.events.get() == "uncongested"


async def test_draining_ends_when_the_connection_does() -> None:
    async with pair() as (ours, theirs):
        theirs.open.pause_reading()
        while not ours.open.congested:
            ours.open.write(bytes(HIGH_WATER))
            ours.open.flush()
        draining = asyncio.create_task(ours.open.drain())
        await asyncio.sleep(0)
        ours.open.abort()
        await draining


async def test_peers_have_names(address: str) -> None:
    async with pair(address) as (ours, theirs):
        assert isinstance(ours.open.peer, UnixAddress if address.startswith("unix") else TcpAddress)
        assert type(theirs.open.peer) is type(ours.open.peer)


async def test_nobody_listens(tmp_path: Path) -> None:
    gone = UnixAddress(f"{tmp_path}/gone")
    with pytest.raises(ConnectError) as caught:
        await dial(gone, Notebook, 5)
    assert str(caught.value) == f"cannot connect: No such file or directory ({gone})"
    with pytest.raises(ConnectError) as blocked:
        dial_blocking(gone, 5)
    assert str(blocked.value) == str(caught.value)


@pytest.mark.parametrize("host", ["host.invalid", "a..b", "x" * 64])
async def test_a_host_nobody_knows(host: str) -> None:
    unknown = TcpAddress(host, 1)
    with pytest.raises(ConnectError, match="cannot connect: "):
        await dial(unknown, Notebook, 20)
    with pytest.raises(ConnectError, match="cannot connect: "):
        dial_blocking(unknown, 20)


async def test_the_next_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(TcpAddress("127.0.0.1", 0)) as (listener, accepted):
        assert isinstance(listener.address, TcpAddress)
        with socket.socket() as silent:  # bound, and not listening: it refuses
            silent.bind(("127.0.0.1", 0))
            kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
            names = [(*kind, silent.getsockname()), (*kind, ("127.0.0.1", listener.address.port))]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: names)
            ours = await dial(TcpAddress("many", 1), Notebook, 5)
            dial_blocking(TcpAddress("many", 1), 5).close()
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: names[:1])
            with pytest.raises(ConnectError, match="Connection refused"):
                await dial(TcpAddress("many", 1), Notebook, 5)
        for each in (ours, await accepted.get(), await accepted.get()):
            while each.connection is None:
                await asyncio.sleep(0)
            each.open.abort()
            await each.open.wait_closed()


async def test_a_peer_that_does_not_accept_in_time() -> None:
    # A full queue of connections leaves further ones unanswered.
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for each in (first, second):
            each.setblocking(False)
            with suppress(BlockingIOError):
                each.connect(full.getsockname())
        address = TcpAddress(*full.getsockname())
        with pytest.raises(ConnectError) as caught:
            await dial(address, Notebook, 0.05)
        assert str(caught.value) == f"no connection within 0.05 s ({address})"
        with pytest.raises(ConnectError) as blocked:
            dial_blocking(address, 0.05)
        assert str(blocked.value) == str(caught.value)


def descriptors() -> set[str]:
    """What is open in this process, but for what this looks at itself."""
    found = set()
    for each in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):
            found.add(os.readlink(f"/proc/self/fd/{each}"))
    return {name for name in found if name.startswith("socket:")}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not list what a process has open")
@pytest.mark.parametrize("turns", [0, 1, 5])
@pytest.mark.parametrize("waits_for", ["acceptance", "handshake"])
async def test_a_dial_that_is_given_up_leaves_nothing(waits_for: str, turns: int) -> None:
    with socket.socket() as server, socket.socket() as first, socket.socket() as second:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        if waits_for == "acceptance":
            for each in (first, second):
                each.setblocking(False)
                with suppress(BlockingIOError):
                    each.connect(server.getsockname())
        tls = ClientTls(ssl.create_default_context()) if waits_for == "handshake" else None
        before = descriptors()
        dialling = asyncio.create_task(dial(TcpAddress(*server.getsockname()), Notebook, None, tls))
        for _ in range(turns):
            await asyncio.sleep(0.001)
        assert (descriptors() > before) == (turns > 0)
        dialling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dialling
        for _ in range(3):
            await asyncio.sleep(0)  # a TLS transport closes its socket in the next turn
        assert descriptors() == before
        gc.collect()  # so that a warning of something unclosed is this test's


async def test_small_writes_do_not_wait_for_each_other() -> None:
    async with listening(TcpAddress("127.0.0.1", 0)) as (listener, accepted):
        ours = await dial(listener.address, Notebook, 5)
        theirs = await accepted.get()
        for notebook in (ours, theirs):
            transport = notebook.open._transport
            assert transport is not None
            assert transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        ours.open.close()
        theirs.open.close()
        await ours.open.wait_closed()
        await theirs.open.wait_closed()


async def test_a_receiver_that_fails_at_once_costs_its_own_connection() -> None:
    found: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: found.append(context["exception"]))
    error, lost = ValueError("a mistake"), asyncio.Event()

    class Failing(Notebook):
        def on_connect(self, connection: Connection) -> None:
            raise error

        def on_lost(self, error: Exception | None) -> None:
            lost.set()

    listener = await listen(TcpAddress("127.0.0.1", 0), Failing)
    ours = await dial(listener.address, Notebook, 5)
    await lost.wait()
    assert await ours.events.get() == "end"
    ours.open.abort()
    await ours.open.wait_closed()
    await listener.close()
    assert found == [error]


async def test_closing_a_listener_accepts_those_who_wait() -> None:
    async with listening(TcpAddress("127.0.0.1", 0)) as (listener, accepted):
        assert isinstance(listener.address, TcpAddress)
        with socket.create_connection((listener.address.host, listener.address.port)):
            await listener.close()  # the loop has had no turn to accept it before
            theirs = await accepted.get()
            assert theirs.open.is_open
            with pytest.raises(ConnectError):
                await dial(listener.address, Notebook, 5)
        assert await theirs.events.get() == "end"
        theirs.open.close()
        await theirs.open.wait_closed()


async def test_running_out_of_descriptors_pauses_accepting(caplog: pytest.LogCaptureFixture) -> None:
    async with listening(TcpAddress("127.0.0.1", 0)) as (listener, accepted):
        (real,) = listener._sockets

        class Exhausted:
            """The listening socket of a process without descriptors, once."""

            def accept(self) -> None:
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

            def fileno(self) -> int:
                return real.fileno()

        listener._accept(Exhausted())  # type: ignore[arg-type]
        assert "Too many open files; trying again in 0.1 s" in caplog.text
        ours = await dial(listener.address, Notebook, 5)  # the kernel takes it; we accept when the pause is over
        await listener.close()
        theirs = await accepted.get()
        for each in (ours, theirs):
            each.open.abort()
            await each.open.wait_closed()


async def test_the_file_of_a_killed_server_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x.sock"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(path))
    async with listening(UnixAddress(str(path))):
        assert path.is_socket()
    assert not path.exists()


async def test_other_files_are_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("data")
    with pytest.raises(OSError, match=f"cannot listen on unix:{path}: Address already in use"):
        await listen(UnixAddress(str(path)), Notebook)
    assert path.read_text() == "data"


async def test_the_file_of_a_successor_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.sock"
    async with listening(UnixAddress(str(path))) as (old, _):
        path.rename(tmp_path / "moved")
        async with listening(UnixAddress(str(path))):
            await old.close()
            assert path.is_socket()
        assert not path.exists()


async def test_every_interface_has_one_port() -> None:
    async with listening(TcpAddress("", 0)) as (listener, _):
        assert isinstance(listener.address, TcpAddress)
        assert (listener.address.host, len(listener._sockets)) == ("0.0.0.0", 1)


class TestBlocking:
    def test_sending_and_receiving(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            ours = dial_blocking(TcpAddress(*server.getsockname()), 5)
            with server.accept()[0] as theirs:
                ours.send([b"question"], 5)
                assert theirs.recv(100) == b"question"
                assert ours.is_quiet()
                theirs.sendall(b"answer")
                assert ours.receive(5) == b"answer"
                with pytest.raises(TimeoutError):
                    ours.receive(0.001)
                with pytest.raises(TimeoutError):
                    ours.receive(0)
            assert not ours.is_quiet()  # the peer has closed
            with pytest.raises(ConnectionClosed, match=r"^connection closed by the peer$"):
                ours.receive(5)
            ours.close()
            with pytest.raises(ConnectionClosed, match="Bad file descriptor"):
                ours.receive(5)
            with pytest.raises(ConnectionClosed, match="connection lost while sending: "):
                ours.send([b"x"], 5)

    def test_reads_are_larger_once_one_came_full_and_until_many_did_not(self) -> None:
        class Peer:
            """A socket on which `sizes` come, one after the other."""

            def __init__(self, sizes: list[int]) -> None:
                self._sizes = sizes
                self.asked: list[int] = []

            def gettimeout(self) -> None:
                return None

            def recv(self, size: int) -> bytes:
                self.asked.append(size)
                return bytes(self._sizes[len(self.asked) - 1])

        few = [1000] * (_BULK_READS - 1)
        sizes = [1000, _READ_SIZE, _BULK_READ_SIZE, *few, _READ_SIZE, *few, 1000, 1000]
        peer = Peer(sizes)
        connection = BlockingConnection(peer, TcpAddress("127.0.0.1", 1))  # type: ignore[arg-type]
        for size in sizes:
            assert len(connection.receive(None)) == size
        small, large = _READ_SIZE, _BULK_READ_SIZE
        assert peer.asked == [small, small, *[large] * (2 + len(few) + len(few) + 1), small]


async def test_an_idle_connection_shows_its_end_before_the_loop_has_read_it() -> None:
    """What a busy loop does not know yet, the operating system does."""
    for last_words in (b"", b"unasked"):
        with socket.create_server(("127.0.0.1", 0)) as listening_socket:
            notebook = await dial(TcpAddress("127.0.0.1", listening_socket.getsockname()[1]), Notebook, 5)
            accepted, _ = listening_socket.accept()
            assert notebook.open.is_quiet()
            accepted.sendall(last_words)
            accepted.close()  # and no turn of the loop since
            assert notebook.open.is_open
            assert not notebook.open.is_quiet()
            notebook.open.abort()
            assert not notebook.open.is_quiet()
            await notebook.open.wait_closed()


async def test_dialled_connections_are_probed_when_silent() -> None:
    """A peer that is gone without a word is found out within a minute, with a call in flight or without."""
    async with listening(TcpAddress("127.0.0.1", 0)) as (listener, accepted):
        notebook = await dial(listener.address, Notebook, 5)
        assert notebook.open._transport is not None
        shared = dial_shared(listener.address, 5)
        for probed in (notebook.open._transport.get_extra_info("socket"), shared._socket):
            assert probed.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            if hasattr(socket, "TCP_KEEPIDLE"):
                timing = [
                    probed.getsockopt(socket.IPPROTO_TCP, option)
                    for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
                ]
                assert timing == [15, 15, 3]
        shared.close()
        notebook.open.close()
        for each in (notebook, await accepted.get(), await accepted.get()):
            while each.connection is None:
                await asyncio.sleep(0)
            each.open.abort()
            await each.open.wait_closed()
