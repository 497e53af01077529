"""What travels beside a call over TTHeader, and what becomes of it, on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kitexgen.runtime import (
    ApplicationError,
    BizStatusError,
    CanceledByBusiness,
    Deadline,
    Endpoint,
    RpcError,
    RpcInfo,
    RpcTimeout,
    Server,
    TimeoutByBusiness,
    UnknownService,
    call_options,
    current,
    metainfo,
)
from kitexgen.runtime.framing import TTHEADER_BINARY, Format, Packet, TransportName, TTHeader
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.protocol import read_exception, unpack
from kitexgen.runtime.server import Served
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.echo import ECHO, HELLO, SERVICE, EchoBlockingClient, EchoClient, EchoHandler, Ex
from tests.builders.services import ADD, NOTES, SLOW, NotesClient, NotesHandler, args, result
from tests.builders.whole import pack
from tests.end_to_end.endpoints import RawPeer
from tests.end_to_end.scripted import scripted


@pytest.fixture
def echo() -> EchoHandler:
    return EchoHandler()


@pytest.fixture
async def echo_server(echo: EchoHandler) -> AsyncIterator[Server]:
    async with Server(Served(SERVICE, echo), address="127.0.0.1:0", late_requests=0, exit_wait=0.5) as running:
        yield running


@pytest.fixture
async def client(echo_server: Server) -> AsyncIterator[EchoClient]:
    async with EchoClient("echo", hosts=[str(echo_server.address)], transport="ttheader", timeout=20) as opened:
        yield opened


# --- metainfo ---------------------------------------------------------------------------------------------------------


class Relay(NotesHandler):
    """`slow` calls Echo, and says what it saw itself."""

    def __init__(self, client: EchoClient) -> None:
        super().__init__()
        self.client = client
        self.saw: list[tuple[dict[str, str], dict[str, str]]] = []

    async def slow(self, text: str) -> str:
        self.saw.append((metainfo.all_persistent(), metainfo.all_transient()))
        metainfo.set_transient("mine", "relay")
        with metainfo.received_backward() as back:
            answer = await self.client.echo(text)
        metainfo.send_backward("from-echo", back["served-by"])
        return answer


async def test_a_chain_of_three(client: EchoClient, echo: EchoHandler) -> None:
    relay = Relay(client)
    async with (
        Server(Served(NOTES, relay), address="127.0.0.1:0", late_requests=0) as server,
        NotesClient("notes", hosts=[str(server.address)], transport="ttheader_framed", caller="tests") as notes,
    ):
        with (
            metainfo.sending(persistent={"p": "1"}, transient={"t": "2", "gdpr-token": "tok"}),
            metainfo.received_backward() as back,
        ):
            assert await notes.slow("back") == "back"
        assert await notes.slow("back") == "back"
    assert relay.saw == [({"p": "1"}, {"t": "2", "gdpr-token": "tok"}), ({}, {})]
    assert echo.transient == [{"mine": "relay"}, {"mine": "relay"}]
    first, second = echo.calls
    assert first.metainfo is not None
    assert second.metainfo is not None
    assert (first.metainfo.persistent, second.metainfo.persistent) == ({"p": "1"}, {})
    assert (first.caller_method, first.deadline is None) == ("slow", False)
    assert back["from-echo"] == "echo"
    assert "served-by" not in back


async def test_threads_send_and_receive_them_too(echo_server: Server, echo: EchoHandler) -> None:
    def ask() -> dict[str, str]:
        with (
            EchoBlockingClient("echo", hosts=["127.0.0.1:1"], transport="ttheader", caller="thread") as blocking,
            call_options(host=str(echo_server.address), persistent={"p": "1"}, transient={"t": "2"}),
            metainfo.received_backward() as back,
        ):
            assert blocking.echo("back") == "back"
            return dict(back)

    assert (await asyncio.to_thread(ask))["served-by"] == "echo"
    (info,) = echo.calls
    assert info.metainfo is not None
    assert (info.caller, info.metainfo.persistent, echo.transient) == ("thread", {"p": "1"}, [{"t": "2"}])


async def test_a_handler_in_a_thread_knows_its_call(echo: EchoHandler) -> None:
    """Plain handlers run elsewhere, with the context of their call: a blocking client there sends its metainfo on."""
    async with Server(Served(SERVICE, echo), address="127.0.0.1:0", late_requests=0) as last:

        class Between(EchoHandler):
            def echo(self, msg: str) -> str:
                with EchoBlockingClient("echo", hosts=[str(last.address)], transport="ttheader") as blocking:
                    return blocking.hello(msg)

        async with (
            Server(Served(SERVICE, Between()), address="127.0.0.1:0", late_requests=0) as server,
            EchoClient("echo", hosts=[str(server.address)], transport="ttheader") as client,
        ):
            with metainfo.sending(persistent={"p": "1"}, transient={"t": "2"}):
                assert await client.echo("x") == "hi x"
    (info,) = echo.calls
    assert info.metainfo is not None
    assert (info.caller_method, info.metainfo.persistent, info.metainfo.transient) == ("echo", {"p": "1"}, {})


async def test_errors_bring_values_back_too() -> None:
    class Failing(EchoHandler):
        def echo(self, msg: str) -> str:
            metainfo.send_backward("before", "failing")
            raise RuntimeError(msg)

    async with (
        Server(Served(SERVICE, Failing()), address="127.0.0.1:0", late_requests=0) as server,
        EchoClient("echo", hosts=[str(server.address)], transport="ttheader") as client,
    ):
        with metainfo.received_backward() as back, pytest.raises(ApplicationError):
            await client.echo("x")
    assert back["before"] == "failing"


# --- business status --------------------------------------------------------------------------------------------------


async def test_a_business_status_is_raised_by_both_clients(client: EchoClient, echo_server: Server) -> None:
    def ask() -> BizStatusError:
        hosts = [str(echo_server.address)]
        with EchoBlockingClient("echo", hosts=hosts, transport="ttheader_framed") as blocking:
            with pytest.raises(BizStatusError) as caught:
                blocking.echo("biz")
            assert blocking.echo("x") == "x"  # the connection is sound
            return caught.value

    with pytest.raises(BizStatusError) as caught:
        await client.echo("biz")
    for error in (caught.value, await asyncio.to_thread(ask)):
        assert (error.code, error.message, error.extra) == (1001, "no money", {"k": "v<1>"})
        assert not isinstance(error, RpcError)
    assert await client.echo("x") == "x"


@pytest.mark.parametrize("transport", ["framed", "buffered"])
async def test_without_headers_it_is_lost(
    echo_server: Server, transport: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with EchoClient("echo", hosts=[str(echo_server.address)], transport=transport) as client:
        assert await client.echo("biz") == ""
    assert "biz error: code=1001, msg=no money is lost on a transport without headers" in caplog.text


async def test_middlewares_see_a_call_that_went_well(echo: EchoHandler) -> None:
    seen: list[object] = []

    def watch(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, request: Any) -> Any:
            value = await call_next(info, request)
            seen.append((info.side, value, info.biz_status and info.biz_status.code))
            return value

        return endpoint

    async with (
        Server(Served(SERVICE, echo), address="127.0.0.1:0", late_requests=0, middlewares=[watch]) as server,
        EchoClient("echo", hosts=[str(server.address)], transport="ttheader", middlewares=[watch]) as client,
    ):
        with pytest.raises(BizStatusError):
            await client.echo("biz")
    assert seen == [("server", None, 1001), ("client", None, 1001)]


async def test_a_middleware_may_raise_one(echo: EchoHandler) -> None:
    def refuse(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, request: Any) -> Any:
            raise BizStatusError(403, "not you")

        return endpoint

    async with (
        Server(Served(SERVICE, echo), address="127.0.0.1:0", late_requests=0, middlewares=[refuse]) as server,
        EchoClient("echo", hosts=[str(server.address)], transport="ttheader") as client,
    ):
        with pytest.raises(BizStatusError, match="not you"):
            await client.hello("x")
    assert echo.calls == []


async def test_oneway_brings_nothing_back(client: EchoClient, echo: EchoHandler) -> None:
    await client.fire("biz")
    while not echo.calls:
        await asyncio.sleep(0)
    assert await client.hello("x") == "hi x"


# --- what Kitex's table of errors says (reference/wire.md 9.1) --------------------------------------------------------


def call(method: Any, header: TTHeader | None = None, **values: object) -> bytes:
    return pack(TTHEADER_BINARY, MessageKind.CALL, method.name, 5, args(method, **values), header=header)


async def answer_to(server: Server, *requests: bytes) -> tuple[Packet, bool]:
    """The answer to the last request, and whether the connection is kept."""
    with await RawPeer.connect(server) as peer:
        for request in requests:
            await peer.send(request)
            packet = await peer.next_packet()
        await peer.send(call(HELLO, name="x"))
        return packet, await peer.next() is not None


KEPT = [
    ("fail", 6, "biz error: plain failure"),
    ("number", 1000, "my own number [biz error]"),
    ("wordy", 6, "biz error: TTHeader.string_infos['too-long']: string exceeded 65535B max size (actual: 70000B)"),
    ("wordy status", 6, "biz error: TTHeader.string_infos['biz-message']: string exceeded 65535B max size"),
    ("nothing", 6, "biz error: echo_result: the handler returned None"),
]


@pytest.mark.parametrize(("msg", "type", "text"), KEPT)
async def test_failures_that_keep_the_connection(echo_server: Server, msg: str, type: int, text: str) -> None:
    packet, is_kept = await answer_to(echo_server, call(ECHO, msg=msg))
    error = read_exception(unpack(packet))
    assert (error.type, error.message[: len(text)]) == (type, text)
    assert packet.header is not None
    assert (packet.header.int_infos, packet.header.string_infos) == ({22: "3"}, {})
    assert is_kept


async def test_answers_that_keep_the_connection(echo_server: Server) -> None:
    for msg, kind in (("boom", MessageKind.REPLY), ("biz", MessageKind.REPLY), ("x", MessageKind.REPLY)):
        packet, is_kept = await answer_to(echo_server, call(ECHO, msg=msg))
        assert packet.header is not None
        assert (unpack(packet).kind, packet.header.int_infos, is_kept) == (kind, {22: "2"}, True)


def named(service: str) -> TTHeader:
    return TTHeader(sequence_id=0, string_infos={StringKey.SERVICE.value: service})


CLOSED = [
    (call(ADD, named("Echo"), a=1, b=2), 1, "unknown method add (service Echo)"),
    (call(ADD, named("Other"), a=1, b=2), 20, "unknown service Other, method add"),
    (call(ADD, a=1, b=2), 20, "unknown service , method add"),
    (call(HELLO, name="abc").replace(b"\0\0\0\x03abc", b"\0\0\0\x63abc"), 7, ""),
]


@pytest.mark.parametrize(("request_", "type", "text"), CLOSED, ids=["method", "service", "no service", "undecodable"])
async def test_failures_that_close_the_connection(echo_server: Server, request_: bytes, type: int, text: str) -> None:
    packet, is_kept = await answer_to(echo_server, request_)
    message = unpack(packet)
    error = read_exception(message)
    assert error.type == type
    assert text in error.message
    assert packet.header is not None
    assert (packet.header.sequence_id, message.sequence_id) == (5, 5)
    assert (packet.header.int_infos, packet.header.string_infos) == ({22: "3"}, {"crrst": "1"})
    assert not is_kept


async def test_an_unknown_name_is_forgiven_when_the_method_is_plain(echo_server: Server) -> None:
    packet, is_kept = await answer_to(echo_server, call(HELLO, named("Other"), name="x"))
    assert (unpack(packet).kind, is_kept) == (MessageKind.REPLY, True)


async def test_the_envelopes_sequence_id_counts(echo_server: Server) -> None:
    request = bytearray(call(HELLO, name="x"))
    request[8:12] = (99).to_bytes(4)
    packet, _ = await answer_to(echo_server, bytes(request))
    assert packet.header is not None
    assert (packet.header.sequence_id, unpack(packet).sequence_id) == (5, 5)


async def test_replies_have_no_flags(echo_server: Server) -> None:
    header = TTHeader(sequence_id=0, flags=0x0001 | 0x0010)
    packet, _ = await answer_to(echo_server, call(HELLO, header, name="x"))
    assert packet.header is not None
    assert packet.header.flags == 0


TRANSPORTS: tuple[TransportName, ...] = ("ttheader", "framed", "ttheader_framed", "buffered")


async def test_the_answer_is_in_the_format_of_each_request(echo_server: Server) -> None:
    with await RawPeer.connect(echo_server) as peer:
        for transport in TRANSPORTS:
            format = Format(transport, "binary")
            await peer.send(pack(format, MessageKind.CALL, "hello", 1, args(HELLO, name="x")))
            assert (await peer.next_packet()).format == format


BROKEN = {
    "no info area": "0000000e 1000 0000 00000001 0000 00 00 0000",
    "protocol id": "0000002a 1000 0000 00000001 0001 02 00 0000",
    "info id": "0000002a 1000 0000 00000001 0001 00 00 7700",
    "pair cut off": "0000002a 1000 0000 00000001 0001 00 00 0100",
    "no message": "00000020 1000 0000 00000001 0001 00 00 0000",
    "a stream": "0000002a 1000 0002 00000001 0001 10 00 0000",
}


@pytest.mark.parametrize("start", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_header_ends_the_connection_without_a_word(echo_server: Server, start: str) -> None:
    with await RawPeer.connect(echo_server) as peer:
        await peer.send(call(HELLO, name="x"))
        assert await peer.next() is not None
        await peer.send(bytes.fromhex(start) + b"\x01" * 32)
        assert await peer.receive() == b""


async def test_a_server_may_insist_on_service_names(echo: EchoHandler) -> None:
    async with (
        Server(Served(SERVICE, echo), address="127.0.0.1:0", late_requests=0, requires_service_name=True) as server,
        EchoClient("echo", hosts=[str(server.address)], transport="ttheader") as named,
        EchoClient("echo", hosts=[str(server.address)]) as nameless,
    ):
        assert await named.hello("x") == "hi x"
        with pytest.raises(UnknownService):
            await nameless.hello("x")


# --- error handlers ---------------------------------------------------------------------------------------------------


async def test_error_handlers_of_both_sides(echo: EchoHandler) -> None:
    def to_status(info: RpcInfo, error: Exception) -> Exception:
        return BizStatusError(77, str(error)) if info.method.name == "echo" else error

    class Unavailable(Exception):
        pass

    def translate(info: RpcInfo, error: Exception) -> Exception:
        return Unavailable(type(error).__name__)

    async with (
        Server(Served(SERVICE, echo), address="127.0.0.1:0", late_requests=0, error_handler=to_status) as server,
        EchoClient("echo", hosts=[str(server.address)], transport="ttheader", error_handler=translate) as client,
        EchoClient("echo", hosts=[str(server.address)], error_handler=translate) as plain,
        EchoClient("echo", hosts=["127.0.0.1:1"], error_handler=translate) as nobody,
    ):
        with pytest.raises(BizStatusError, match="code=77, msg=plain failure"):
            await client.echo("fail")
        with pytest.raises(Ex):  # declared: an answer, not a failure
            await client.echo("boom")
        assert await plain.echo("fail") == ""
        with pytest.raises(Unavailable, match="ConnectError"):
            await nobody.echo("x")


# --- time -------------------------------------------------------------------------------------------------------------


async def test_the_handler_sees_the_deadline_and_nobody_enforces_it(client: EchoClient, echo: EchoHandler) -> None:
    await client.hello("x")
    with call_options(timeout=3):
        await client.hello("x")
    first, second = echo.calls
    assert (first.timeout, second.timeout) == (20, 3)


async def test_a_server_may_stop_what_nobody_waits_for() -> None:
    stopped = asyncio.Event()

    class Slow(NotesHandler):
        async def slow(self, text: str) -> str:
            info = current()
            assert info is not None
            assert info.deadline is not None
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()
            return text

    async with Server(
        Served(NOTES, Slow()), address="127.0.0.1:0", late_requests=0, exit_wait=0.5, enforce_deadline=True
    ) as server:
        with await RawPeer.connect(server) as peer:
            await peer.send(call(SLOW, TTHeader(sequence_id=0, int_infos={12: "20"}), text="x"))
            message = await peer.next()
            assert message is not None
            assert stopped.is_set()
            error = read_exception(message)
            assert error.type == 6
            assert error.message.startswith("biz error: no answer within 0.02 s, given up after 0.0")


async def test_a_deadline_of_the_business(echo_server: Server) -> None:
    async with (
        Server(Served(NOTES, NotesHandler()), address="127.0.0.1:0", late_requests=0, exit_wait=0.01) as server,
        NotesClient("notes", hosts=[str(server.address)], transport="ttheader") as notes,
    ):
        for timeout, error in ((None, TimeoutByBusiness), (20, TimeoutByBusiness), (0.03, RpcTimeout)):
            with call_options(deadline=Deadline.after(0.02)), pytest.raises(RpcTimeout) as caught:
                await notes.slow("x", timeout=timeout)
            assert type(caught.value) is error
            assert caught.value.remote == str(server.address)


async def test_who_goes_away_leaves_a_reason() -> None:
    async with (
        Server(Served(NOTES, NotesHandler()), address="127.0.0.1:0", late_requests=0, exit_wait=0.01) as server,
        NotesClient("notes", hosts=[str(server.address)], timeout=20) as notes,
    ):
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.01):
                await notes.slow("x")
        cancelled = caught.value.__cause__
        assert isinstance(cancelled, asyncio.CancelledError)
        reason = cancelled.__cause__
        assert isinstance(reason, CanceledByBusiness)
        assert reason.elapsed >= 0.009
        assert str(reason) == (
            f"canceled by business after {reason.elapsed:.3g} s, with a timeout of 20 s"
            f" (notes.slow at {server.address})"
        )


# --- the end of a connection ------------------------------------------------------------------------------------------


async def test_a_client_drops_a_connection_that_is_to_end() -> None:
    async def last_word(peer: RawPeer) -> None:
        message = await peer.next()
        assert message is not None
        header = TTHeader(sequence_id=0, string_infos={"crrst": "anything"})
        said = result(HELLO, success="x")
        reply = pack(TTHEADER_BINARY, MessageKind.REPLY, "hello", message.sequence_id, said, header=header)
        await peer.send(reply)
        assert await peer.next() is None  # the client closes

    async with (
        scripted(last_word, last_word) as address,
        EchoClient("echo", hosts=[address], transport="ttheader") as client,
    ):
        assert [await client.hello("a"), await client.hello("b")] == ["x", "x"]
