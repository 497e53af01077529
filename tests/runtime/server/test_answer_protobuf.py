"""What a server makes of a message in Kitex Protobuf, without a connection: reference/wire.md 4.2 and 9."""

from __future__ import annotations

import pytest

from kitexgen.runtime.errors import DecodeError, ProtocolError
from kitexgen.runtime.framing import (
    FRAMED_BINARY,
    FRAMED_PROTOBUF,
    TTHEADER_FRAMED_PROTOBUF,
    Format,
    MessageDecoder,
    Packet,
    TTHeader,
)
from kitexgen.runtime.model import Struct
from kitexgen.runtime.protocol import Message, read_exception, unpack
from kitexgen.runtime.server.answer import Refusal, Request, understand, unfinished
from kitexgen.runtime.server.routing import Routes, Served
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import ADD, NOTES, NotesHandler, args
from tests.builders.vectors import PROTOBUF
from tests.builders.whole import pack
from tests.builders.words import WORDS, Word, WordsHandler

ROUTES = Routes([Served(WORDS, WordsHandler()), Served(NOTES, NotesHandler())])
BARE, HEADED = FRAMED_PROTOBUF, TTHEADER_FRAMED_PROTOBUF


def packet_of(data: bytes) -> Packet:
    decoder = MessageDecoder()
    decoder.feed(data)
    packet = decoder.next_message()
    assert packet is not None
    return packet


def call(
    format: Format, method: str, body: Struct, *, service: str = "", header_id: int = 7, sequence_id: int = 7
) -> Packet:
    """A call; `header_id` is the sequence id of its TTHeader."""
    infos = {"isn": service} if service else {}
    packet = packet_of(
        pack(format, MessageKind.CALL, method, sequence_id, body, header=TTHeader(sequence_id=0, string_infos=infos))
    )
    if packet.header is not None:
        packet.header.sequence_id = header_id
    return packet


def refused(packet: Packet) -> Message:
    refusal = understand(packet, ROUTES, None)
    assert isinstance(refusal, Refusal)
    assert refusal.closes
    message = unpack(packet_of(b"".join(refusal.reply)))
    assert (message.kind, message.format) == (MessageKind.EXCEPTION, packet.format)
    if message.header is not None:
        assert message.header.sequence_id == message.sequence_id
        assert message.header.string_infos == {"crrst": "1"}
    return message


def told(message: Message) -> tuple[int, str]:
    error = read_exception(message)
    return error.type, error.message


def test_a_call() -> None:
    request = understand(packet_of(PROTOBUF["V15"]), ROUTES, None)
    assert isinstance(request, Request)
    assert (request.info.service, request.info.method.name, request.arguments) == (WORDS, "Echo", Word(msg="x"))


@pytest.mark.parametrize(("format", "header_id", "expected"), [(BARE, 7, 0), (HEADED, 7, 7), (HEADED, 9, 9)])
def test_what_is_unknown_is_told_with_the_sequence_id_of_the_header(
    format: Format, header_id: int, expected: int
) -> None:
    """Kitex has not taken over that of the envelope yet. On bare framed there is no other, and it says 0."""
    message = refused(call(format, "NoSuch", Word(), header_id=header_id))
    assert message.sequence_id == expected
    assert told(message) == (20, "unknown service , method NoSuch")


@pytest.mark.parametrize(("format", "expected"), [(BARE, 0), (HEADED, 9)])
def test_a_call_sent_as_a_stream_keeps_the_sequence_id_of_the_header(format: Format, expected: int) -> None:
    """Seen at Kitex, in both languages."""
    packet = call(format, "Echo", Word(), header_id=9)
    packet = packet._replace(payload=packet.payload[:3] + b"\x05" + packet.payload[4:])
    request = understand(packet, ROUTES, None)
    assert isinstance(request, Request)
    assert (request.message.sequence_id, request.info.sequence_id) == (expected, expected)


def test_an_unknown_method_of_a_known_service() -> None:
    message = refused(call(HEADED, "NoSuch", Word(), service="Words"))
    assert told(message) == (1, "unknown method NoSuch (service Words)")


@pytest.mark.parametrize("format", [BARE, HEADED])
def test_a_body_that_is_none(format: Format) -> None:
    packet = call(format, "Echo", Word(msg="x"))
    packet = packet._replace(payload=packet.payload[:-1])
    message = refused(packet)
    assert message.sequence_id == 7
    number, text = told(message)
    assert number == 7
    assert text.startswith("Word.msg: ")


def test_services_of_the_other_idl() -> None:
    """As Kitex says it, each in the format of its call; the sequence id is known by then."""
    message = refused(call(BARE, "add", Word()))
    assert (message.sequence_id, *told(message)) == (
        7,
        9,
        "decode failed, codec msg type not match with protobufCodec",
    )
    message = refused(call(FRAMED_BINARY, "Echo", args(ADD, a=1, b=2)))
    assert (message.sequence_id, *told(message)) == (7, 9, "decode failed, codec msg type not match with thriftCodec")


def test_a_call_that_names_no_method() -> None:
    with pytest.raises(ProtocolError, match="names no method"):
        understand(call(BARE, "", Word()), ROUTES, None)


def test_a_call_without_its_envelope() -> None:
    with pytest.raises(DecodeError):
        understand(Packet(BARE, PROTOBUF["V15b"][4:9]), ROUTES, None)


def test_a_streaming_method_is_not_called() -> None:
    refusal = understand(call(HEADED, "Talk", Word()), ROUTES, None)
    assert isinstance(refusal, Refusal)
    assert not refusal.closes
    number, text = told(unpack(packet_of(b"".join(refusal.reply))))
    assert number == 1
    assert text.startswith("method Talk streams")


def test_a_call_whose_rest_stays_away() -> None:
    decoder = MessageDecoder()
    decoder.feed(PROTOBUF["V15"][:-1])
    assert decoder.next_message() is None
    beginning = decoder.beginning(4096)
    assert beginning is not None
    message = unpack(packet_of(b"".join(unfinished(beginning, None))))
    assert told(message) == (7, "connection read timeout None")
