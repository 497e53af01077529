"""Messages out of a stream: whatever the cuts, the formats and the mistakes."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import (
    BadVersion,
    ChecksumMismatch,
    CodecError,
    DecodeError,
    FrameTooLarge,
    KitexError,
    MalformedHeader,
    ProtocolError,
)
from kitexgen.runtime.framing import (
    BUFFERED_BINARY,
    BUFFERED_COMPACT,
    FRAMED_BINARY,
    FRAMED_COMPACT,
    FRAMED_PROTOBUF,
    TTHEADER_BINARY,
    TTHEADER_FRAMED_BINARY,
    TTHEADER_FRAMED_PROTOBUF,
    Flag,
    Format,
    MessageDecoder,
    Packet,
    TTHeader,
)
from kitexgen.runtime.framing.ttheader import PREFIX_SIZE, encode_header
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.framing.validation import guards
from kitexgen.runtime.wire.thrift_types import MessageKind
from tests.builders.services import Note
from tests.builders.vectors import MESH, PROTOBUF, frame
from tests.builders.whole import pack
from tests.strategies.chunks import chunks

FORMATS = (
    FRAMED_BINARY,
    FRAMED_COMPACT,
    BUFFERED_BINARY,
    BUFFERED_COMPACT,
    TTHEADER_BINARY,
    TTHEADER_FRAMED_BINARY,
    Format("ttheader", "compact"),
    Format("ttheader_framed", "compact"),
)

INFOS = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)


def message(format: Format, text: str = "bob", sequence_id: int = 1, header: TTHeader | None = None) -> bytes:
    return pack(format, MessageKind.CALL, "hello", sequence_id, Note(text=text), header=header)


def mesh(infos: dict[str, str]) -> bytes:
    """A mesh header."""
    pairs = b"".join(len(raw).to_bytes(2) + raw for pair in infos.items() for raw in map(str.encode, pair))
    return b"\xff\xaf" + (2 + len(pairs)).to_bytes(2) + len(infos).to_bytes(2) + pairs


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
        header = None
        if format.has_header:
            header = TTHeader(sequence_id=sequence_id, string_infos=draw(INFOS))
        elif draw(st.booleans()):
            header = TTHeader(sequence_id=0, string_infos=draw(INFOS))
            stream += mesh(header.string_infos)
        packets.append(Packet(format, message(bare, text, sequence_id), header))
        stream += message(format, text, sequence_id, header)
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


# --- headers ----------------------------------------------------------------------------------------------------------

HEADED = pytest.mark.parametrize("format", [TTHEADER_BINARY, TTHEADER_FRAMED_BINARY])


def only(stream: bytes, **settings: bool) -> Packet:
    """The one message in `stream`."""
    decoder = MessageDecoder(**settings)
    decoder.feed(stream)
    packet = decoder.next_message()
    assert packet is not None
    assert decoder.pending == 0
    return packet


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("V07", TTHEADER_FRAMED_BINARY),
        ("V08", TTHEADER_BINARY),
        ("V09", TTHEADER_BINARY),
        ("V10", TTHEADER_BINARY),
        ("V13", TTHEADER_BINARY),
        ("V14", TTHEADER_BINARY),
        ("V18", TTHEADER_BINARY),
        ("V19", TTHEADER_FRAMED_BINARY),
    ],
)
def test_recorded_frames_are_messages(name: str, format: Format) -> None:
    packet = only(frame(name))
    assert packet.format == format
    assert packet.header is not None
    assert frame(name).endswith(packet.payload)
    assert packet.payload.startswith(b"\x80\x01")


def test_a_mesh_header_gives_its_infos_and_no_format() -> None:
    packet = only(MESH)
    assert packet.format == FRAMED_BINARY
    assert packet.header == TTHeader(sequence_id=0, string_infos={"isn": "Echo"})


@HEADED
def test_a_message_whose_header_has_come_is_pending(format: Format) -> None:
    whole = message(format)
    size = PREFIX_SIZE + 4
    decoder = MessageDecoder()
    decoder.feed(whole[:size])
    assert decoder.next_message() is None
    assert decoder.pending == size  # not idle: the rest is due
    assert (decoder.started, decoder.beginning(100)) == (None, None)
    decoder.feed(whole[size : size + 12])
    assert decoder.next_message() is None
    assert (decoder.started, decoder.beginning(4)) == (
        format,
        Packet(format, b"\x80\x01\x00\x01", TTHeader(sequence_id=1)),
    )


def test_nothing_is_told_of_a_buffered_message_that_has_begun() -> None:
    decoder = MessageDecoder()
    decoder.feed(message(BUFFERED_BINARY)[:20])
    assert decoder.next_message() is None
    assert decoder.started == BUFFERED_BINARY
    assert decoder.beginning(100) is None


@HEADED
def test_a_payload_past_the_limit_is_refused_before_it_is_buffered(format: Format) -> None:
    whole = message(format, "x" * 100)
    size = len(message(BUFFERED_BINARY, "x" * 100))
    decoder = MessageDecoder(max_size=size - 1)
    decoder.feed(whole[: PREFIX_SIZE + 4 + 6])
    with pytest.raises(FrameTooLarge) as caught:
        decoder.next_message()
    assert (caught.value.size, caught.value.limit) == (size, size - 1)
    decoder = MessageDecoder(max_size=size)
    decoder.feed(whole)
    assert decoder.next_message() is not None


def test_the_inner_length_wins() -> None:
    """As in Kitex's servers. LENGTH is four bytes short: whoever wrote it forgot the inner length."""
    inner = message(FRAMED_BINARY)
    header = encode_header(TTHeader(sequence_id=1), len(inner) - 4)
    assert only(header + inner).payload == inner[4:]


@pytest.mark.parametrize("size", [-14, -1, 0, 5])
def test_a_length_without_room_for_a_message_is_refused(size: int) -> None:
    header = bytearray(encode_header(TTHeader(sequence_id=1), 0))
    header[:4] = (int.from_bytes(header[:4]) + size).to_bytes(4)
    decoder = MessageDecoder()
    decoder.feed(bytes(header))
    with pytest.raises(MalformedHeader, match=f"leaves {size} bytes"):
        decoder.next_message()


def test_a_frame_of_a_stream_is_no_message() -> None:
    for name in ("V16a", "V16b"):
        decoder = MessageDecoder()
        decoder.feed(frame(name))
        with pytest.raises(ProtocolError, match="a frame of a stream"):
            decoder.next_message()


def test_flags_and_protocol_ids_decide_nothing() -> None:
    whole = bytearray(message(TTHEADER_BINARY))
    whole[6:8] = (0xFFFF & ~Flag.STREAMING).to_bytes(2)
    whole[14] = 4  # claims to be Kitex Protobuf, as old peers did
    assert only(bytes(whole)).format == TTHEADER_BINARY


def test_protobuf_is_told_by_its_magic() -> None:
    whole = PROTOBUF["V15"]
    packet = only(whole)
    assert (packet.format, packet.payload) == (TTHEADER_FRAMED_PROTOBUF, whole[22:])
    assert only(whole[18:]).format == FRAMED_PROTOBUF


def test_protobuf_without_its_length_is_refused() -> None:
    """Behind a TTHeader too, as in Kitex."""
    bare = PROTOBUF["V15"][22:]
    for stream in (bare, encode_header(TTHeader(sequence_id=1), len(bare)) + bare):
        decoder = MessageDecoder()
        decoder.feed(stream)
        with pytest.raises(BadVersion):
            decoder.next_message()


# --- checksums --------------------------------------------------------------------------------------------------------


@HEADED
def test_a_checksum_is_compared_if_asked(format: Format) -> None:
    header = TTHeader(sequence_id=1, string_infos={StringKey.CRC32C: "00000000"})
    wrong = message(format, header=header)
    assert only(wrong).header == header
    with pytest.raises(ChecksumMismatch) as caught:
        only(wrong, guards=guards(checksum=True))
    assert caught.value.announced == "00000000"
    header = TTHeader(sequence_id=1, string_infos={StringKey.CRC32C: caught.value.computed})
    assert only(message(format, header=header), guards=guards(checksum=True)).header == header


def test_the_recorded_checksum() -> None:
    packet = only(frame("V19"), guards=guards(checksum=True))
    assert packet.header is not None
    assert packet.header.string_infos["crc32c"] == "ad88a60d"
    with pytest.raises(ChecksumMismatch):
        only(frame("V19").replace(b"bob", b"rob"), guards=guards(checksum=True))
    upper = frame("V19").replace(b"ad88a60d", b"AD88A60D")
    with pytest.raises(ChecksumMismatch):  # Kitex compares text
        only(upper, guards=guards(checksum=True))


@pytest.mark.parametrize("infos", [{}, {StringKey.CRC32C: ""}])
def test_what_has_no_checksum_passes(infos: dict[str, str]) -> None:
    whole = message(TTHEADER_BINARY, header=TTHeader(sequence_id=1, string_infos=dict(infos)))
    assert only(whole, guards=guards(checksum=True)).format == TTHEADER_BINARY
    assert only(message(FRAMED_BINARY), guards=guards(checksum=True)).format == FRAMED_BINARY


def outcome(stream: bytes, max_size: int) -> object:
    """All messages of the stream, or the class and text of what is wrong with it."""
    decoder = MessageDecoder(max_size)
    decoder.feed(stream)
    try:
        return drained(decoder), decoder.pending
    except KitexError as error:
        return type(error), str(error)


@given(
    st.sampled_from([b"\x80\x01\x00\x01", b"\xff\xaf\x00\x04", b"\x82\x21\x00\x01", b"\x80\x00\x00\x00"])
    | st.integers(0, 20).map(lambda size: size.to_bytes(4)),
    st.sampled_from([b"\x80\x01", b"\x82\x21", b"\x10\x00", b"\x90\x01"]),
    st.binary(max_size=20),
    st.sampled_from([5, 1000, 2**40]),
)
def test_the_short_cut_for_framed_binary_decides_nothing(start: bytes, sign: bytes, rest: bytes, max_size: int) -> None:
    check_the_short_cut(start + sign + rest, max_size)


@given(
    st.sampled_from([TTHEADER_BINARY, TTHEADER_FRAMED_BINARY]),
    INFOS,
    st.integers(0, 0xFFFF),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=3),
    st.tuples(st.sampled_from([5, 40, 1000]), st.binary(max_size=20)),
)
def test_the_short_cut_for_ttheader_decides_nothing(
    format: Format,
    infos: dict[str, str],
    flags: int,
    changes: list[tuple[float, int]],
    limit_and_rest: tuple[int, bytes],
) -> None:
    max_size, rest = limit_and_rest
    header = TTHeader(sequence_id=7, flags=flags, string_infos=infos, int_infos={22: "1"})
    stream = bytearray(message(format, header=header))
    for place, value in changes:
        stream[int(place * len(stream))] = value
    check_the_short_cut(bytes(stream) + rest, max_size)


def check_the_short_cut(stream: bytes, max_size: int) -> None:
    with patch.object(MessageDecoder, "_next_usual", lambda _: None):
        expected = outcome(stream, max_size)
    assert outcome(stream, max_size) == expected
