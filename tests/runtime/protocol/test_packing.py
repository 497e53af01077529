"""Whole messages against bytes that Kitex itself sent (reference/wire.md 13)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.buffer import POOL
from kitexgen.runtime.errors import ApplicationError, FrameTooLarge, InvalidMessageType
from kitexgen.runtime.framing import (
    BUFFERED_BINARY,
    BUFFERED_COMPACT,
    FRAMED_BINARY,
    FRAMED_COMPACT,
    Format,
    MessageDecoder,
    Packet,
    ProtocolName,
    TransportName,
)
from kitexgen.runtime.framing.validation import guards
from kitexgen.runtime.protocol import packing, read_body, read_exception, unpack
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.records import Scalars
from tests.builders.services import (
    ADD,
    ECHO,
    FAIL,
    PING,
    PLAIN,
    TELL,
    Note,
    Refused,
    args,
    result,
)
from tests.builders.whole import pack, pack_exception

FORMATS = (FRAMED_BINARY, FRAMED_COMPACT, BUFFERED_BINARY, BUFFERED_COMPACT)


def vector(text: str) -> bytes:
    return bytes.fromhex(text)


def test_v01_a_framed_call() -> None:
    expected = vector("0000001c 80010001 00000005 68656c6c6f 00000001 0b0001 00000003 626f62 00")
    assert pack(FRAMED_BINARY, MessageKind.CALL, "hello", 1, args(PLAIN, text="bob")) == expected


def test_v02_a_buffered_reply() -> None:
    expected = vector("80010002 00000005 68656c6c6f 00000001 0b0000 00000006 686920626f62 00")
    assert pack(BUFFERED_BINARY, MessageKind.REPLY, "hello", 1, result(PLAIN, success="hi bob")) == expected


def test_v03_a_void_reply() -> None:
    expected = vector("00000010 80010002 00000003 6e6f70 00000009 00")
    assert pack(FRAMED_BINARY, MessageKind.REPLY, "nop", 9, result(PING)) == expected


def test_v04_a_oneway_call() -> None:
    expected = vector("0000001b 80010004 00000004 66697265 00000001 0b0001 00000003 626f62 00")
    assert pack(FRAMED_BINARY, MessageKind.ONEWAY, "fire", 1, args(TELL, text="bob")) == expected


def test_v11_an_unknown_method() -> None:
    expected = vector(
        "00000040 80010003 00000006 6e6f73756368 00000005 0b0001 0000001f"
        "756e6b6e6f776e2073657276696365202c206d6574686f64206e6f73756368 080002 00000014 00"
    )
    error = ApplicationError(20, "unknown service , method nosuch")
    assert pack_exception(FRAMED_BINARY, "nosuch", 5, error) == expected


def test_v12_a_declared_exception() -> None:
    expected = vector(
        "00000027 80010002 00000004 6563686f 00000005 0c0001 080001 00000007 0b0002 00000004 626f6f6d 00 00"
    )
    reply = result(ECHO, refused=Refused(code=7, why="boom"))
    assert pack(FRAMED_BINARY, MessageKind.REPLY, "echo", 5, reply) == expected


def test_v12b_an_error_of_the_handler() -> None:
    expected = vector(
        "00000037 80010003 00000004 6563686f 00000005"
        "0b0001 00000018 62697a206572726f723a20706c61696e206661696c757265 080002 00000006 00"
    )
    assert pack_exception(FRAMED_BINARY, "echo", 5, ApplicationError(6, "biz error: plain failure")) == expected


@given(
    format=st.sampled_from(FORMATS),
    kind=st.sampled_from([MessageKind.CALL, MessageKind.ONEWAY]),
    method=st.text(min_size=1),
    sequence_id=st.integers(-(2**31), 2**31 - 1),
    text=st.text(),
)
def test_what_is_packed_is_unpacked(
    format: Format, kind: MessageKind, method: str, sequence_id: int, text: str
) -> None:
    decoder = MessageDecoder()
    decoder.feed(pack(format, kind, method, sequence_id, args(ECHO, note=Note(text=text))))
    packet = decoder.next_message()
    assert packet is not None
    message = unpack(packet)
    assert (message.format, message.kind, message.method, message.sequence_id) == (format, kind, method, sequence_id)
    assert read_body(message, ECHO.arguments) == args(ECHO, note=Note(text=text))


@given(st.sampled_from(FORMATS), st.integers(-(2**31), 2**31 - 1), st.text())
def test_exceptions_come_back_as_they_went(format: Format, number: int, text: str) -> None:
    decoder = MessageDecoder()
    decoder.feed(pack_exception(format, "m", 3, ApplicationError(number, text)))
    packet = decoder.next_message()
    assert packet is not None
    message = unpack(packet)
    assert message.kind is MessageKind.EXCEPTION
    error = read_exception(message)
    assert (error.type, error.message) == (number, text)


def test_bytes_after_the_struct_are_ignored() -> None:
    payload = pack(BUFFERED_BINARY, MessageKind.CALL, "add", 1, args(ADD, a=1, b=2)) + b"\xff\xff"
    assert read_body(unpack(Packet(FRAMED_BINARY, payload)), ADD.arguments) == args(ADD, a=1, b=2)


@pytest.mark.parametrize("number", [0, 6, 257, 65535])
def test_a_number_that_is_no_kind_is_refused(number: int) -> None:
    payload = b"\x80\x01" + number.to_bytes(2, "big") + b"\x00\x00\x00\x01m\x00\x00\x00\x01\x00"
    with pytest.raises(InvalidMessageType) as caught:
        unpack(Packet(FRAMED_BINARY, payload))
    assert caught.value.type == number


def test_what_no_frame_can_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MAX_FRAME", 30)  # 2 GiB would be a slow test
    with pytest.raises(FrameTooLarge):
        pack(FRAMED_BINARY, MessageKind.CALL, "fail", 1, args(FAIL, how="x" * 30))


@pytest.mark.parametrize("transport", ["framed", "buffered", "ttheader", "ttheader_framed"])
@pytest.mark.parametrize("protocol", ["binary", "compact"])
def test_what_is_large_is_not_copied(transport: TransportName, protocol: ProtocolName) -> None:
    """It stands apart, the very object, and the checksum is over all the pieces."""
    blob = bytes(range(256)) * 64
    record, format = Scalars(blob=blob), Format(transport, protocol)
    pieces = packing.pack(format, MessageKind.CALL, "keep", 1, record, guards=guards(checksum=True))
    assert [piece for piece in pieces if piece is blob] == [blob]
    assert len(pieces) == 3
    decoder = MessageDecoder(guards=guards(checksum=True))
    for piece in pieces:
        decoder.feed(piece)
    packet = decoder.next_message()
    assert packet is not None
    assert read_body(unpack(packet), type(record)) == record
    assert POOL.taken == 0


def test_what_is_small_is_one_piece() -> None:
    assert len(packing.pack(FRAMED_BINARY, MessageKind.CALL, "keep", 1, Scalars(blob=bytes(100)))) == 1
