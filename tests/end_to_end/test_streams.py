"""Streams with generated code, client and server of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from kitexgen.runtime import BizStatusError, WarmUp, metainfo
from kitexgen.runtime.errors import (
    ApplicationError,
    ClientClosed,
    ConnectError,
    ConnectionClosed,
    EncodeError,
    IncompleteHandler,
    Outcome,
    ReceiveTimeout,
    RpcTimeout,
    StreamCanceled,
    StreamClosed,
    StreamCode,
    StreamTimeout,
    UnknownService,
    UnsupportedStreaming,
)
from kitexgen.runtime.server import Served, Server
from tests.builders.generated import generate_code
from tests.builders.reporter import Notebook
from tests.end_to_end.streams import Code, NotesHandler

IDL = Path(__file__).parent / "notes_stream.thrift"


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Code:
    return Code(generate_code([IDL], tmp_path_factory.mktemp("streams")))


@pytest.fixture
def handler(code: Code) -> NotesHandler:
    return NotesHandler(code)


@pytest.fixture(params=["memory:streams", "127.0.0.1:0"], ids=["memory", "tcp"])
async def server(request: pytest.FixtureRequest, code: Code, handler: NotesHandler) -> AsyncIterator[Server]:
    served = Served(code.service.SERVICE, handler)
    async with Server(served, address=request.param, late_requests=0, exit_wait=0.5) as running:
        yield running


@pytest.fixture(params=[1, 100], ids=["alone", "shared"])
async def notes(request: pytest.FixtureRequest, code: Code, server: Server) -> AsyncIterator[Any]:
    address = str(server.address)
    async with code.service.NotesClient(
        "notes", hosts=[address], caller="tests", streams_per_connection=request.param
    ) as client:
        yield client


async def test_warming_up_makes_the_connections_of_streams(code: Code, server: Server) -> None:
    told = Notebook()
    plan = WarmUp(connections=0, streams=2)
    async with code.service.NotesClient("notes", hosts=[str(server.address)], warm_up=plan, reporter=told) as notes:
        assert told.names == ["succeed", "succeed"]
        async with notes.download(code.note("count", 1)) as stream:
            assert [each.text async for each in stream] == ["0"]
        assert told.names[2:] == ["reuse"]


def test_a_blocking_client_has_no_streams_to_warm_up(code: Code) -> None:
    client = code.service.NotesClient.blocking("notes", hosts=["127.0.0.1:1"], warm_up=WarmUp(streams=1))
    with pytest.raises(ValueError, match="opens no streams"):
        client.__enter__()


async def test_a_server_streams(notes: Any, code: Code, handler: NotesHandler) -> None:
    async with notes.download(code.note("count", 5)) as items:
        assert [item.count async for item in items] == [0, 1, 2, 3, 4]
        assert await items.receive() is None
    assert await handler.ended.get() == ("download", None)


async def test_a_client_streams(notes: Any, code: Code) -> None:
    async with notes.upload() as stream:
        for number in range(4):
            await stream.send(code.note("", number))
        assert await stream.close_and_receive() == code.note("4", 6)


async def test_a_client_that_sends_nothing(notes: Any, code: Code) -> None:
    async with notes.upload() as stream:
        assert await stream.close_and_receive() == code.note("0", 0)
    async with notes.talk() as stream:
        await stream.close_send()
        await stream.close_send()
        assert await stream.receive() is None


async def test_both_stream_in_turn(notes: Any, code: Code) -> None:
    async with notes.talk() as stream:
        for number in range(10):
            await stream.send(code.note("x", number))
            assert (await stream.receive()).count == number + 1
        await stream.close_send()
        assert [note async for note in stream] == []
        with pytest.raises(StreamClosed, match="stream is closed send") as closed:
            await stream.send(code.note())
        assert (closed.value.code, closed.value.outcome) == (StreamCode.ILLEGAL_OPERATION, Outcome.NOT_SENT)


async def test_both_stream_at_once(notes: Any, code: Code) -> None:
    async with notes.talk() as stream:

        async def send() -> None:
            for number in range(2000):
                await stream.send(code.note("x", number))
            await stream.close_send()

        sending = asyncio.create_task(send())
        assert [note.count async for note in stream] == list(range(1, 2001))
        await sending


async def test_many_streams_at_once(notes: Any, code: Code) -> None:
    async def talk(name: str) -> None:
        async with notes.talk() as stream:
            for number in range(20):
                await stream.send(code.note(name, number))
                assert await stream.receive() == code.note(name, number + 1)

    await asyncio.gather(*(talk(str(name)) for name in range(50)))


async def test_calls_and_streams_of_one_client(notes: Any, code: Code) -> None:
    await notes.ping()
    assert await notes.once(code.note("x")) == code.note("x")
    async with notes.talk() as stream:
        await notes.ping()
        await stream.send(code.note())
        assert (await stream.receive()).count == 1


async def test_one_connection_serves_streams_one_after_another(code: Code, server: Server) -> None:
    async with code.service.NotesClient("notes", hosts=[str(server.address)]) as notes:
        for number in range(5):
            async with notes.download(code.note("count", number)) as items:
                assert len([item async for item in items]) == number
        assert server.connections == 1


async def test_streams_share_as_told(code: Code, server: Server) -> None:
    async with (
        code.service.NotesClient("notes", hosts=[str(server.address)], streams_per_connection=2) as notes,
        notes.talk(),
        notes.talk(),
        notes.talk() as last,
    ):
        await last.send(code.note())
        await last.receive()
        assert server.connections == 2


async def test_the_server_may_answer_early(notes: Any, code: Code) -> None:
    async with notes.upload() as stream:
        await stream.send(code.note("enough", 3))
        while True:
            try:
                await stream.send(code.note("", 1))
            except StreamClosed:
                break
            await asyncio.sleep(0)
        assert await stream.close_and_receive() == code.note("1", 3)


# --- what goes besides the messages -----------------------------------------------------------------------------------


async def test_header_trailer_and_metainfo(notes: Any, code: Code, handler: NotesHandler) -> None:
    with metainfo.sending(persistent={"tenant": "acme"}):
        call = notes.download(code.note("told"))
    async with call as items:
        assert items.trailer == {}
        assert await items.header() == {"node": "seven"}
        first = await items.receive()
        assert first.text == "acme"
        with pytest.raises(ApplicationError, match="biz error: the stream's header has been sent"):
            await items.receive()
        assert items.trailer == {"rows": "1"}


async def test_a_header_comes_even_without_messages(notes: Any, code: Code) -> None:
    async with notes.download(code.note("count", 0)) as items:
        assert await items.header() == {}
        assert [item async for item in items] == []


# --- failures ---------------------------------------------------------------------------------------------------------


async def test_a_handler_that_fails(notes: Any, code: Code, server: Server) -> None:
    async with notes.download(code.note("plain")) as items:
        with pytest.raises(ApplicationError) as failed:
            await items.receive()
        assert (failed.value.type, failed.value.message) == (6, "biz error: stream failure")
        assert str(failed.value) == f"biz error: stream failure (notes.download at {server.address})"
        with pytest.raises(ApplicationError):
            await items.receive()


async def test_a_declared_exception_is_not_carried(notes: Any, code: Code) -> None:
    async with notes.download(code.note("declared")) as items:
        with pytest.raises(ApplicationError, match=r"biz error: Refused\(why='declared'\)"):
            await items.receive()


async def test_a_business_status(notes: Any, code: Code) -> None:
    async with notes.download(code.note("business")) as items:
        assert (await items.receive()).text == "first"
        with pytest.raises(BizStatusError) as status:
            await items.receive()
    assert (status.value.code, status.value.message, status.value.extra) == (1001, "no money", {"k": "v<1>"})


async def test_a_failure_reaches_the_sender_too(notes: Any, code: Code) -> None:
    async with notes.talk() as stream:
        await stream.send(code.note("fail"))

        async def send_on() -> None:
            while True:
                await stream.send(code.note("silent"))
                await asyncio.sleep(0)

        with pytest.raises(ApplicationError, match="stream failure"):
            await send_on()


async def test_messages_that_are_none(notes: Any, code: Code) -> None:
    async with notes.talk() as stream:
        with pytest.raises(EncodeError, match="expected Note, got str"):
            await stream.send("no note")
        with pytest.raises(EncodeError, match=r"Note\.count"):
            await stream.send(code.note("", 2**31))
        await stream.send(code.note("still", 1))
        assert (await stream.receive()).count == 2
    async with notes.download(code.note("wrong")) as items:
        with pytest.raises(ApplicationError, match=r"biz error: .*expected Note, got str"):
            await items.receive()


async def test_what_is_not_served(code: Code) -> None:
    from tests.builders.services import CLOCK, ClockHandler  # noqa: PLC0415

    async with (
        Server(Served(CLOCK, ClockHandler()), address="memory:clock", late_requests=0) as server,
        code.service.NotesClient("notes", hosts=[str(server.address)]) as notes,
        notes.talk() as stream,
    ):
        with pytest.raises(UnknownService, match="unknown service Notes, method talk"):
            await stream.receive()


async def test_nobody_to_call(code: Code) -> None:
    async with code.service.NotesClient("notes", hosts=["memory:nobody"]) as notes:
        with pytest.raises(ConnectError, match=r"notes\.talk"):
            async with notes.talk():
                raise AssertionError("entered")


async def test_streams_of_what_is_no_struct(notes: Any) -> None:
    with pytest.raises(UnsupportedStreaming, match="a stream carries structs alone"):
        notes.words()


def test_blocking_clients_refuse(code: Code) -> None:
    with code.service.NotesClient.blocking("notes", hosts=["127.0.0.1:1"]) as blocking:
        for method in (blocking.talk, blocking.upload, blocking.download):
            with pytest.raises(UnsupportedStreaming, match="takes an event loop: use the asyncio client"):
                method()


# --- time -------------------------------------------------------------------------------------------------------------


async def test_a_stream_past_its_time(notes: Any, code: Code, handler: NotesHandler) -> None:
    async with notes.download(code.note("silent"), timeout=0.05) as items:
        with pytest.raises(StreamTimeout, match=r"stream timeout, it was not over within 0\.05 s"):
            await items.receive()
    name, error = await handler.ended.get()
    assert (name, type(error)) == ("download", asyncio.CancelledError)


async def test_a_message_that_does_not_come_in_time(notes: Any, code: Code, handler: NotesHandler) -> None:
    async with notes.download(code.note("silent"), receive_timeout=0.05) as items:
        with pytest.raises(ReceiveTimeout, match=r"no message came within 0.05 s \(notes\.download at "):
            await items.receive()
        with pytest.raises(ReceiveTimeout):
            await items.receive()
    assert (await handler.ended.get())[0] == "download"
    assert issubclass(ReceiveTimeout, RpcTimeout)


async def test_the_clients_own_timeout_is_for_calls(code: Code, server: Server, handler: NotesHandler) -> None:
    async with (
        code.service.NotesClient("notes", hosts=[str(server.address)], timeout=1e-6) as notes,
        notes.talk() as stream,
    ):
        await stream.send(code.note())
        assert (await stream.receive()).count == 1


# --- giving up --------------------------------------------------------------------------------------------------------


async def test_cancelling_tells_the_server(notes: Any, code: Code, handler: NotesHandler) -> None:
    async with notes.talk() as stream:
        await stream.send(code.note("x"))
        await stream.receive()
        stream.cancel("stop")
        for operation in (stream.receive(), stream.send(code.note()), anext(stream)):
            with pytest.raises(StreamCanceled) as canceled:
                await operation
            assert canceled.value.code == StreamCode.CANCELED_WITH_CAUSE
            assert "[ttstream error, code=12008] [client-side stream] [canceled path: tests] stop" in str(
                canceled.value
            )
    assert (await handler.ended.get())[0] == "talk"


async def test_leaving_early_cancels(notes: Any, code: Code, handler: NotesHandler) -> None:
    async with notes.download(code.note("forever")) as items:
        async for _ in items:
            break
    assert (await handler.ended.get())[0] == "download"
    with pytest.raises(StreamClosed):
        await items.receive()


async def test_a_cancelled_task_cancels_its_stream(notes: Any, code: Code, handler: NotesHandler) -> None:
    async def receive() -> None:
        async with notes.download(code.note("silent")) as items:
            await items.receive()

    receiving = asyncio.create_task(receive())
    await handler.entered.wait()
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving
    assert (await handler.ended.get())[0] == "download"


async def test_others_on_the_connection_do_not_notice(code: Code, server: Server, handler: NotesHandler) -> None:
    async with (
        code.service.NotesClient("notes", hosts=[str(server.address)], streams_per_connection=9) as notes,
        notes.talk() as stays,
    ):
        async with notes.talk() as goes:
            await goes.send(code.note("x"))
            await goes.receive()
            goes.cancel()
        assert (await handler.ended.get())[0] == "talk"
        await stays.send(code.note("y"))
        assert (await stays.receive()).text == "y"
        assert server.connections == 1


async def test_a_cancel_goes_on_down_the_chain(code: Code, handler: NotesHandler) -> None:
    """Client to middle to end: the end is told who began, and the way it came."""

    class Middle(NotesHandler):
        async def talk(self, stream: Any) -> None:
            async with (
                code.service.NotesClient("end", hosts=["memory:end"], caller="middle") as further,
                further.talk() as inner,
            ):
                await inner.send(await stream.receive())
                await stream.send(await inner.receive())
                await stream.receive()

    told: asyncio.Queue[StreamCanceled | None] = asyncio.Queue()

    class End(NotesHandler):
        async def talk(self, stream: Any) -> None:
            try:
                async for note in stream:
                    await stream.send(note)
            except asyncio.CancelledError:
                with pytest.raises(StreamCanceled) as canceled:
                    await stream.receive()
                told.put_nowait(canceled.value)
                raise

    service = code.service.SERVICE
    async with (
        Server(Served(service, End(code)), address="memory:end", late_requests=0),
        Server(Served(service, Middle(code)), address="memory:middle", late_requests=0),
        code.service.NotesClient("middle", hosts=["memory:middle"], caller="first") as notes,
    ):
        async with notes.talk() as stream:
            await stream.send(code.note("x"))
            await stream.receive()
            stream.cancel("stop")
        canceled = await told.get()
    assert canceled is not None
    assert (canceled.code, canceled.message, canceled.path) == (12008, "stop", ("first", "middle"))


async def test_a_server_that_goes(code: Code, handler: NotesHandler) -> None:
    async with code.service.NotesClient("notes", hosts=["memory:goes"]) as notes:
        server = Server(Served(code.service.SERVICE, handler), address="memory:goes", late_requests=0, exit_wait=0)
        await server.start()
        async with notes.talk() as stream:
            await stream.send(code.note("x"))
            await stream.receive()
            await server.stop()
            with pytest.raises(ConnectionClosed):
                await stream.receive()
            with pytest.raises(ConnectionClosed):
                await stream.send(code.note())
    assert (await handler.ended.get())[0] == "talk"


async def test_a_server_that_stops_serves_its_streams_to_the_end(code: Code, handler: NotesHandler) -> None:
    server = Server(Served(code.service.SERVICE, handler), address="memory:stops", late_requests=0, exit_wait=20)
    await server.start()
    async with code.service.NotesClient("notes", hosts=["memory:stops"], streams_per_connection=9) as notes:
        async with notes.talk() as stream:
            await stream.send(code.note("x"))
            await stream.receive()
            stopping = asyncio.create_task(server.stop())

            async def is_refused() -> bool:
                async with notes.talk() as late:
                    try:
                        await late.send(code.note("x"))
                        await late.receive()
                    except ApplicationError as refused:
                        return refused.message == "the server is stopping"
                return False

            while not await is_refused():
                await asyncio.sleep(0)
            await stream.send(code.note("still", 1))
            assert (await stream.receive()).count == 2
        await stopping


async def test_a_client_that_goes(code: Code, server: Server, handler: NotesHandler) -> None:
    notes = code.service.NotesClient("notes", hosts=[str(server.address)])
    async with notes.talk() as stream:
        await stream.send(code.note("x"))
        await stream.receive()
        await notes.close()
        with pytest.raises(ConnectionClosed, match="the client is closed"):
            await stream.receive()
    assert (await handler.ended.get())[0] == "talk"
    with pytest.raises(ClientClosed):
        notes.talk()


# --- memory -----------------------------------------------------------------------------------------------------------


MOST = 16 * 1024 * 1024
"""Bytes that may be on their way: what the kernel holds for both ends, and what both ends do."""


async def steady(count: Callable[[], int]) -> int:
    """The number, once it has not changed for a while: nothing tells when a sender has begun to wait."""
    before = -1
    while before != count():
        before = count()
        await asyncio.sleep(0.1)
    return before


async def test_a_client_that_does_not_read_holds_the_server_back(
    code: Code, server: Server, handler: NotesHandler
) -> None:
    blob = bytes(32 * 1024)
    async with (
        code.service.NotesClient("notes", hosts=[str(server.address)]) as notes,
        notes.download(code.note("forever", 0, blob)) as items,
    ):
        sent = await steady(lambda: handler.sent)
        assert 0 < sent * len(blob) < MOST
        for number in range(sent + 10):
            assert (await items.receive()).count == number


async def test_a_server_that_does_not_read_holds_the_client_back(
    code: Code, server: Server, handler: NotesHandler
) -> None:
    blob = bytes(32 * 1024)
    sent = 0
    async with (
        code.service.NotesClient("notes", hosts=[str(server.address)]) as notes,
        notes.upload() as stream,
    ):

        async def send() -> None:
            nonlocal sent
            while sent * len(blob) < 2 * MOST:
                await stream.send(code.note("slow", 1, blob))
                sent += 1

        sending = asyncio.create_task(send())
        assert 0 < await steady(lambda: sent) * len(blob) < MOST
        handler.gate.set()
        await sending
        assert (await stream.close_and_receive()).count == sent


async def test_a_limit_of_streams(code: Code, handler: NotesHandler) -> None:
    served = Served(code.service.SERVICE, handler)
    async with (
        Server(served, address="memory:few", late_requests=0, max_concurrent=2),
        code.service.NotesClient("notes", hosts=["memory:few"], streams_per_connection=9) as notes,
        notes.talk() as first,
        notes.talk(),
    ):
        await first.send(code.note("x"))
        await first.receive()
        async with notes.talk() as third:
            with pytest.raises(ApplicationError, match="request over limit"):
                await third.receive()


# --- middlewares ------------------------------------------------------------------------------------------------------


async def test_middlewares(code: Code, handler: NotesHandler) -> None:
    seen: list[str] = []

    def note(name: str) -> Any:
        def middleware(call_next: Any) -> Any:
            async def endpoint(info: Any, request: Any) -> Any:
                seen.append(f"{name} {type(request).__name__}")
                answer = await call_next(info, request)
                seen.append(f"{name} done {type(answer).__name__}")
                return answer

            return endpoint

        return middleware

    served = Served(code.service.SERVICE, handler)
    async with (
        Server(
            served,
            address="memory:wrapped",
            late_requests=0,
            middlewares=[note("server")],
            unary_middlewares=[note("never")],
            stream_middlewares=[note("serve")],
            send_middlewares=[note("answer")],
            receive_middlewares=[note("take")],
        ),
        code.service.NotesClient(
            "notes",
            hosts=["memory:wrapped"],
            middlewares=[note("client")],
            unary_middlewares=[note("never")],
            stream_middlewares=[note("open")],
            send_middlewares=[note("send")],
            receive_middlewares=[note("receive")],
        ) as notes,
        notes.upload() as stream,
    ):
        await stream.send(code.note("x", 1))
        await stream.close_and_receive()
    client = [each for each in seen if each.split()[0] in {"open", "client", "send", "receive", "never"}]
    server = [each for each in seen if each not in client]
    assert client == [
        "open NoneType",
        "client NoneType",
        "client done StreamInfo",
        "open done StreamInfo",
        "send Note",
        "send done NoneType",
        "receive NoneType",
        "receive done Note",
        "receive NoneType",
        "receive done NoneType",
    ]
    assert server == [
        "server HandlerStream",
        "serve HandlerStream",
        "take NoneType",
        "take done Note",
        "take NoneType",
        "take done NoneType",
        "answer Note",
        "answer done NoneType",
        "serve done NoneType",
        "server done NoneType",
    ]


# --- use --------------------------------------------------------------------------------------------------------------


async def test_a_stream_is_entered_once(notes: Any, code: Code) -> None:
    call = notes.talk()
    with pytest.raises(RuntimeError, match="use `async with`"):
        await call.send(code.note())
    async with call:
        pass
    with pytest.raises(RuntimeError, match="call the method again"):
        async with call:
            pass


def test_a_handler_without_streams_is_incomplete(code: Code) -> None:
    with pytest.raises(IncompleteHandler):
        Server(Served(code.service.SERVICE, object()))
