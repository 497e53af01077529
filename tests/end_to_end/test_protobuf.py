"""Services of Protobuf over real sockets, beside one of Thrift on the same port: reference/wire.md 4.2 and 9."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kitexgen.runtime import metainfo
from kitexgen.runtime.channel.reporter import PoolName
from kitexgen.runtime.errors import (
    ApplicationError,
    BizStatusError,
    ConnectionClosed,
    DecodeError,
    EncodeError,
    FrameTooLarge,
    ProtocolError,
    RpcTimeout,
    UnknownService,
    UnsupportedStreaming,
)
from kitexgen.runtime.framing import FRAMED_BINARY, FRAMED_PROTOBUF, TTHEADER_FRAMED_PROTOBUF
from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame, StreamFrameDecoder
from kitexgen.runtime.protocol import read_exception
from kitexgen.runtime.protocol.stream_exception import read_stream_exception
from kitexgen.runtime.server import Served, Server
from kitexgen.runtime.service import MethodInfo, Payload, ServiceInfo
from kitexgen.runtime.testing import connected, connected_blocking, scripted
from kitexgen.runtime.testing.fakes import ScriptedPeer
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import NOTES, PLAIN, Note, NotesClient, NotesHandler, args
from tests.builders.vectors import PROTOBUF
from tests.builders.whole import encode_frame, pack
from tests.builders.words import ECHO, WORDS, Strict, Word, WordsBlockingClient, WordsClient, WordsHandler
from tests.end_to_end.endpoints import RawPeer

WAYS = [
    ("ttheader_framed", "long"),
    ("ttheader_framed", "short"),
    ("ttheader_framed", "mux"),
    ("ttheader", "long"),
    ("framed", "long"),
    ("framed", "short"),
]


class Nosy(WordsHandler):
    """Keeps and sends metainfo."""

    async def echo(self, request: Word) -> Word:
        metainfo.send_backward("seen-by", "words")
        told = ",".join(f"{key}={value}" for key, value in sorted(metainfo.all_persistent().items()))
        return Word(msg=told or f"re:{request.msg}", n=request.n)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    served = (Served(WORDS, WordsHandler()), Served(NOTES, NotesHandler()))
    async with Server(*served, address="127.0.0.1:0", late_requests=0, exit_wait=0.5, max_message=100_000) as running:
        yield running


@pytest.fixture(params=WAYS, ids="-".join)
def settings(request: pytest.FixtureRequest, server: Server) -> dict[str, Any]:
    transport, pool = request.param
    return {"hosts": [str(server.address)], "transport": transport, "pool": pool}


@pytest.fixture
async def words(settings: dict[str, Any]) -> AsyncIterator[WordsClient]:
    async with WordsClient("words", **settings) as client:
        yield client


async def test_calls(words: WordsClient) -> None:
    assert await words.echo(Word(msg="é", n=-1)) == Word(msg="re:é", n=-1)
    assert await words.slow(Word()) == Word()  # no bytes each way
    assert await words.name(Word(msg="x")) == Strict(name="x")
    unknown = Word(msg="y")
    unknown.__unknown__ = b"\x18\x07"
    assert (await words.slow(unknown)).__unknown__ == b"\x18\x07"


async def test_calls_blocking(settings: dict[str, Any]) -> None:
    def calls() -> None:
        with WordsClient.blocking("words", **settings) as client:
            for _ in range(2):
                assert client.echo(Word(msg="é", n=-1)) == Word(msg="re:é", n=-1)
                with pytest.raises(ApplicationError, match="plain failure"):
                    client.fail(Word())
            with pytest.raises(RpcTimeout):
                client.slow(Word(n=2000), timeout=0.05)
            assert client.slow(Word()) == Word()
            with pytest.raises(UnsupportedStreaming, match="over gRPC alone"):
                client.talk()

    await asyncio.to_thread(calls)


async def test_many_at_once(words: WordsClient) -> None:
    durations = range(30, 0, -1)
    answers = await asyncio.gather(*(words.slow(Word(n=each)) for each in durations))
    assert [answer.n for answer in answers] == [*durations]


@pytest.mark.parametrize(
    ("how", "number", "text"),
    [
        ("plain", 6, "biz error: plain failure"),
        ("own number", 1000, "closed today [biz error]"),
        ("none", 6, "biz error: Word: expected Word, got NoneType"),
        ("wrong", 6, "biz error: Word: expected Word, got Strict"),
    ],
)
async def test_failures_of_handlers(words: WordsClient, how: str, number: int, text: str) -> None:
    for _ in range(2):
        with pytest.raises(ApplicationError) as caught:
            await words.fail(Word(msg=how))
        assert (caught.value.type, caught.value.message) == (number, text)
    assert await words.echo(Word()) == Word(msg="re:")


async def test_an_answer_that_cannot_be_written(words: WordsClient) -> None:
    with pytest.raises(ApplicationError) as caught:
        await words.name(Word())
    assert (caught.value.type, caught.value.message) == (
        6,
        "biz error: Strict.name: required field name is not set",
    )


async def test_a_business_status(words: WordsClient, settings: dict[str, Any]) -> None:
    """Its answer has no body, even where the response has a required field."""
    if settings["transport"] == "framed":  # lost, as in Kitex
        assert await words.fail(Word(msg="biz")) == Word()
        assert await words.name(Word(msg="biz")) == Strict()
        return
    with pytest.raises(BizStatusError) as caught:
        await words.fail(Word(msg="biz"))
    assert (caught.value.code, caught.value.message, caught.value.extra) == (1001, "no money", {"k": "v<1>"})
    with pytest.raises(BizStatusError, match="nameless"):
        await words.name(Word(msg="biz"))


async def test_what_is_wrong_is_not_sent(words: WordsClient) -> None:
    with pytest.raises(EncodeError, match=r"Word: expected Word, got Strict"):
        await words.echo(Strict(name="x"))  # type: ignore[arg-type]
    with pytest.raises(EncodeError, match=r"Word\.n: expected int, got str"):
        await words.echo(Word(n="7"))  # type: ignore[arg-type]
    with pytest.raises(UnsupportedStreaming, match="Kitex streams Protobuf over gRPC alone"):
        words.talk()


async def test_limits(server: Server) -> None:
    hosts = [str(server.address)]
    async with WordsClient("words", hosts=hosts, max_message=1000) as words:
        with pytest.raises(FrameTooLarge):
            await words.echo(Word(msg="x" * 1000))
    async with WordsClient("words", hosts=hosts) as words:
        with pytest.raises(ConnectionClosed):
            await words.echo(Word(msg="x" * 100_001))
        with pytest.raises(ApplicationError, match="limit") as caught:
            await words.echo(Word(msg="x" * 99_970))  # the answer is longer
        assert caught.value.type == 6


@pytest.mark.parametrize("pool", ["long", "mux"])
async def test_checksums_and_metainfo(pool: PoolName) -> None:
    served = Served(WORDS, Nosy())
    async with Server(served, address="127.0.0.1:0", late_requests=0, checksum=True) as server:
        hosts = [str(server.address)]
        async with WordsClient("words", hosts=hosts, pool=pool, checksum=True) as words:
            assert await words.echo(Word(msg="x" * 50_000)) == Word(msg="re:" + "x" * 50_000)
            with metainfo.sending(persistent={"tenant": "7"}), metainfo.received_backward() as back:
                assert await words.echo(Word()) == Word(msg="tenant=7")
            assert back["seen-by"] == "words"


# --- what is not a call of this service -------------------------------------------------------------------------------


async def test_both_idls_on_one_connection(server: Server) -> None:
    """Each message is looked at anew, and answered as it came."""
    with await RawPeer.connect(server) as peer:
        for format, method, body in (
            (FRAMED_PROTOBUF, "Echo", Word(msg="x")),
            (FRAMED_BINARY, "plain", args(PLAIN, text="y")),
            (TTHEADER_FRAMED_PROTOBUF, "Echo", Word(msg="z")),
        ):
            await peer.call(method, body, format=format, sequence_id=9)
            answer = await peer.next()
            assert answer is not None
            assert (answer.format, answer.kind, answer.sequence_id) == (format, MessageKind.REPLY, 9)


async def test_the_golden_call(server: Server) -> None:
    with await RawPeer.connect(server) as peer:
        await peer.send(PROTOBUF["V15"][18:])
        assert await peer.receive() == PROTOBUF["V15b"]


@pytest.mark.parametrize("transport", ["framed", "ttheader_framed"])
async def test_a_service_of_the_other_idl(server: Server, transport: Any) -> None:
    """Both ways round; the server closes the connection, and says so where there is room."""
    disguised = ServiceInfo(
        name="Notes",
        methods=(MethodInfo(name="echo", attribute="echo", arguments=Word, result=Word),),
        payload=Payload.PROTOBUF,
    )
    call = {"hosts": [str(server.address)], "transport": transport}

    class Disguised(WordsClient):
        __slots__ = ()
        __service__ = disguised

    async with Disguised("notes", **call) as client:
        for _ in range(2):
            with pytest.raises(ApplicationError) as caught:
                await client._kx_call(disguised.methods[0], Word(msg="x"), None)
            assert (caught.value.type, caught.value.message) == (
                9,
                "decode failed, codec msg type not match with protobufCodec",
            )

    async with NotesClient("notes", **call) as notes:
        assert await notes.echo(Note(text="x")) == Note(text="x")


async def test_a_body_that_is_none(server: Server) -> None:
    with await RawPeer.connect(server) as peer:
        whole = PROTOBUF["V15"][18:]
        await peer.send(whole[:-1] + b"\xff")
        answer = await peer.next()
        assert answer is not None
        error = read_exception(answer)
        assert (answer.sequence_id, error.type, error.message) == (
            1,
            7,
            "Word.msg: byte 0 of a string is not UTF-8",
        )
        assert await peer.next() is None


async def test_a_method_that_nobody_has(server: Server) -> None:
    with await RawPeer.connect(server) as peer:
        await peer.call("NoSuch", Word(), format=FRAMED_PROTOBUF, sequence_id=9)
        answer = await peer.next()
        assert answer is not None
        assert (answer.sequence_id, read_exception(answer).message) == (0, "unknown service , method NoSuch")
        assert await peer.next() is None
    unknown = MethodInfo(name="NoSuch", attribute="no_such", arguments=Word, result=Word)
    async with WordsClient("words", hosts=[str(server.address)], transport="framed") as words:
        for _ in range(2):  # a client takes the exception whatever its sequence id is
            with pytest.raises(UnknownService, match="unknown service , method NoSuch"):
                await words._kx_call(unknown, Word(), None)


async def test_a_stream_is_refused_with_a_reason(server: Server) -> None:
    with await RawPeer.connect(server) as peer:
        opening = StreamFrame(kind=FrameKind.HEADER, stream_id=3, method="Talk", infos={"isn": "Words"})
        await peer.send(encode_frame(opening))
        decoder = StreamFrameDecoder()
        while (frame := decoder.next_frame()) is None or frame.kind is not FrameKind.TRAILER:
            if frame is None:
                decoder.feed(await peer.receive())
        error = read_stream_exception(frame.payload)
        assert error.type == 6
        assert error.message.startswith("Kitex streams Protobuf over gRPC alone")


# --- what a client makes of answers -----------------------------------------------------------------------------------


async def test_an_answer_in_the_other_language() -> None:
    async def answer(peer: ScriptedPeer) -> None:
        call = await peer.expect_call(ECHO)
        peer.write(pack(FRAMED_BINARY, MessageKind.REPLY, "Echo", call.sequence_id, Note(text="x")))

    async with scripted("memory:other-language", answer) as address, WordsClient("words", hosts=[address]) as words:
        with pytest.raises(ProtocolError, match="written in thrift where protobuf is due"):
            await words.echo(Word())


async def test_an_answer_that_cannot_be_read() -> None:
    async def answer(peer: ScriptedPeer) -> None:
        call = await peer.expect_call(ECHO)
        whole = pack(FRAMED_PROTOBUF, MessageKind.REPLY, "Echo", call.sequence_id, Word(msg="x"))
        peer.write(whole[:-1] + b"\xff")

    async with scripted("memory:unreadable", answer) as address, WordsClient("words", hosts=[address]) as words:
        with pytest.raises(DecodeError, match=r"Word\.msg"):
            await words.echo(Word())


# --- in memory --------------------------------------------------------------------------------------------------------


async def test_in_memory() -> None:
    async with connected(WordsClient, WordsHandler()) as words:
        assert await words.echo(Word(msg="x")) == Word(msg="re:x")
        with pytest.raises(BizStatusError):
            await words.fail(Word(msg="biz"))


def test_in_memory_blocking() -> None:
    with connected_blocking(WordsBlockingClient, WordsHandler()) as words:
        assert words.echo(Word(msg="x")) == Word(msg="re:x")
        with pytest.raises(BizStatusError):
            words.fail(Word(msg="biz"))


async def test_middlewares_see_messages() -> None:
    seen: list[Any] = []

    def watching(call_next: Any) -> Any:
        async def endpoint(info: Any, request: Any) -> Any:
            seen.append(request)
            answer = await call_next(info, request)
            seen.append(answer)
            return answer

        return endpoint

    async with connected(
        WordsClient,
        WordsHandler(),
        client_settings={"middlewares": [watching]},
        server_settings={"middlewares": [watching]},
    ) as words:
        await words.echo(Word(msg="x"))
    assert seen == [Word(msg="x"), Word(msg="x"), Word(msg="re:x"), Word(msg="re:x")]
