"""The recorded frames with headers, put to our server, and asked of our clients: V07 to V10, V13, V17 to V19."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from kitexgen.runtime import (
    BizStatusError,
    ChecksumMismatch,
    EncodeError,
    Endpoint,
    Outcome,
    RpcInfo,
    UnknownMethod,
    metainfo,
)
from kitexgen.runtime.framing import TransportName, TTHeader
from kitexgen.runtime.framing.checksum import payload_checksum
from kitexgen.runtime.framing.ttheader import encode_header
from kitexgen.runtime.server import Served, Server
from tests.builders.echo import SERVICE, EchoBlockingClient, EchoClient, EchoHandler
from tests.builders.vectors import MESH, frame
from tests.end_to_end.endpoints import RawPeer
from tests.end_to_end.scripted import scripted

HEAD = bytes.fromhex("1000 0000 00000001 0003 00 00 10 0001 0016 0001 32 0000")
"""A reply's header after LENGTH: nothing but that it is a reply."""

REPLY_HELLO = bytes.fromhex("80010002 00000005 68656c6c6f 00000001 0b0000 00000006 686920626f62 00")


def headed(payload: bytes) -> bytes:
    return (len(HEAD) + len(payload)).to_bytes(4) + HEAD + payload


def framed(payload: bytes) -> bytes:
    return len(payload).to_bytes(4) + payload


@pytest.fixture
def handler() -> EchoHandler:
    return EchoHandler()


@pytest.fixture
async def echo_server(handler: EchoHandler, request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    settings: dict[str, Any] = getattr(request, "param", {})
    served = Served(SERVICE, handler)
    async with Server(served, address="127.0.0.1:0", late_requests=0, exit_wait=0.5, **settings) as running:
        yield running


async def exchange(server: Server, request: bytes, size: int) -> bytes:
    """What the server says to `request`: `size` bytes, and all it says before it closes if those do not come."""
    with await RawPeer.connect(server) as peer:
        await peer.send(request)
        answer = b""
        while len(answer) < size and (more := await peer.receive()):
            answer += more
        return answer


# --- our server -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "reply"),
    [
        (frame("V07"), headed(framed(REPLY_HELLO))),
        (frame("V08"), frame("V09")),
        (MESH, framed(REPLY_HELLO)),
        (frame("V18"), headed(REPLY_HELLO)),
        (frame("V19"), headed(framed(REPLY_HELLO))),
    ],
    ids=["V07", "V08 V09", "V17", "V18", "V19"],
)
async def test_calls_are_answered(echo_server: Server, request_: bytes, reply: bytes) -> None:
    assert await exchange(echo_server, request_, len(reply)) == reply


async def test_what_the_handler_sees_of_v08(echo_server: Server, handler: EchoHandler) -> None:
    await exchange(echo_server, frame("V08"), len(frame("V09")))
    (info,) = handler.calls
    assert (info.caller, info.caller_method, info.timeout, info.sequence_id) == ("my.client", "", 0.2, 1)
    assert info.deadline is not None
    assert info.deadline.budget == 0.2


async def test_the_handler_sees_the_acl_token_of_v18(echo_server: Server, handler: EchoHandler) -> None:
    await exchange(echo_server, frame("V18"), 1)
    assert handler.transient == [{"gdpr-token": "tok"}]


async def test_v10_an_unknown_method(echo_server: Server) -> None:
    call = bytes.fromhex("80010001 00000006 6e6f73756368 00000005 00")
    header = encode_header(TTHeader(sequence_id=5, string_infos={"isn": "Echo"}), len(call))
    assert await exchange(echo_server, header + call, 10_000) == frame("V10")  # to the end: it closes


async def test_v13_a_business_status(echo_server: Server) -> None:
    call = bytes.fromhex("80010001 00000004 6563686f 00000005 0b0001 00000003 62697a 00")
    header = encode_header(TTHeader(sequence_id=5), len(call))
    assert await exchange(echo_server, header + call, len(frame("V13"))) == frame("V13")


@pytest.mark.parametrize("echo_server", [{"checksum": True}], indirect=True)
async def test_v19_checksums_both_ways(echo_server: Server) -> None:
    with await RawPeer.connect(echo_server) as peer:
        await peer.send(frame("V19"))
        packet = await peer.next_packet()
        assert packet.header is not None
        assert packet.header.string_infos == {"crc32c": payload_checksum(framed(REPLY_HELLO))}
        await peer.send(frame("V19").replace(b"bob", b"rob"))
        assert await peer.receive() == b""


# --- our clients ------------------------------------------------------------------------------------------------------

Ask = Callable[..., Any]
"""`ask(address, method, argument, **settings)` makes one call by one of the two clients."""


async def _ask_async(address: str, method: str, argument: str, **settings: Any) -> Any:
    async with EchoClient("my.server", hosts=[address], **settings) as client:
        return await getattr(client, method)(argument)


async def _ask_blocking(address: str, method: str, argument: str, **settings: Any) -> Any:
    def call() -> Any:
        with EchoBlockingClient("my.server", hosts=[address], **settings) as client:
            return getattr(client, method)(argument)

    return await asyncio.to_thread(call)


@pytest.fixture(params=[_ask_async, _ask_blocking], ids=["asyncio", "blocking"])
def ask(request: pytest.FixtureRequest) -> Ask:
    chosen: Ask = request.param
    return chosen


@pytest.fixture
def sequence_id(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`sequence_id(5)`: what the next call gets."""

    def fix(number: int) -> None:
        monkeypatch.setattr("kitexgen.runtime.client.exchange.next_sequence_id", lambda: number)

    return fix


class OneAnswer:
    """A script that gives one answer, whatever comes, and keeps what came."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.came = b""

    async def __call__(self, peer: RawPeer) -> None:
        while len(self.came) < 4 or len(self.came) < 4 + int.from_bytes(self.came[:4]):
            self.came += await peer.receive()
        await peer.send(self.answer)
        assert await peer.receive() == b""


@pytest.mark.parametrize(
    ("transport", "reply"),
    [("ttheader", frame("V09")), ("ttheader_framed", headed(framed(REPLY_HELLO))), ("ttheader", framed(REPLY_HELLO))],
    ids=["V09", "framed", "without header"],
)
async def test_a_call_and_its_reply(
    ask: Ask, sequence_id: Callable[[int], None], transport: TransportName, reply: bytes
) -> None:
    """A reply may come in any form, whatever the call was in."""
    sequence_id(1)
    script = OneAnswer(reply)
    async with scripted(script) as address:
        assert await ask(address, "hello", "bob", transport=transport) == "hi bob"
    payload = frame("V08")[-28:]
    assert script.came.endswith(framed(payload) if transport == "ttheader_framed" else payload)


async def test_v08(sequence_id: Callable[[int], None]) -> None:
    """The timeout of the recording is too short for a busy machine: a middleware names it when it has no effect."""

    def promise(call_next: Endpoint) -> Endpoint:
        async def endpoint(info: RpcInfo, request: Any) -> Any:
            info.timeout = 0.2
            return await call_next(info, request)

        return endpoint

    sequence_id(1)
    script = OneAnswer(frame("V09"))
    async with (
        scripted(script) as address,
        EchoClient(
            "my.server", hosts=[address], transport="ttheader", caller="my.client", middlewares=[promise]
        ) as client,
    ):
        assert await client.hello("bob") == "hi bob"
    assert script.came == frame("V08")


async def test_v10_is_an_unknown_method(ask: Ask, sequence_id: Callable[[int], None]) -> None:
    sequence_id(5)
    async with scripted(OneAnswer(frame("V10"))) as address:
        with pytest.raises(UnknownMethod, match=r"^unknown method nosuch \(service Echo\) \(my\.server\.echo at "):
            await ask(address, "echo", "x", transport="ttheader")


async def test_v13_is_a_business_status(ask: Ask, sequence_id: Callable[[int], None]) -> None:
    sequence_id(5)
    async with scripted(OneAnswer(frame("V13"))) as address:
        with pytest.raises(BizStatusError) as caught:
            await ask(address, "echo", "x", transport="ttheader")
    assert (caught.value.code, caught.value.message, caught.value.extra) == (1001, "no money", {"k": "v<1>"})


async def test_v19_a_checksum(ask: Ask, sequence_id: Callable[[int], None]) -> None:
    sequence_id(1)
    script = OneAnswer(headed(framed(REPLY_HELLO)))
    async with scripted(script) as address:
        assert await ask(address, "hello", "bob", transport="ttheader_framed", checksum=True) == "hi bob"
    assert frame("V19")[-32:] in script.came
    assert b"\x00\x06crc32c\x00\x08ad88a60d" in script.came


async def test_a_reply_with_a_wrong_checksum(ask: Ask, sequence_id: Callable[[int], None]) -> None:
    sequence_id(1)
    payload = framed(REPLY_HELLO)
    header = TTHeader(sequence_id=1, string_infos={"crc32c": "00000000"})
    reply = encode_header(header, len(payload)) + payload
    async with scripted(OneAnswer(reply)) as address:
        with pytest.raises(ChecksumMismatch, match=r"the header says 00000000 \(my\.server\.hello at "):
            await ask(address, "hello", "bob", transport="ttheader_framed", checksum=True)
    async with scripted(OneAnswer(reply)) as address:
        assert await ask(address, "hello", "bob", transport="ttheader_framed") == "hi bob"


async def test_a_header_that_is_too_long_is_not_sent(ask: Ask) -> None:
    with (
        metainfo.sending(persistent={"k": "x" * 70_000}),
        pytest.raises(
            EncodeError, match=r"^TTHeader\.string_infos\['RPC_PERSIST_k'\]: string exceeded 65535B"
        ) as caught,
    ):
        await ask("127.0.0.1:1", "hello", "bob", transport="ttheader")
    assert caught.value.outcome is Outcome.NOT_SENT
