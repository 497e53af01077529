"""Calls over real sockets: both clients, every format, TCP and unix sockets."""

from __future__ import annotations

import asyncio
import math
import re
import socket
import threading

import pytest

from kitexgen.runtime.call import current
from kitexgen.runtime.channel import PoolName
from kitexgen.runtime.errors import (
    ApplicationError,
    ClientClosed,
    ConnectError,
    ConnectionClosed,
    EncodeError,
    RpcTimeout,
    UnknownService,
    UnsupportedStreaming,
)
from kitexgen.runtime.server import Served, Server
from tests.builders.services import (
    BASE,
    CLOCK,
    NOTES,
    ClockClient,
    ClockHandler,
    Note,
    NotesBlockingClient,
    NotesClient,
    NotesHandler,
    Refused,
)
from tests.end_to_end.endpoints import Speaks


async def test_every_shape_of_method(server: Server, handler: NotesHandler, speaks: Speaks) -> None:
    async with NotesClient("notes", hosts=[str(server.address)], **speaks) as notes:
        assert await notes.echo(Note(text="hé\udcff", count=-3)) == Note(text="hé\udcff", count=-3)
        assert await notes.add(2, 3) == 5  # a plain handler
        assert await notes.plain("from a worker") == "from a worker"
        assert await notes.all() == [Note(text="a"), Note(text="b", count=-1)]
        await notes.ping()  # inherited, void
        await notes.tell("oneway")
        assert await handler.told.get() == "oneway"
    async with ClockClient("clock", hosts=[str(server.address)], **speaks) as clock:
        assert await clock.now() == 1234567890123  # the other service of the same server


async def test_every_shape_of_method_blocking(server: Server, handler: NotesHandler, speaks: Speaks) -> None:
    def calls() -> None:
        with NotesBlockingClient("notes", hosts=[str(server.address)], **speaks) as notes:
            assert notes.echo(Note(text="hé\udcff", count=-3)) == Note(text="hé\udcff", count=-3)
            assert notes.add(2, 3) == 5
            assert notes.all() == [Note(text="a"), Note(text="b", count=-1)]
            notes.ping()
            notes.tell("oneway")
            with pytest.raises(Refused) as caught:
                notes.fail("declared")
            assert caught.value == Refused(code=1, why="declared")
            with pytest.raises(ApplicationError, match=r"^biz error: plain failure \(notes\.fail at "):
                notes.fail("plain failure")

    await asyncio.to_thread(calls)
    assert await handler.told.get() == "oneway"


async def test_declared_exceptions_are_raised_as_themselves(server: Server, speaks: Speaks) -> None:
    async with NotesClient("notes", hosts=[str(server.address)], **speaks) as notes:
        with pytest.raises(Refused) as caught:
            await notes.echo(Note(text="refuse", count=7))
        assert caught.value == Refused(code=7, why="as you wish")


@pytest.mark.parametrize(
    ("how", "number", "text"),
    [
        ("plain failure", 6, "biz error: plain failure"),
        ("silent", 6, "biz error: KeyError"),
        ("lookup", 6, "biz error: KeyError('seven')"),
        ("undeclared", 6, "biz error: NotFound(code=7)"),
        ("cancelled", 6, "biz error: the handler was cancelled"),
        ("numbered", 1000, "my own number [biz error]"),
        ("unwritable", 6, "biz error: fail_result.refused.code: 1099511627776 does not fit i32"),
    ],
)
async def test_other_exceptions_are_application_errors(tcp_server: Server, how: str, number: int, text: str) -> None:
    async with NotesClient("notes", hosts=[str(tcp_server.address)]) as notes:
        with pytest.raises(ApplicationError) as caught:
            await notes.fail(how)
        assert (caught.value.type, caught.value.message) == (number, text)
        assert str(caught.value) == f"{text} (notes.fail at {tcp_server.address})"
        await notes.ping()


async def test_a_plain_handler_may_raise_anything(tcp_server: Server) -> None:
    async with NotesClient("notes", hosts=[str(tcp_server.address)]) as notes:
        with pytest.raises(ApplicationError, match="biz error: coroutine raised StopIteration"):
            await notes.plain("stop")


async def test_a_server_that_has_not_the_method(speaks: Speaks) -> None:
    async with (
        Server(Served(CLOCK, ClockHandler()), address="127.0.0.1:0", late_requests=0) as server,
        NotesClient("notes", hosts=[str(server.address)], **speaks) as notes,
    ):
        named = "Notes" if "ttheader" in speaks["transport"] else ""
        with pytest.raises(UnknownService, match=f"unknown service {named}, method ping"):
            await notes.ping()
        with pytest.raises(UnknownService):  # on a new connection: the server closed the first
            await notes.ping()


async def test_what_cannot_be_written_is_not_sent(tcp_server: Server, handler: NotesHandler) -> None:
    async with NotesClient("notes", hosts=[str(tcp_server.address)]) as notes:
        with pytest.raises(EncodeError, match="add_args"):
            await notes.add(2**31, 1)
        assert await notes.add(1, 1) == 2


async def test_streaming_methods_cannot_be_called() -> None:
    async with NotesClient("notes", hosts=["127.0.0.1:1"]) as notes:
        with pytest.raises(UnsupportedStreaming, match=r"\(bidirectional\).*\(notes\.talk\)"):
            await notes.talk(Note(text="x"))
    with NotesBlockingClient("notes", hosts=["127.0.0.1:1"]) as blocking, pytest.raises(UnsupportedStreaming):
        blocking.talk(Note(text="x"))


def too_late(error: RpcTimeout, server: Server) -> str:
    """What the error says, which names everything one asks for."""
    assert error.elapsed is not None
    assert error.elapsed >= 0.01
    return f"no answer within 0.01 s, given up after {error.elapsed:.3g} s (notes.slow at {server.address})"


async def test_a_call_past_its_time(server: Server, handler: NotesHandler, speaks: Speaks) -> None:
    async with NotesClient("notes", hosts=[str(server.address)], timeout=20, **speaks) as notes:
        with pytest.raises(RpcTimeout) as caught:
            await notes.slow("x", timeout=0.01)
        assert str(caught.value) == too_late(caught.value, server)
        assert caught.value.seconds == 0.01
        handler.gate.set()
        assert await notes.slow("y") == "y"  # nobody gets the late answer


async def test_a_call_may_have_all_the_time_it_wants(tcp_server: Server) -> None:
    hosts = [str(tcp_server.address)]
    async with NotesClient("notes", hosts=hosts, timeout=0) as notes:
        with pytest.raises(RpcTimeout):
            await notes.ping()
        await notes.ping(timeout=math.inf)

    def calls() -> None:
        with NotesBlockingClient("notes", hosts=hosts, timeout=0) as notes:
            with pytest.raises(RpcTimeout):
                notes.ping()
            notes.ping(timeout=math.inf)

    await asyncio.to_thread(calls)


async def test_a_blocking_call_past_its_time(server: Server, handler: NotesHandler, speaks: Speaks) -> None:
    def calls() -> None:
        with NotesBlockingClient("notes", hosts=[str(server.address)], timeout=0.01, **speaks) as notes:
            with pytest.raises(RpcTimeout) as caught:
                notes.slow("x")
            assert str(caught.value) == too_late(caught.value, server)
            loop.call_soon_threadsafe(handler.gate.set)
            assert notes.slow("y", timeout=20) == "y"

    loop = asyncio.get_running_loop()
    await asyncio.to_thread(calls)


async def test_a_cancelled_call_leaves_no_answer_behind(tcp_server: Server, handler: NotesHandler) -> None:
    async with NotesClient("notes", hosts=[str(tcp_server.address)]) as notes:
        await notes.ping()  # the connection that the next call will use
        call = asyncio.create_task(notes.slow("cancelled"))
        await handler.entered.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        handler.gate.set()
        answers = await asyncio.gather(*(notes.slow(str(number)) for number in range(20)))
        assert answers == [str(number) for number in range(20)]


async def test_many_callers_share_a_client(tcp_server: Server, speaks: Speaks) -> None:
    async with NotesClient("notes", hosts=[str(tcp_server.address)], **speaks) as notes:
        for _ in range(3):
            answers = await asyncio.gather(*(notes.echo(Note(text=str(number))) for number in range(100)))
            assert answers == [Note(text=str(number)) for number in range(100)]


async def test_threads_share_a_blocking_client(tcp_server: Server) -> None:
    wrong: list[tuple[int, int]] = []

    def call(notes: NotesBlockingClient, thread: int) -> None:
        wrong.extend((thread, number) for number in range(50) if notes.add(thread, number) != thread + number)

    def calls() -> None:
        with NotesBlockingClient("notes", hosts=[str(tcp_server.address)]) as notes:
            threads = [threading.Thread(target=call, args=(notes, number)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    await asyncio.to_thread(calls)
    assert wrong == []


async def test_a_closed_client_calls_no_more(tcp_server: Server) -> None:
    notes = NotesClient("notes", hosts=[str(tcp_server.address)])
    await notes.ping()
    await notes.close()
    await notes.close()
    with pytest.raises(ClientClosed, match=r"the client is closed \(notes\.ping\)"):
        await notes.ping()
    blocking = NotesBlockingClient("notes", hosts=[str(tcp_server.address)])
    blocking.close()
    with pytest.raises(ClientClosed):
        blocking.ping()


async def test_closing_a_client_ends_its_calls(tcp_server: Server, handler: NotesHandler) -> None:
    notes = NotesClient("notes", hosts=[str(tcp_server.address)])
    call = asyncio.create_task(notes.slow("x"))
    await handler.entered.wait()
    await notes.close()
    with pytest.raises(ConnectionClosed, match="connection lost"):
        await call


async def test_large_messages_both_ways(server: Server, speaks: Speaks) -> None:
    text = "0123456789abcdef" * 300_000  # 4.8 MB: far beyond every buffer on the way
    async with NotesClient("notes", hosts=[str(server.address)], **speaks) as notes:
        assert (await notes.echo(Note(text=text))).text == text


async def test_a_base_service_alone(speaks: Speaks) -> None:
    async with (
        Server(Served(BASE, NotesHandler()), address="127.0.0.1:0", late_requests=0) as server,
        NotesClient("notes", hosts=[str(server.address)], **speaks) as notes,
    ):
        await notes.ping()


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")
@pytest.mark.parametrize("pool", ["long", "short", "mux"])
async def test_an_ipv6_address(pool: PoolName) -> None:
    class Looking(NotesHandler):
        async def echo(self, note: Note) -> Note:
            info = current()
            assert info is not None
            return Note(text=str(info.address))

    def calls(address: str) -> str:
        with NotesBlockingClient("notes", hosts=[address], pool=pool) as notes:
            return notes.echo(Note(text="")).text

    async with Server(Served(NOTES, Looking()), address="[::1]:0", late_requests=0) as server:
        address = str(server.address)
        assert address.startswith("[::1]:")
        async with NotesClient("notes", hosts=[address], pool=pool) as notes:
            assert (await notes.echo(Note(text=""))).text.startswith("[::1]:")
        assert (await asyncio.to_thread(calls, address)).startswith("[::1]:")
    with pytest.raises(ConnectError, match=re.escape(address)):
        await asyncio.to_thread(calls, address)
