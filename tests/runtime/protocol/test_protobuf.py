"""Kitex Protobuf against bytes that Kitex itself sent, and whatever else may stand in an envelope."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import ApplicationError, BadVersion, DecodeError, InvalidMessageType, UnknownMethod
from kitexgen.runtime.framing import FRAMED_PROTOBUF, TTHEADER_FRAMED_PROTOBUF, Format, MessageDecoder, Packet, TTHeader
from kitexgen.runtime.framing.validation import guards
from kitexgen.runtime.protocol import Message, packing, read_body, read_exception, unpack
from kitexgen.runtime.service import Payload
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.vectors import PROTOBUF
from tests.builders.whole import pack, pack_exception
from tests.builders.words import Word

FORMATS = st.sampled_from([FRAMED_PROTOBUF, TTHEADER_FRAMED_PROTOBUF])
SEQUENCE_IDS = st.integers(-(2**31), 2**31 - 1)
ENVELOPE = PROTOBUF["V15b"][4:20]


def received(stream: bytes) -> Message:
    decoder = MessageDecoder(guards=guards(checksum=True))
    decoder.feed(stream)
    packet = decoder.next_message()
    assert packet is not None
    assert not decoder.pending
    return unpack(packet)


def test_v15_a_call() -> None:
    assert pack(TTHEADER_FRAMED_PROTOBUF, MessageKind.CALL, "Echo", 1, Word(msg="x")) == PROTOBUF["V15"]
    message = received(PROTOBUF["V15"])
    assert (message.kind, message.method, message.sequence_id) == (MessageKind.CALL, "Echo", 1)
    assert read_body(message, Word) == Word(msg="x")


def test_v15b_a_reply() -> None:
    assert pack(FRAMED_PROTOBUF, MessageKind.REPLY, "Echo", 1, Word(msg="re:x")) == PROTOBUF["V15b"]
    assert read_body(received(PROTOBUF["V15b"]), Word) == Word(msg="re:x")


def test_v15c_an_error_of_the_handler() -> None:
    error = ApplicationError(6, "biz error: plain failure")
    assert pack_exception(FRAMED_PROTOBUF, "Echo", 1, error) == PROTOBUF["V15c"]
    told = read_exception(received(PROTOBUF["V15c"]))
    assert (told.type, told.message) == (6, "biz error: plain failure")


@given(FORMATS, st.sampled_from([MessageKind.CALL, MessageKind.REPLY]), st.text(min_size=1), SEQUENCE_IDS, st.text())
def test_what_is_packed_is_unpacked(
    format: Format, kind: MessageKind, method: str, sequence_id: int, text: str
) -> None:
    message = received(pack(format, kind, method, sequence_id, Word(msg=text)))
    assert (message.format, message.kind, message.method, message.sequence_id) == (format, kind, method, sequence_id)
    assert message.written_in is Payload.PROTOBUF
    assert read_body(message, Word) == Word(msg=text)


@given(FORMATS, st.integers(-(2**31), 2**31 - 1), st.text())
def test_exceptions_come_back_as_they_went(format: Format, number: int, text: str) -> None:
    message = received(pack_exception(format, "m", 3, ApplicationError(number, text)))
    assert message.kind is MessageKind.EXCEPTION
    error = read_exception(message)
    assert (error.type, error.message) == (number, text)


@pytest.mark.parametrize("record", [Word(), None])
def test_an_empty_message_is_no_bytes(record: Word | None) -> None:
    whole = pack(FRAMED_PROTOBUF, MessageKind.REPLY, "Echo", 1, record)
    assert whole == b"\x00\x00\x00\x10" + ENVELOPE
    assert read_body(received(whole), Word) == Word()


def test_what_an_exception_may_hold() -> None:
    def told(body: bytes) -> ApplicationError:
        return read_exception(unpack(Packet(FRAMED_PROTOBUF, ENVELOPE[:3] + b"\x03" + ENVELOPE[4:] + body)))

    assert (told(b"").type, told(b"").message) == (0, "")
    assert isinstance(told(b"\x08\x01"), UnknownMethod)
    assert told(b"\x12\x02\xff\xfe").message == "\udcff\udcfe"  # no UTF-8, and yet worth reading
    assert told(b"\x1a\x01x\x08\x06").type == 6
    with pytest.raises(DecodeError):
        told(b"\x12\x09x")


def test_a_text_with_half_a_character_goes_as_its_escape() -> None:
    error = read_exception(received(pack_exception(FRAMED_PROTOBUF, "m", 1, ApplicationError(6, "a\udc80"))))
    assert error.message == "a\\udc80"


@pytest.mark.parametrize("size", range(len(ENVELOPE)))
def test_an_envelope_that_is_cut_short(size: int) -> None:
    with pytest.raises(DecodeError, match="ends within"):
        unpack(Packet(FRAMED_PROTOBUF, ENVELOPE[:size]))


def test_what_is_no_envelope() -> None:
    with pytest.raises(BadVersion):
        unpack(Packet(FRAMED_PROTOBUF, b"\x80\x01" + ENVELOPE[2:]))
    with pytest.raises(DecodeError, match="ends within"):  # a name of 4 GiB
        unpack(Packet(FRAMED_PROTOBUF, ENVELOPE[:4] + b"\xff\xff\xff\xff" + ENVELOPE[8:]))
    for number in (0, 6, 257):
        with pytest.raises(InvalidMessageType):
            unpack(Packet(FRAMED_PROTOBUF, b"\x90\x01" + number.to_bytes(2) + ENVELOPE[4:]))


def test_a_checksum_is_over_the_length_too() -> None:
    for text in ("x", "x" * 50_000):
        header = TTHeader(sequence_id=1)
        kind = MessageKind.CALL
        whole = pack(
            TTHEADER_FRAMED_PROTOBUF, kind, "Echo", 1, Word(msg=text), header=header, guards=guards(checksum=True)
        )
        assert "crc32c" in header.string_infos
        assert read_body(received(whole), Word) == Word(msg=text)


def test_what_is_large_is_not_copied() -> None:
    text = "x" * 100_000
    pieces = packing.pack(FRAMED_PROTOBUF, MessageKind.CALL, "Echo", 1, Word(msg=text))
    assert len(pieces) > 1
    assert b"".join(pieces) == pack(FRAMED_PROTOBUF, MessageKind.CALL, "Echo", 1, Word(msg=text))
