"""The short way of a client's calls: to whoever calls, it ends as the long way does."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kitexgen.runtime import metainfo
from kitexgen.runtime.call import Deadline, Endpoint, RpcInfo, call_options, current, middlewares
from kitexgen.runtime.channel import IdleLimits, MuxLimits
from kitexgen.runtime.client.usual_blocking import BlockingCalls
from kitexgen.runtime.client.usual_waiting import PooledCalls, SharedCalls
from kitexgen.runtime.errors import BizStatusError, ConnectError, ConnectionClosed, RpcError, RpcTimeout
from kitexgen.runtime.server import Served, Server
from tests.builders.services import NOTES, Note, NotesBlockingClient, NotesClient, NotesHandler

WAYS = (("long", "framed"), ("long", "ttheader_framed"), ("long", "ttheader"), ("mux", "ttheader_framed"))


class Handler(NotesHandler):
    """Besides: what came with the call of `plain`, and what goes with its answer, as its text says."""

    async def plain(self, text: str) -> str:  # type: ignore[override]
        info = current()
        assert info is not None
        match text:
            case "who":
                return f"{info.caller_method}|{metainfo.get_persistent('tenant')}|{info.timeout}"
            case "back":
                metainfo.send_backward("served-by", "me")
            case "biz":
                raise BizStatusError(7, "no money", {"k": "v"})
            case "reset":
                metainfo.send_backward("crrst", "1")
            case "large":
                return "x" * 300_000
        return text


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture(params=WAYS, ids="-".join)
def settings(request: pytest.FixtureRequest, tcp_server: Server) -> dict[str, Any]:
    pool, transport = request.param
    return {"hosts": [str(tcp_server.address)], "pool": pool, "transport": transport}


class Shortcuts:
    """How many calls went the long way after all."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.missed = 0
        for calls in (SharedCalls, PooledCalls, BlockingCalls):
            monkeypatch.setattr(calls, "_call_long", self._counted(calls._call_long))

    def _counted(self, long_way: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self.missed += 1
            return long_way(*arguments)

        return counted


@pytest.fixture
def shortcuts(monkeypatch: pytest.MonkeyPatch) -> Shortcuts:
    return Shortcuts(monkeypatch)


@asynccontextmanager
async def warm(settings: dict[str, Any], shortcuts: Shortcuts, **more: Any) -> AsyncIterator[NotesClient]:
    """A client with a connection, whose next usual call goes the short way."""
    async with NotesClient("notes", **settings, **more) as client:
        await client.ping()
        await client.ping()
        shortcuts.missed = 0
        yield client


def through(call_next: Endpoint) -> Endpoint:
    async def endpoint(info: RpcInfo, request: Any) -> Any:
        return await call_next(info, request)

    return endpoint


async def ended(call: Awaitable[Any]) -> tuple[Any, ...]:
    """How a call ended, to be compared."""
    try:
        value = await call
    except Exception as error:
        told = [getattr(error, name, None) for name in ("service", "method", "remote", "code", "message", "outcome")]
        return type(error), str(error), told, type(error.__cause__)
    return (value,)


CALLS: dict[str, Callable[[NotesClient], Awaitable[Any]]] = {
    "void": lambda notes: notes.ping(),
    "record": lambda notes: notes.echo(Note(text="a", count=3)),
    "number": lambda notes: notes.add(2, 3),
    "zero": lambda notes: notes.add(2, -2),
    "list": lambda notes: notes.all(),
    "declared": lambda notes: notes.echo(Note(text="refuse", count=9)),
    "declared by a void": lambda notes: notes.fail("declared"),
    "numbered": lambda notes: notes.fail("numbered"),
    "undeclared": lambda notes: notes.fail("lookup"),
    "oneway": lambda notes: notes.tell("x"),
    "a stream": lambda notes: notes.talk(Note(text="x")),
    "unwritable": lambda notes: notes.add(2**40, 1),
    "large": lambda notes: notes.plain("large"),
    "large both ways": lambda notes: notes.plain("y" * 200_000),
    "enough time": lambda notes: notes.ping(timeout=60),
    "who": lambda notes: notes.plain("who", timeout=60),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
async def test_it_ends_as_the_long_way(
    settings: dict[str, Any], shortcuts: Shortcuts, call: Callable[[NotesClient], Awaitable[Any]]
) -> None:
    async with warm(settings, shortcuts) as short, warm(settings, shortcuts, middlewares=[through]) as long:
        for _ in range(2):
            assert await ended(call(short)) == await ended(call(long))
        assert await short.add(1, 2) == 3  # whatever that was, the client goes on


@pytest.mark.parametrize("name", ["void", "record", "declared", "numbered", "large", "enough time"])
async def test_these_go_the_short_way(settings: dict[str, Any], shortcuts: Shortcuts, name: str) -> None:
    async with warm(settings, shortcuts) as notes:
        await ended(CALLS[name](notes))
        assert shortcuts.missed == 0


async def test_many_at_once_go_the_short_way(settings: dict[str, Any], shortcuts: Shortcuts) -> None:
    idle = {"idle": IdleLimits(per_address=50)} if settings["pool"] == "long" else {}
    async with warm(settings, shortcuts, **idle) as notes:
        await asyncio.gather(*(notes.add(number, 1) for number in range(50)))
        shortcuts.missed = 0
        assert await asyncio.gather(*(notes.add(number, 1) for number in range(50))) == list(range(1, 51))
        assert shortcuts.missed == 0


async def test_what_is_said_for_a_call_sends_it_the_long_way(settings: dict[str, Any], shortcuts: Shortcuts) -> None:
    seen: list[str] = []

    def note(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, request: Any) -> Any:
            seen.append(info.method.name)
            return await call_next(info, request)

        return endpoint

    async with warm(settings, shortcuts) as notes:
        with middlewares(note):
            await notes.ping()
        assert (seen, shortcuts.missed) == (["ping"], 1)
        with call_options(timeout=60):
            await notes.ping()
        assert shortcuts.missed == 2
        with pytest.raises(RpcTimeout), call_options(deadline=Deadline.after(-1)):
            await notes.ping()


@pytest.mark.parametrize("layer", ["middlewares", "unary_middlewares", "instance_middlewares"])
async def test_a_client_with_layers_has_no_short_way(settings: dict[str, Any], layer: str) -> None:
    assert NotesClient("notes", **settings, **{layer: [through]})._kx_usual is None
    assert NotesClient("notes", **settings, error_handler=lambda info, error: error)._kx_usual is None
    assert NotesClient("notes", **settings)._kx_usual is not None


def test_clients_of_other_formats_and_pools_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert NotesClient("notes", transport="buffered")._kx_usual is None
    assert NotesClient("notes", protocol="compact")._kx_usual is None
    assert NotesClient("notes", pool="short")._kx_usual is None
    assert NotesClient("notes", transport="ttheader", checksum=True)._kx_usual is None
    assert NotesBlockingClient("notes", pool="mux")._kx_usual is None
    monkeypatch.setenv("KITEXGEN_SELF_CHECK", "1")
    assert NotesClient("notes")._kx_usual is None


# ---- what travels beside --------------------------------------------------------------------------------------------


@pytest.fixture(params=[each for each in WAYS if each[1] != "framed"], ids="-".join)
def headed(request: pytest.FixtureRequest, tcp_server: Server) -> dict[str, Any]:
    pool, transport = request.param
    return {"hosts": [str(tcp_server.address)], "pool": pool, "transport": transport}


async def test_metainfo_and_timeout_travel(headed: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(headed, shortcuts) as notes:
        assert await notes.plain("who") == "|None|None"
        assert await notes.plain("who", timeout=30) == "|None|30.0"
        with metainfo.sending(persistent={"tenant": "acme"}):
            assert await notes.plain("who") == "|acme|None"
        assert await notes.plain("who", timeout=30) == "|None|30.0"
        assert shortcuts.missed == 0


async def test_a_call_made_in_a_handler_says_where(headed: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(headed, shortcuts) as inner:

        class Front(NotesHandler):
            async def slow(self, text: str) -> str:
                return await inner.plain(text)

        async with (
            Server(Served(NOTES, Front()), address="127.0.0.1:0") as front,
            NotesClient("front", hosts=[str(front.address)]) as notes,
        ):
            assert [await notes.slow("who") for _ in range(2)] == ["slow|None|None"] * 2
        assert await inner.plain("who") == "|None|None"
        assert shortcuts.missed == 1  # the first of `front`


async def test_what_comes_back_is_gathered(headed: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(headed, shortcuts) as notes:
        with metainfo.received_backward() as back:
            assert await notes.plain("back") == "back"
        assert back["served-by"] == "me"
        assert shortcuts.missed == 0


async def test_a_business_status_is_raised(headed: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(headed, shortcuts) as notes:
        with pytest.raises(BizStatusError, match="no money") as caught:
            await notes.plain("biz")
        assert (caught.value.code, caught.value.extra) == (7, {"k": "v"})
        assert await notes.add(1, 2) == 3
        assert shortcuts.missed == 0


async def test_a_peer_that_asks_for_it_is_called_on_another_connection(
    headed: dict[str, Any], shortcuts: Shortcuts
) -> None:
    async with warm(headed, shortcuts) as notes:
        assert await notes.plain("reset") == "reset"
        assert shortcuts.missed == 0
        assert await notes.add(1, 2) == 3
        assert shortcuts.missed == 1  # by the long way, which connects


# ---- time, cancellation, loss ---------------------------------------------------------------------------------------


async def test_a_call_that_takes_too_long(settings: dict[str, Any], shortcuts: Shortcuts, handler: Handler) -> None:
    async with warm(settings, shortcuts) as notes:
        with pytest.raises(RpcTimeout) as caught:
            await notes.slow("a", timeout=0.03)
        error = caught.value
        assert (error.service, error.method, error.remote) == ("notes", "slow", settings["hosts"][0])
        assert error.elapsed is not None
        assert error.elapsed >= 0.03
        handler.gate.set()
        assert shortcuts.missed == 0
        assert await notes.slow("b", timeout=60) == "b"


async def test_no_time_at_all_is_no_time(settings: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(settings, shortcuts) as notes:
        with pytest.raises(RpcTimeout):
            await notes.ping(timeout=0)
        assert await notes.add(1, 2) == 3


async def test_a_caller_that_goes_away(settings: dict[str, Any], shortcuts: Shortcuts, handler: Handler) -> None:
    async with warm(settings, shortcuts) as notes:
        call = asyncio.create_task(notes.slow("a", timeout=60))
        await handler.entered.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await call
        assert "notes.slow" in str(caught.value.__cause__)
        assert notes._kx_pool.dump().in_use == 0
        handler.gate.set()
        assert await notes.slow("b") == "b"
        assert shortcuts.missed == (1 if settings["pool"] == "long" else 0)  # its connection was closed


async def test_a_connection_that_died_idle_is_replaced(shortcuts: Shortcuts, settings: dict[str, Any]) -> None:
    async with Server(Served(NOTES, NotesHandler()), address="127.0.0.1:0", exit_wait=0) as first:
        address = str(first.address)
        notes = NotesClient("notes", **{**settings, "hosts": [address]})
        await notes.ping()
    async with Server(Served(NOTES, NotesHandler()), address=address):
        assert await notes.add(1, 2) == 3
        await notes.close()


async def test_a_request_that_a_dead_connection_took_is_sent_again() -> None:
    """The peer closes when the second request comes: nobody could have seen that before it was sent."""
    heard: list[int] = []

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = len(heard)
        heard.append(0)
        backend_reader, backend_writer = await asyncio.open_connection("127.0.0.1", behind.address.port)  # type: ignore[union-attr]
        while data := await reader.read(65536):
            heard[connection] += 1
            if connection == 0 and heard[0] == 2:
                break
            backend_writer.write(data)
            writer.write(await backend_reader.read(65536))
        writer.close()
        backend_writer.close()

    async with Server(Served(NOTES, NotesHandler()), address="127.0.0.1:0") as behind:
        proxy = await asyncio.start_server(peer, "127.0.0.1", 0)
        hosts = [f"127.0.0.1:{proxy.sockets[0].getsockname()[1]}"]
        for pool in ("long", "mux"):
            heard.clear()
            async with NotesClient("notes", hosts=hosts, pool=pool) as notes:  # type: ignore[arg-type]
                await notes.ping()
                assert await notes.add(1, 2) == 3
            assert heard == [2, 1]
        heard.clear()
        with NotesBlockingClient("notes", hosts=hosts) as blocking:
            await asyncio.to_thread(blocking.ping)
            assert await asyncio.to_thread(blocking.add, 1, 2) == 3
        assert heard == [2, 1]
        proxy.close()
        await proxy.wait_closed()


async def test_a_call_whose_peer_goes_away_says_where(
    settings: dict[str, Any], shortcuts: Shortcuts, handler: Handler, tcp_server: Server
) -> None:
    async with warm(settings, shortcuts) as notes:
        calls = [asyncio.create_task(notes.slow("a")) for _ in range(2 if settings["pool"] == "mux" else 1)]
        await handler.entered.wait()
        await tcp_server.stop()
        for call in calls:
            with pytest.raises(RpcError) as caught:
                await call
            assert isinstance(caught.value, ConnectError | ConnectionClosed)  # one that was alone may try again
            assert (caught.value.service, caught.value.method) == ("notes", "slow")


async def test_a_full_connection_refuses_as_the_long_way(tcp_server: Server, handler: Handler) -> None:
    settings = {"hosts": [str(tcp_server.address)], "pool": "mux", "mux": MuxLimits(in_flight=1)}
    async with NotesClient("notes", **settings) as notes:  # type: ignore[arg-type]
        await notes.ping()
        call = asyncio.create_task(notes.slow("a"))
        await handler.entered.wait()
        with pytest.raises(RpcError, match="1 calls are in flight"):
            await notes.ping()
        handler.gate.set()
        assert await call == "a"


async def test_hosts_are_called_in_turn(handler: Handler) -> None:
    counts: list[int] = []

    class Counting(NotesHandler):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        async def ping(self) -> None:
            counts.append(self.number)

    async with (
        Server(Served(NOTES, Counting(0)), address="127.0.0.1:0") as first,
        Server(Served(NOTES, Counting(1)), address="127.0.0.1:0") as second,
    ):
        hosts = [str(first.address), str(second.address)]
        for pool in ("long", "mux"):
            counts.clear()
            async with NotesClient("notes", hosts=hosts, pool=pool) as notes:  # type: ignore[arg-type]
                for _ in range(8):
                    await notes.ping()
            assert counts == [0, 1] * 4


async def test_after_the_end_it_says_so(settings: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(settings, shortcuts) as notes:
        pass
    with pytest.raises(RpcError, match="the client is closed"):
        await notes.ping()


async def test_nothing_of_a_call_stays(settings: dict[str, Any], shortcuts: Shortcuts) -> None:
    async with warm(settings, shortcuts, timeout=60) as notes:
        for _ in range(50):
            await notes.add(1, 2)
        gc.collect()
        before = len(gc.get_objects())
        for number in range(2000):
            await notes.add(1, 2, timeout=60 + number % 100)
        gc.collect()
        # What is kept, on both sides, is how calls with the last timeouts begin: less than an object for two calls.
        assert len(gc.get_objects()) - before < 1000


# ---- blocking -------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["framed", "ttheader_framed", "ttheader"])
def blocking(request: pytest.FixtureRequest, tcp_server: Server) -> dict[str, Any]:
    return {"hosts": [str(tcp_server.address)], "transport": request.param}


BLOCKING = ("void", "record", "zero", "list", "declared", "numbered", "oneway", "a stream", "unwritable", "large")


class Awaited:
    """A blocking client whose methods are awaited, each in a thread."""

    def __init__(self, client: NotesBlockingClient) -> None:
        self._client = client

    def plain(self, text: str) -> Awaitable[Any]:
        return asyncio.to_thread(self._client.slow, text)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._client, name)
        return lambda *arguments, **named: asyncio.to_thread(method, *arguments, **named)


@pytest.mark.parametrize("name", BLOCKING)
async def test_a_blocking_call_ends_as_the_long_way(blocking: dict[str, Any], handler: Handler, name: str) -> None:
    handler.gate.set()
    with (
        NotesBlockingClient("notes", **blocking) as short,
        NotesBlockingClient("notes", **blocking, middlewares=[through]) as long,
    ):
        assert short._kx_usual is not None
        assert long._kx_usual is None
        for _ in range(3):
            assert await ended(CALLS[name](Awaited(short))) == await ended(CALLS[name](Awaited(long)))  # type: ignore[arg-type]
        assert (short._kx_pool.dump().in_use, long._kx_pool.dump().in_use) == (0, 0)


async def test_a_blocking_call_that_takes_too_long(
    blocking: dict[str, Any], shortcuts: Shortcuts, handler: Handler
) -> None:
    with NotesBlockingClient("notes", **blocking) as notes:
        await asyncio.to_thread(notes.ping)
        shortcuts.missed = 0
        with pytest.raises(RpcTimeout) as caught:
            await asyncio.to_thread(notes.slow, "a", timeout=0.03)
        assert shortcuts.missed == 0
        assert (caught.value.method, caught.value.remote) == ("slow", blocking["hosts"][0])
        assert notes._kx_pool.dump().in_use == 0  # a channel that failed is not kept account of
        handler.gate.set()
        assert await asyncio.to_thread(notes.slow, "b", timeout=60) == "b"


async def test_threads_share_a_blocking_client(blocking: dict[str, Any], shortcuts: Shortcuts) -> None:
    wrong: list[int] = []
    with NotesBlockingClient("notes", **blocking) as notes:

        def work(number: int) -> None:
            wrong.extend(at for at in range(100) if notes.add(number, at) != number + at)

        threads = [threading.Thread(target=work, args=(number * 1000,)) for number in range(8)]
        for thread in threads:
            thread.start()
        await asyncio.to_thread(lambda: [thread.join() for thread in threads])
        assert wrong == []
        assert notes._kx_pool.dump().in_use == 0
        assert shortcuts.missed < 400
