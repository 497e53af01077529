"""Streams of every shape, Kitex's client at our server and our client at Kitex's server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from types import ModuleType
from typing import Any

import pytest

from kitexgen.runtime import (
    ApplicationError,
    BizStatusError,
    ReceiveTimeout,
    StreamCanceled,
    StreamCode,
    StreamTimeout,
    metainfo,
)
from kitexgen.runtime.server import Served
from tests.builders.generated import GeneratedCode, generate_code
from tests.interop_kitex.loop_thread import LoopThread
from tests.interop_kitex.ours import serving
from tests.interop_kitex.stream_handler import StreamsHandler
from tests.interop_kitex.ways import shows_stream
from tests.peers.kitex_build import SOURCES
from tests.peers.kitex_processes import Answer, KitexClient, KitexServer, Outcome, Step, Streamed

pytestmark = pytest.mark.interop

MILLISECONDS = 10_000


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> GeneratedCode:
    return generate_code([SOURCES / "streams.thrift"], tmp_path_factory.mktemp("streams"))


@pytest.fixture(scope="module")
def types(generated: GeneratedCode) -> ModuleType:
    return generated.module("streams.streams")


@pytest.fixture(scope="module")
def service(generated: GeneratedCode) -> ModuleType:
    return generated.module("streams.streams_service")


# --- Kitex's client, our server ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def our_streams(service: ModuleType, types: ModuleType, loop_thread: LoopThread) -> Iterator[str]:
    """The address of our server of streams."""
    with serving(loop_thread, Served(service.SERVICE, StreamsHandler(types))) as address:
        yield address


@pytest.fixture(params=["kitex", "ours"])
def streams_at(request: pytest.FixtureRequest, kitex_server: KitexServer, our_streams: str) -> str:
    """The address of either server: what Kitex's client sees of the two must be the same."""
    return kitex_server.address if request.param == "kitex" else our_streams


def streamed(client: KitexClient, method: str, at: str, *steps: Step, **settings: Any) -> Streamed:
    answer = client.call("Streams", method, address=at, transport="streaming", stream=steps, **settings)
    assert answer.failure is None
    assert answer.streamed is not None
    return answer.streamed


def send(text: str, number: int = 0) -> Step:
    return {"do": "send", "text": text, "number": number}


RECEIVE: Step = {"do": "receive"}
DRAIN: Step = {"do": "drain"}
CLOSE: Step = {"do": "close"}
CANCEL: Step = {"do": "cancel"}
DONE = Outcome()


def ended(client: KitexClient, name: str, at: str) -> Answer:
    return client.call(
        "Streams", "ended", address=at, transport="ttheader", args={"name": name, "milliseconds": MILLISECONDS}
    )


@shows_stream("server streams", server="ours")
def test_kitex_downloads(kitex_client: KitexClient, streams_at: str) -> None:
    told = streamed(kitex_client, "download", streams_at, send("count", 3), CLOSE, DRAIN)
    assert told.steps[2] == Outcome(words=(("count", 0), ("count", 1), ("count", 2)), end=True)


@shows_stream("server streams", server="ours")
def test_kitex_downloads_nothing(kitex_client: KitexClient, streams_at: str) -> None:
    told = streamed(kitex_client, "download", streams_at, send("count", 0), CLOSE, DRAIN)
    assert told.steps[2] == Outcome(end=True)


@shows_stream("client streams", server="ours")
def test_kitex_uploads(kitex_client: KitexClient, streams_at: str) -> None:
    told = streamed(kitex_client, "upload", streams_at, send("a", 1), send("b", 2), CLOSE, DRAIN)
    assert told.steps == (DONE, DONE, DONE, Outcome(words=(("a,b", 3),), end=True))


@shows_stream("client streams", server="ours")
def test_kitex_uploads_until_it_is_enough(kitex_client: KitexClient, streams_at: str) -> None:
    told = streamed(kitex_client, "upload", streams_at, send("a", 1), send("enough"), DRAIN)
    assert told.steps[2] == Outcome(words=(("a", 1),), end=True)


@shows_stream("bidirectional streams", server="ours")
def test_kitex_talks(kitex_client: KitexClient, streams_at: str) -> None:
    told = streamed(
        kitex_client, "talk", streams_at, send("x", 1), RECEIVE, send("y", 5), send("z", 7), RECEIVE, CLOSE, DRAIN
    )
    assert told.steps[1] == Outcome(words=(("x", 2),))
    assert told.steps[4] == Outcome(words=(("y", 6),))
    assert told.steps[6] == Outcome(words=(("z", 8),), end=True)


@shows_stream("bidirectional streams", server="ours")
def test_kitex_has_many_streams_on_few_connections(kitex_client: KitexClient, streams_at: str) -> None:
    steps = [step for number in range(20) for step in (send("x", number), RECEIVE)]
    running = [
        kitex_client.submit("Streams", "talk", address=streams_at, transport="streaming", stream=[*steps, CLOSE, DRAIN])
        for _ in range(50)
    ]
    for each in running:
        told = each.result(30).streamed
        assert told is not None
        assert [step.words for step in told.steps[1:40:2]] == [(("x", number + 1),) for number in range(20)]
        assert told.steps[-1] == Outcome(end=True)


@shows_stream("header, trailer and metainfo of a stream", server="ours")
def test_kitex_reads_header_and_trailer(kitex_client: KitexClient, streams_at: str) -> None:
    told = streamed(kitex_client, "download", streams_at, send("told"), CLOSE, DRAIN, persistent={"tenant": "acme"})
    assert told.steps[2] == Outcome(words=(("acme", 0),), end=True)
    assert (told.header, told.trailer) == ({"node": "seven"}, {"rows": "1"})


@shows_stream("a stream that fails, or ends in a business status", server="ours")
def test_kitex_sees_a_failure(kitex_client: KitexClient, streams_at: str) -> None:
    """Of what came shortly before a failure, a Kitex client may show its user nothing."""
    for method, *steps in (("download", send("fail"), CLOSE, DRAIN), ("talk", send("fail"), DRAIN)):
        end = streamed(kitex_client, method, streams_at, *steps).steps[-1]
        assert end.words in {(), (("fail", 0),)}
        assert end.failure is not None
        assert end.failure.type == StreamCode.APPLICATION
        assert end.failure.text == "[ttstream error, code=12001] [client-side stream] biz error: stream failure"


@shows_stream("a stream that fails, or ends in a business status", server="ours")
def test_kitex_sees_a_business_status(kitex_client: KitexClient, streams_at: str) -> None:
    # Received before the end is asked for: in a Kitex client the status may overtake words that nobody has read.
    told = streamed(kitex_client, "talk", streams_at, send("x", 1), RECEIVE, send("biz"), DRAIN)
    assert told.steps[1].words == (("x", 2),)
    end = told.steps[-1]
    assert end.failure is not None
    assert (end.failure.kind, end.failure.type, end.failure.message) == ("business", 1001, "no money")
    assert end.failure.extra == {"k": "v<1>"}


@shows_stream("a stream that fails, or ends in a business status", server="ours")
def test_kitex_sees_a_declared_exception_as_a_failure(kitex_client: KitexClient, streams_at: str) -> None:
    end = streamed(kitex_client, "download", streams_at, send("declared"), CLOSE, DRAIN).steps[-1]
    assert end.failure is not None
    assert end.failure.text.startswith("[ttstream error, code=12001] [client-side stream] biz error: Denied(")


@shows_stream("a stream is cancelled", server="ours")
def test_kitex_cancels(kitex_client: KitexClient, streams_at: str) -> None:
    told = streamed(kitex_client, "talk", streams_at, send("wait"), send("x", 1), RECEIVE, CANCEL, RECEIVE)
    assert told.steps[-1].failure is not None
    assert told.steps[-1].failure.type == StreamCode.CANCELED
    over = ended(kitex_client, "wait", streams_at)
    assert over.result is not None
    assert over.result["success"].startswith(
        "[ttstream error, code=12007] [server-side stream] [canceled path: kitex-client] user code invoking stream RPC"
    )


@shows_stream("a stream runs out of time", server="ours")
def test_kitex_does_not_wait_for_ever(kitex_client: KitexClient, streams_at: str) -> None:
    told = streamed(kitex_client, "talk", streams_at, send("wait"), RECEIVE, timeout_milliseconds=200)
    assert told.steps[-1].failure is not None
    assert told.steps[-1].failure.type == StreamCode.STREAM_TIMEOUT
    told = streamed(kitex_client, "talk", streams_at, send("wait"), RECEIVE, receive_milliseconds=200)
    assert told.steps[-1].failure is not None
    assert told.steps[-1].failure.type == StreamCode.RECEIVE_TIMEOUT
    for code in (12015, 12014):
        over = ended(kitex_client, "wait", streams_at)
        assert over.result is not None
        assert over.result["success"].startswith(f"[ttstream error, code={code}] [server-side stream]")


def test_kitex_learns_of_an_unknown_method_from_us(kitex_client: KitexClient, our_server: str) -> None:
    """Of Kitex's own server it hears nothing at all."""
    told = streamed(kitex_client, "talk", our_server, RECEIVE)
    assert told.steps[0].failure is not None
    assert told.steps[0].failure.text.endswith("unknown service Streams, method talk")


@shows_stream("unary methods beside them", server="ours")
def test_the_unary_mode_is_an_ordinary_call(kitex_client: KitexClient, streams_at: str) -> None:
    answer = kitex_client.call(
        "Streams", "once", address=streams_at, transport="ttheader", args={"word": {"text": "x", "number": 1}}
    )
    assert answer.result == {"success": {"text": "x", "number": 2}}


# --- our client, Kitex's server ---------------------------------------------------------------------------------------


@pytest.fixture(params=[1, 100], ids=["alone", "shared"])
async def ours(request: pytest.FixtureRequest, streams_at: str, service: ModuleType) -> AsyncIterator[Any]:
    """Our client at either server: what it sees of the two must be the same."""
    async with service.StreamsClient(
        "kitex-peer", hosts=[streams_at], transport="ttheader", caller="ours", streams_per_connection=request.param
    ) as client:
        yield client


@shows_stream("server streams", server="kitex")
async def test_we_download(ours: Any, types: ModuleType) -> None:
    async with ours.download(types.Word(text="count", number=500)) as words:
        assert [word.number async for word in words] == list(range(500))


@shows_stream("client streams", server="kitex")
async def test_we_upload(ours: Any, types: ModuleType) -> None:
    async with ours.upload() as stream:
        await stream.send(types.Word(text="a", number=1))
        await stream.send(types.Word(text="b", number=2))
        assert await stream.close_and_receive() == types.Word(text="a,b", number=3)
    async with ours.upload() as stream:
        await stream.send(types.Word(text="enough"))
        assert await stream.close_and_receive() == types.Word()


@shows_stream("bidirectional streams", server="kitex")
async def test_we_talk(ours: Any, types: ModuleType) -> None:
    async def talk(name: str) -> None:
        async with ours.talk() as stream:
            for number in range(20):
                await stream.send(types.Word(text=name, number=number))
                assert await stream.receive() == types.Word(text=name, number=number + 1)
            await stream.close_send()
            assert await stream.receive() is None

    await asyncio.gather(*(talk(str(name)) for name in range(30)))


@shows_stream("header, trailer and metainfo of a stream", server="kitex")
async def test_we_read_header_and_trailer(ours: Any, types: ModuleType) -> None:
    with metainfo.sending(persistent={"tenant": "acme"}):
        call = ours.download(types.Word(text="told"))
    async with call as words:
        assert await words.header() == {"node": "seven"}
        assert [word.text async for word in words] == ["acme"]
        assert words.trailer == {"rows": "1"}


@shows_stream("a stream that fails, or ends in a business status", server="kitex")
async def test_we_see_failures(ours: Any, types: ModuleType) -> None:
    async with ours.download(types.Word(text="fail")) as words:
        assert (await words.receive()).text == "fail"
        with pytest.raises(ApplicationError) as failed:
            await words.receive()
    assert (failed.value.type, failed.value.message) == (6, "biz error: stream failure")
    async with ours.download(types.Word(text="declared")) as words:
        with pytest.raises(ApplicationError, match=r"biz error: Denied\("):
            await words.receive()
    async with ours.talk() as stream:
        await stream.send(types.Word(text="biz"))
        with pytest.raises(BizStatusError) as status:
            await stream.receive()
    assert (status.value.code, status.value.message, status.value.extra) == (1001, "no money", {"k": "v<1>"})
    async with ours.download(types.Word(text="panic")) as words:
        with pytest.raises(ApplicationError) as failed:
            await words.receive()
    assert failed.value.type == 6


@shows_stream("a stream is cancelled", server="kitex")
async def test_we_cancel(ours: Any, types: ModuleType) -> None:
    async with ours.talk() as stream:
        await stream.send(types.Word(text="wait"))
        await stream.send(types.Word(text="x", number=1))
        await stream.receive()
        stream.cancel()
        with pytest.raises(StreamCanceled):
            await stream.receive()
    why = await ours.ended("wait", MILLISECONDS)
    assert why.startswith("[ttstream error, code=12007] [server-side stream] [canceled path: ours] user code invoking")


@shows_stream("a stream is cancelled", server="kitex")
async def test_we_leave_early(ours: Any, types: ModuleType) -> None:
    async with ours.download(types.Word(text="forever")) as words:
        async for word in words:
            if word.number == 10:
                break
    assert await ours.ended("forever", MILLISECONDS) != ""


@shows_stream("a stream runs out of time", server="kitex")
async def test_we_do_not_wait_for_ever(ours: Any, types: ModuleType) -> None:
    async with ours.talk(timeout=0.2) as stream:
        await stream.send(types.Word(text="wait"))
        with pytest.raises(StreamTimeout):
            await stream.receive()
    assert "code=12015" in await ours.ended("wait", MILLISECONDS)
    async with ours.talk(receive_timeout=0.2) as stream:
        await stream.send(types.Word(text="wait"))
        with pytest.raises(ReceiveTimeout):
            await stream.receive()
    assert "code=12014" in await ours.ended("wait", MILLISECONDS)


@shows_stream("unary methods beside them", server="kitex")
async def test_we_call_beside_our_streams(ours: Any, types: ModuleType) -> None:
    async with ours.talk() as stream:
        assert await ours.once(types.Word(text="x", number=1)) == types.Word(text="x", number=2)
        await stream.send(types.Word(text="y"))
        assert (await stream.receive()).text == "y"
