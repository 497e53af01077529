"""Calls over TLS and mutual TLS: every pool, both clients, TCP and unix sockets."""

from __future__ import annotations

import asyncio
import logging
import shutil
import ssl
from pathlib import Path

import pytest

from kitexgen.runtime import ConnectError, ConnectionClosed, WarmUp
from kitexgen.runtime.channel import PoolName
from kitexgen.runtime.net import TcpAddress
from kitexgen.runtime.server import Served, Server
from tests.builders.certificates import Authority
from tests.builders.reporter import Notebook
from tests.builders.services import NOTES, Note, NotesBlockingClient, NotesClient, NotesHandler

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl program to make certificates with")

POOLS: list[PoolName] = ["long", "short", "mux"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("authority"))


def serving(tls: ssl.SSLContext, address: str = "127.0.0.1:0") -> Server:
    return Server(Served(NOTES, NotesHandler()), address=address, tls=tls, late_requests=0, exit_wait=0.5)


def local(server: Server) -> str:
    """Where it is, by the name its certificate bears."""
    assert isinstance(server.address, TcpAddress)
    return f"localhost:{server.address.port}"


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("mutual", [False, True], ids=["server", "mutual"])
async def test_calls(authority: Authority, pool: PoolName, mutual: bool) -> None:
    context = authority.client_context("client" if mutual else None)
    big = Note(text="x" * 300_000)

    def calls(host: str) -> None:
        with NotesBlockingClient("notes", hosts=[host], pool=pool, tls=context) as notes:
            assert [notes.add(n, 1) for n in range(5)] == [1, 2, 3, 4, 5]
            assert notes.echo(big) == big

    async with serving(authority.server_context(mutual=mutual)) as server:
        async with NotesClient("notes", hosts=[local(server)], pool=pool, tls=context) as notes:
            assert await asyncio.gather(*(notes.add(n, 1) for n in range(20))) == [*range(1, 21)]
            assert await notes.echo(big) == big
        await asyncio.to_thread(calls, local(server))


async def test_unix_sockets(authority: Authority, tmp_path: Path) -> None:
    async with serving(authority.server_context(), f"unix:{tmp_path}/notes.sock") as server:
        hosts, context = [str(server.address)], authority.client_context()
        async with NotesClient("notes", hosts=hosts, tls=context, server_hostname="localhost") as notes:
            assert await notes.add(1, 2) == 3
        async with NotesClient("notes", hosts=hosts, tls=context) as notes:
            with pytest.raises(ConnectError, match=r"set `server_hostname` \(notes\.add at unix:"):
                await notes.add(1, 2)


async def test_a_server_nobody_vouches_for(authority: Authority) -> None:
    async with (
        serving(authority.server_context()) as server,
        NotesClient("notes", hosts=[local(server)], tls=ssl.create_default_context()) as notes,
    ):
        words = r"^cannot connect: TLS: the peer's certificate is refused: .* \(notes\.add at localhost:"
        with pytest.raises(ConnectError, match=words):
            await notes.add(1, 2)


async def test_a_client_without_certificate(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "kitexgen.net"):
        async with (
            serving(authority.server_context(mutual=True)) as server,
            NotesClient("notes", hosts=[local(server)], tls=authority.client_context()) as notes,
        ):
            with pytest.raises(ConnectionClosed):
                await notes.add(1, 2)
    assert "TLS: the peer sent no certificate, and one is required" in caplog.text


@pytest.mark.parametrize("pool", POOLS)
async def test_warm_connections_are_not_taken_for_dead(authority: Authority, pool: PoolName) -> None:
    """In TLS 1.3 tickets come after the handshake: bytes that nobody asked for, and no fault of the peer."""
    told = Notebook()

    def calls(host: str) -> None:
        settings = {"warm_up": WarmUp(), "reporter": told, "tls": authority.client_context()}
        with NotesBlockingClient("notes", hosts=[host], pool=pool, **settings) as notes:  # type: ignore[arg-type]
            assert notes.add(1, 2) == 3

    async with serving(authority.server_context()) as server:
        await asyncio.to_thread(calls, local(server))
    assert told.names == (["succeed", "succeed"] if pool == "short" else ["succeed", "reuse"])


def test_contexts_for_the_wrong_side() -> None:
    with pytest.raises(ValueError, match="`tls` is a server's context"):
        NotesClient("notes", tls=ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
