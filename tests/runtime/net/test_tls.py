"""TLS over real sockets: who trusts whom, and what is said when somebody does not."""

from __future__ import annotations

import asyncio
import logging
import select
import shutil
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kitexgen.runtime.errors import ConnectError, ConnectionClosed
from kitexgen.runtime.net import (
    Address,
    BlockingConnection,
    ClientTls,
    Connection,
    Listener,
    SharedConnection,
    TcpAddress,
    UnixAddress,
    dial,
    dial_blocking,
    dial_shared,
    listen,
)
from kitexgen.runtime.net.reason import reason
from tests.builders.certificates import Authority

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl program to make certificates with")


class Echo:
    """A receiver that sends back what comes, and closes when the peer does."""

    def __init__(self) -> None:
        self.connection: Connection | None = None

    def on_connect(self, connection: Connection) -> None:
        self.connection = connection

    def on_data(self, data: bytes) -> None:
        assert self.connection is not None
        self.connection.write(data)

    def on_end(self) -> None:
        assert self.connection is not None
        self.connection.close()

    def on_uncongested(self) -> None:
        """Nothing is held back."""

    def on_lost(self, error: Exception | None) -> None:
        """Nothing is kept."""


class Ear(Echo):
    """A receiver that keeps what comes, and how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.lost: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    def on_data(self, data: bytes) -> None:
        self.heard.put_nowait(data)

    def on_lost(self, error: Exception | None) -> None:
        self.lost.set_result(error)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("authority"))


@asynccontextmanager
async def echoing(tls: ssl.SSLContext | None, address: Address | None = None) -> AsyncIterator[Listener]:
    listener = await listen(address or TcpAddress("127.0.0.1", 0), Echo, tls=tls)
    try:
        yield listener
    finally:
        await listener.close()


def local(listener: Listener) -> Address:
    """Where it listens, by the name its certificate bears."""
    assert isinstance(listener.address, TcpAddress)
    return TcpAddress("localhost", listener.address.port)


async def echoed(address: Address, tls: ClientTls) -> None:
    ear = await dial(address, Ear, 5, tls)
    assert ear.connection is not None
    ear.connection.write(b"hello")
    assert await ear.heard.get() == b"hello"
    assert ear.connection.is_quiet()
    ear.connection.close()
    await ear.connection.wait_closed()


def echoed_blocking(address: Address, tls: ClientTls, size: int = 5) -> None:
    connection = dial_blocking(address, 5, tls)
    try:
        assert connection.is_quiet()
        connection.send([bytes(size)], 5)
        received = 0
        while received < size:
            received += len(connection.receive(5))
        assert connection.is_quiet()
    finally:
        connection.close()


async def test_both_ways(authority: Authority) -> None:
    async with echoing(authority.server_context()) as listener:
        tls = ClientTls(authority.client_context())
        await echoed(local(listener), tls)
        await asyncio.to_thread(echoed_blocking, local(listener), tls, 1 << 20)


async def test_mutual(authority: Authority) -> None:
    async with echoing(authority.server_context(mutual=True)) as listener:
        tls = ClientTls(authority.client_context("client"))
        await echoed(local(listener), tls)
        await asyncio.to_thread(echoed_blocking, local(listener), tls)


async def test_unix_sockets(authority: Authority, tmp_path: Path) -> None:
    async with echoing(authority.server_context(), UnixAddress(str(tmp_path / "socket"))) as listener:
        tls = ClientTls(authority.client_context(), server_hostname="localhost")
        await echoed(listener.address, tls)
        await asyncio.to_thread(echoed_blocking, listener.address, tls)
        nameless = ClientTls(authority.client_context())
        with pytest.raises(ConnectError, match=r"unix socket has no host name .* set `server_hostname`"):
            await dial(listener.address, Ear, 5, nameless)
        with pytest.raises(ConnectError, match="set `server_hostname`"):
            dial_blocking(listener.address, 5, nameless)


async def test_a_unix_socket_whose_name_nobody_checks(authority: Authority, tmp_path: Path) -> None:
    context = authority.client_context()
    context.check_hostname = False
    async with echoing(authority.server_context(), UnixAddress(str(tmp_path / "socket"))) as listener:
        await echoed(listener.address, ClientTls(context))


async def refused(address: Address, tls: ClientTls, words: str) -> None:
    """Neither dialler connects, and both say why."""
    with pytest.raises(ConnectError, match=words):
        await dial(address, Ear, 5, tls)
    with pytest.raises(ConnectError, match=words):
        await asyncio.to_thread(dial_blocking, address, 5, tls)


async def test_a_stranger_is_not_trusted(authority: Authority) -> None:
    async with echoing(authority.server_context()) as listener:
        words = "cannot connect: TLS: the peer's certificate is refused: .*certificate"
        await refused(local(listener), ClientTls(ssl.create_default_context()), words)


async def test_the_name_counts(authority: Authority) -> None:
    async with echoing(authority.server_context("elsewhere")) as listener:
        await refused(local(listener), ClientTls(authority.client_context()), "[Hh]ostname mismatch.*'localhost'")
        await echoed(local(listener), ClientTls(authority.client_context(), server_hostname="elsewhere"))


def refuse(listening: socket.socket, context: ssl.SSLContext) -> None:
    """A server as most are, that tells the client why: asyncio's closes without a word."""
    accepted, _ = listening.accept()
    with accepted, pytest.raises(ssl.SSLError):
        context.wrap_socket(accepted, server_side=True)


async def test_a_client_without_certificate(authority: Authority) -> None:
    """In TLS 1.3 the server's verdict comes after the client believes itself connected."""
    tls, context = ClientTls(authority.client_context()), authority.server_context(mutual=True)
    words = "TLS: the peer requires a certificate of ours, and was given none"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = TcpAddress("localhost", listening.getsockname()[1])
        served = asyncio.gather(*(asyncio.to_thread(refuse, listening, context) for _ in range(2)))
        ear = await dial(address, Ear, 5, tls)
        error = await ear.lost
        assert isinstance(error, OSError)
        assert reason(error) == words
        connection = await asyncio.to_thread(dial_blocking, address, 5, tls)
        with pytest.raises(ConnectionClosed, match=words):
            await asyncio.to_thread(connection.receive, 5)
        connection.close()
        await served


async def test_our_server_logs_a_client_without_certificate(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "kitexgen.net"):
        async with echoing(authority.server_context(mutual=True)) as listener:
            ear = await dial(local(listener), Ear, 5, ClientTls(authority.client_context()))
            await ear.lost
    assert "TLS: the peer sent no certificate, and one is required" in caplog.text


def answer_plainly(listening: socket.socket) -> None:
    accepted, _ = listening.accept()
    with accepted:
        accepted.recv(16)
        accepted.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        while accepted.recv(4096):
            """Until the client has read it and closes: a reset would take it away."""


async def test_a_server_that_does_not_speak_tls(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = TcpAddress("localhost", listening.getsockname()[1])
        served = asyncio.gather(
            *(asyncio.to_thread(answer_plainly, listening) for _ in range(2)), return_exceptions=True
        )
        await refused(address, ClientTls(authority.client_context()), "TLS: the peer does not speak it")
        await served


def serve_once(listening: socket.socket) -> None:
    """Accept, and close without a word."""
    accepted, _ = listening.accept()
    accepted.recv(16)
    accepted.close()


async def test_a_server_that_closes_on_a_handshake(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = TcpAddress("localhost", listening.getsockname()[1])
        served = asyncio.gather(*(asyncio.to_thread(serve_once, listening) for _ in range(2)))
        words = "the peer closed during the TLS handshake; perhaps it does not speak TLS"
        await refused(address, ClientTls(authority.client_context()), words)
        await served


async def test_a_silent_server_is_given_up(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address, tls = TcpAddress("127.0.0.1", listening.getsockname()[1]), ClientTls(authority.client_context())
        with pytest.raises(ConnectError, match=r"no connection within 0\.05 s"):
            await dial(address, Ear, 0.05, tls)
        with pytest.raises(ConnectError, match=r"no connection within 0\.05 s"):
            dial_blocking(address, 0.05, tls)


async def test_a_plain_client_is_logged_and_gone(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "kitexgen.net"):
        async with echoing(authority.server_context()) as listener:
            ear = await dial(local(listener), Ear, 5)
            assert ear.connection is not None
            ear.connection.write(b"GET / HTTP/1.1\r\n\r\n")
            await ear.lost
    assert "broke while it was accepted: TLS: the peer does not speak it" in caplog.text


async def test_a_goodbye_closes_both_ways(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    async with echoing(authority.server_context()) as listener:
        connection = await asyncio.to_thread(dial_blocking, local(listener), 5, ClientTls(authority.client_context()))
        secured = connection._socket
        assert isinstance(secured, ssl.SSLSocket)
        plain = await asyncio.to_thread(secured.unwrap)  # returns when the server has said goodbye too
        plain.close()
    assert "eof_received" not in caplog.text


async def test_a_blocking_connection_sees_its_peer_close(authority: Authority) -> None:
    async with echoing(authority.server_context()) as listener:
        ear_made = asyncio.Event()
        made: list[Echo] = []

        def make() -> Echo:
            made.append(Echo())
            ear_made.set()
            return made[-1]

        listener._make_receiver = make
        connection = await asyncio.to_thread(dial_blocking, local(listener), 5, ClientTls(authority.client_context()))
        await ear_made.wait()
        assert made[0].connection is not None
        made[0].connection.close()
        while connection.is_quiet():  # what comes first are tickets of the handshake
            await asyncio.to_thread(select.select, [connection._socket], [], [], 5)
        with pytest.raises(ConnectionClosed):
            await asyncio.to_thread(connection.receive, 5)
        connection.close()


async def test_sending_under_tls_has_one_limit_for_all(authority: Authority) -> None:
    """A peer that takes nothing: its buffers fill up, and the limit ends it."""
    left, right = socket.socketpair()
    serving = asyncio.to_thread(authority.server_context().wrap_socket, right, server_side=True)
    handshake = asyncio.ensure_future(serving)
    secured = await asyncio.to_thread(authority.client_context().wrap_socket, left, server_hostname="localhost")
    peer = await handshake
    connection = BlockingConnection(secured, UnixAddress("pair"))
    with pytest.raises(TimeoutError):
        await asyncio.to_thread(connection.send, [bytes(32 << 20)], 0.1)
    connection.close()
    peer.close()


async def test_blocking_connections_say_goodbye(authority: Authority) -> None:
    """A server that is told so reads an end, one that is not an error."""
    tls, context = ClientTls(authority.client_context()), authority.server_context()
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF

    def read_to_the_end(listening: socket.socket) -> bytes:
        accepted, _ = listening.accept()
        with context.wrap_socket(accepted, server_side=True, suppress_ragged_eofs=False) as secured:
            return secured.recv(16)

    for connect in (dial_blocking, dial_shared):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            address = TcpAddress("localhost", listening.getsockname()[1])
            reading = asyncio.ensure_future(asyncio.to_thread(read_to_the_end, listening))
            connection = await asyncio.to_thread(connect, address, 5, tls)
            if isinstance(connection, SharedConnection):
                connection.shut()
            connection.close()
            connection.close()
            assert await reading == b""


async def test_contexts_for_the_wrong_side() -> None:
    with pytest.raises(ValueError, match="a client takes one of ssl"):
        ClientTls(ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
    with pytest.raises(ValueError, match="a server takes ssl"):
        await listen(TcpAddress("127.0.0.1", 0), Echo, tls=ssl.create_default_context())


async def test_handshakes_count_as_connections(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    """Peers that connect and say nothing must not be a way round a limit."""
    counted: list[int] = []

    def admits(coming: int) -> bool:
        counted.append(coming)
        return coming < 2

    context = authority.server_context()
    listener = await listen(TcpAddress("127.0.0.1", 0), Echo, tls=context, admits=admits)
    address = local(listener)
    assert isinstance(address, TcpAddress)
    silent = [socket.create_connection((address.host, address.port)) for _ in range(2)]
    while len(counted) < 2:
        await asyncio.sleep(0)
    third = await asyncio.open_connection(address.host, address.port)
    assert await third[0].read() == b""
    assert counted == [0, 1, 2, 2]
    assert f"a connection to {listener.address} closed: there are too many already" in caplog.text
    third[1].close()
    for each in silent:
        each.close()
    await listener.close()
