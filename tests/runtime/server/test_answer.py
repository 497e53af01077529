"""From a message to the bytes that answer it, without a connection."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kitexgen.runtime import BizStatusError, metainfo
from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call import Metainfo, RpcInfo, current
from kitexgen.runtime.errors import ApplicationErrorType
from kitexgen.runtime.framing import BUFFERED_BINARY, TTHEADER_BINARY, MessageDecoder, Packet, TTHeader
from kitexgen.runtime.framing.checksum import payload_checksum
from kitexgen.runtime.framing.validation import Guard, guards
from kitexgen.runtime.net import TcpAddress
from kitexgen.runtime.protocol import read_exception, unpack
from kitexgen.runtime.server.answer import Refusal, Request, interrupted, run, understand, unfinished
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.echo import ECHO, HELLO, SERVICE, EchoHandler
from tests.builders.services import args
from tests.builders.whole import pack

PEER = TcpAddress("10.0.0.1", 99)
ROUTES = Routes([Served(SERVICE, EchoHandler())])


def packet_of(data: bytes) -> Packet:
    decoder = MessageDecoder(guards=guards(checksum=True))
    decoder.feed(data)
    packet = decoder.next_message()
    assert packet is not None
    return packet


def asked(method: Any = HELLO, header: TTHeader | None = None, **values: object) -> Packet:
    arguments = args(method, **(values or {"name": "bob"}))
    return packet_of(pack(TTHEADER_BINARY, MessageKind.CALL, method.name, 7, arguments, header=header))


def understood(packet: Packet, *, guards: tuple[Guard, ...] = ()) -> Request:
    request = understand(packet, ROUTES, PEER, guards=guards)
    assert isinstance(request, Request)
    return request


async def hello(info: RpcInfo, arguments: Any) -> str:
    return "x"


async def fail(info: RpcInfo, arguments: Any) -> str:
    raise RuntimeError("no")


def header_of(reply: Pieces) -> TTHeader:
    header = packet_of(b"".join(reply)).header
    assert header is not None
    return header


@pytest.mark.parametrize("endpoint", [hello, fail])
@pytest.mark.parametrize("is_ending", [True, False])
async def test_an_answer_says_when_it_is_the_last(endpoint: Any, is_ending: bool) -> None:
    reply = await run(understood(asked()), endpoint, lambda: is_ending)
    assert header_of(reply).string_infos == ({"crrst": "1"} if is_ending else {})


async def test_whether_it_is_the_last_is_asked_at_the_end() -> None:
    ending = asyncio.Event()

    async def wait(info: RpcInfo, arguments: Any) -> str:
        ending.set()
        return "x"

    assert header_of(await run(understood(asked()), wait, ending.is_set)).string_infos == {"crrst": "1"}


@pytest.mark.parametrize(("message", "kind"), [("no", MessageKind.REPLY), ("x" * 70_000, MessageKind.EXCEPTION)])
async def test_a_business_status_of_a_middleware(message: str, kind: MessageKind) -> None:
    async def refuse(info: RpcInfo, arguments: Any) -> str:
        raise BizStatusError(403, message)

    packet = packet_of(b"".join(await run(understood(asked()), refuse)))
    assert packet.header is not None
    assert (unpack(packet).kind, packet.header.string_infos.get("biz-message")) == (
        kind,
        message if kind is MessageKind.REPLY else None,
    )


def test_a_call_cancelled_from_within() -> None:
    reply = interrupted(understood(asked()), lambda: True)
    assert header_of(reply).string_infos == {"crrst": "1"}
    assert read_exception(unpack(packet_of(b"".join(reply)))).message == "biz error: the handler was cancelled"


def test_a_call_whose_rest_stayed_away() -> None:
    packet = asked()
    reply = unfinished(packet._replace(payload=packet.payload[:25]), PEER, guards=guards(checksum=True))
    header = header_of(reply)
    payload = packet_of(b"".join(reply)).payload
    assert header.string_infos == {"crrst": "1", "crc32c": payload_checksum(payload)}
    assert (header.sequence_id, read_exception(unpack(packet_of(b"".join(reply)))).message) == (
        7,
        "connection read timeout 10.0.0.1:99",
    )


@pytest.mark.parametrize("endpoint", [hello, fail])
async def test_every_answer_can_carry_a_checksum(endpoint: Any) -> None:
    reply = await run(understood(asked(), guards=guards(checksum=True)), endpoint)
    packet = packet_of(b"".join(reply))  # compares it
    assert packet.header is not None
    assert packet.header.string_infos == {"crc32c": payload_checksum(packet.payload)}


def test_a_refusal_carries_one_too() -> None:
    call = pack(TTHEADER_BINARY, MessageKind.CALL, "nosuch", 7, args(HELLO, name="x"))
    refused = understand(packet_of(call), ROUTES, PEER, guards=guards(checksum=True))
    assert isinstance(refused, Refusal)
    assert refused.closes
    assert set(header_of(refused.reply).string_infos) == {"crrst", "crc32c"}


def test_a_mesh_header_names_the_service_and_is_not_answered_with_one() -> None:
    payload = pack(BUFFERED_BINARY, MessageKind.CALL, "nosuch", 7, args(HELLO, name="x"))
    header = TTHeader(sequence_id=0, string_infos={"isn": "Echo", "rip": "10.9.9.9:1"})
    refused = understand(Packet(BUFFERED_BINARY, payload, header), ROUTES, PEER)
    assert isinstance(refused, Refusal)
    message = unpack(packet_of(b"".join(refused.reply)))
    assert (message.format, message.header) == (BUFFERED_BINARY, None)
    assert read_exception(message).message == "unknown method nosuch (service Echo)"
    request = understood(Packet(BUFFERED_BINARY, payload.replace(b"\6nosuch", b"\5hello"), header))
    assert request.info.address == TcpAddress("10.9.9.9", 1)


async def test_the_handler_runs_in_its_own_call() -> None:
    seen: list[Any] = []

    async def look(info: RpcInfo, arguments: Any) -> str:
        seen.extend((current() is info, metainfo.all_persistent(), metainfo.all_transient(), metainfo.outgoing()))
        return "x"

    metainfo.set_persistent("outer", "is nothing to it")
    header = TTHeader(sequence_id=0, string_infos={"RPC_PERSIST_p": "1", "RPC_TRANSIT_t": "2"})
    await run(understood(asked(ECHO, header, msg="x")), look)
    assert seen == [True, {"p": "1"}, {"t": "2"}, Metainfo({"p": "1"})]


async def test_an_answer_past_the_limit_is_told_as_an_error() -> None:
    async def long(info: RpcInfo, arguments: Any) -> str:
        return "x" * 1000

    request = understand(asked(), ROUTES, PEER, max_message=500)
    assert isinstance(request, Request)
    told = read_exception(unpack(packet_of(b"".join(await run(request, long)))))
    assert told.type == ApplicationErrorType.INTERNAL_ERROR
    assert "500" in told.message
