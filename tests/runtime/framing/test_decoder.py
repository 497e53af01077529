"""Messages out of a stream: whatever the cuts, the formats and the mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import BadVersion, CodecError, DecodeError, FrameTooLarge, ProtocolError
from kitexgen.runtime.framing import (
    BUFFERED_BINARY,
    BUFFERED_COMPACT,
    FRAMED_BINARY,
    FRAMED_COMPACT,
    Format,
    MessageDecoder,
    Packet,
)
from kitexgen.runtime.protocol import pack
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import Note
from tests.strategies.chunks import chunks

FORMATS = (FRAMED_BINARY, FRAMED_COMPACT, BUFFERED_BINARY, BUFFERED_COMPACT)


def message(format: Format, text: str = "bob", sequence_id: int = 1) -> bytes:
    return pack(format, MessageKind.CALL, "hello", sequence_id, Note(text=text))


def drained(decoder: MessageDecoder) -> list[Packet]:
    found = []
    while (packet := decoder.next_message()) is not None:
        found.append(packet)
    return found


@st.composite
def conversations(draw: st.DrawFn) -> tuple[list[Packet], list[bytes]]:
    """Messages in any formats one after the other, and their bytes cut anywhere."""
    packets, stream = [], b""
    for _ in range(draw(st.integers(1, 4))):
        format = draw(st.sampled_from(FORMATS))
        bare = Format("buffered", format.protocol)
        text, sequence_id = draw(st.text(max_size=40)), draw(st.integers(-(2**31), 2**31 - 1))
        packets.append(Packet(format, message(bare, text, sequence_id)))
        stream += message(format, text, sequence_id)
    return packets, draw(chunks(stream))


@given(conversations())
def test_any_cut_gives_the_same_messages(conversation: tuple[list[Packet], list[bytes]]) -> None:
    packets, pieces = conversation
    decoder = MessageDecoder()
    found = []
    for piece in pieces:
        decoder.feed(piece)
        found += drained(decoder)
    assert found == packets
    assert decoder.pending == 0


@given(conversations())
def test_messages_may_be_taken_out_late(conversation: tuple[list[Packet], list[bytes]]) -> None:
    packets, pieces = conversation
    decoder = MessageDecoder()
    for piece in pieces:
        decoder.feed(piece)
    assert drained(decoder) == packets


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=6))
def test_no_bytes_raise_anything_undocumented(pieces: list[bytes]) -> None:
    decoder = MessageDecoder(max_size=1000)
    for piece in pieces:
        decoder.feed(piece)
        try:
            drained(decoder)
        except (ProtocolError, FrameTooLarge, CodecError):
            return


@given(st.sampled_from(FORMATS), st.data())
def test_no_damaged_message_raises_anything_undocumented(format: Format, data: st.DataObject) -> None:
    stream = bytearray(message(format))
    at = data.draw(st.integers(0, len(stream) - 1))
    stream[at] = data.draw(st.integers(0, 255))
    decoder = MessageDecoder(max_size=1000)
    decoder.feed(bytes(stream))
    try:
        drained(decoder)
    except (ProtocolError, FrameTooLarge, CodecError):
        return


def test_a_frame_past_the_limit_is_refused_before_it_is_buffered() -> None:
    decoder = MessageDecoder(max_size=100)
    decoder.feed((101).to_bytes(4, "big") + b"\x80\x01")
    with pytest.raises(FrameTooLarge) as caught:
        decoder.next_message()
    assert (caught.value.size, caught.value.limit) == (101, 100)


def test_a_frame_at_the_limit_passes() -> None:
    whole = message(FRAMED_BINARY)
    decoder = MessageDecoder(max_size=len(whole) - 4)
    decoder.feed(whole)
    assert decoder.next_message() is not None


@pytest.mark.parametrize("format", [BUFFERED_BINARY, BUFFERED_COMPACT])
def test_a_bare_message_past_the_limit_is_refused_by_what_it_announces(format: Format) -> None:
    whole = message(format, "x" * 200)
    decoder = MessageDecoder(max_size=100)
    decoder.feed(whole[:40])  # the text has said how long it is
    with pytest.raises(FrameTooLarge) as caught:
        decoder.next_message()
    assert caught.value.size > 200


@pytest.mark.parametrize("format", [BUFFERED_BINARY, BUFFERED_COMPACT])
def test_a_bare_message_at_the_limit_passes(format: Format) -> None:
    whole = message(format)
    decoder = MessageDecoder(max_size=len(whole))
    decoder.feed(whole)
    assert decoder.next_message() == Packet(format, whole)


def test_a_bare_message_whose_end_cannot_be_found_is_refused() -> None:
    decoder = MessageDecoder()
    decoder.feed(message(BUFFERED_BINARY)[:-1] + b"\x07\x00\x02")  # no type has the number 7
    with pytest.raises(DecodeError):
        drained(decoder)


def test_a_deep_message_is_found_in_both_transports() -> None:
    deep = b"\x0c\x00\x01" * 1000 + b"\x00" * 1001  # more levels than a skipped value may have
    bare = b"\x80\x01\x00\x01\x00\x00\x00\x01m\x00\x00\x00\x01" + deep
    for stream in (bare, len(bare).to_bytes(4, "big") + bare):
        decoder = MessageDecoder()
        decoder.feed(stream)
        packet = decoder.next_message()
        assert packet is not None
        assert packet.payload == bare


def test_the_format_of_a_message_that_has_begun_is_known() -> None:
    decoder = MessageDecoder()
    decoder.feed(message(FRAMED_COMPACT)[:8])
    assert decoder.next_message() is None
    assert decoder.started == FRAMED_COMPACT
    assert decoder.pending == 8
    assert decoder.beginning(3) == Packet(FRAMED_COMPACT, message(FRAMED_COMPACT)[4:7])


def test_what_is_no_message_is_refused_at_once() -> None:
    decoder = MessageDecoder()
    decoder.feed(b"GET / HTTP/1.1\r\n")
    with pytest.raises(BadVersion) as caught:
        decoder.next_message()
    assert caught.value.start == b"GET / "
