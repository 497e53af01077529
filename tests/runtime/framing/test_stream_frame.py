"""Frames of streams: the recorded ones, any cut of them, and bytes that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import EncodeError, FrameTooLarge, MalformedHeader, ProtocolError
from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame, StreamFrameDecoder, carries_streams
from kitexgen.runtime.framing.ttheader import Flag, TTHeader, encode_header
from kitexgen.runtime.framing.ttheader_keys import IntKey
from tests.builders.vectors import frame
from tests.builders.whole import encode_frame
from tests.strategies.chunks import chunks

WORD = bytes.fromhex("0b0001 00000001 78 00")
STOPPED = bytes.fromhex("80010003 00000004 62696469 00000001 0b0001 00000004 73746f70 080002 00002ee7 00")
FAILED = bytes.fromhex(
    "80010003 00000004 62696469 00000001"
    "0b0001 00000019 62697a206572726f723a2073747265616d206661696c757265 080002 00000006 00"
)


def made(kind: FrameKind, payload: bytes = b"", **infos: str) -> StreamFrame:
    return StreamFrame(kind=kind, stream_id=1, method="bidi", infos=infos, payload=payload)


RECORDED = {
    "V16a": made(FrameKind.HEADER, isn="Echo"),
    "V16b": made(FrameKind.DATA, WORD),
    "V16c": made(FrameKind.TRAILER),
    "V16d": made(FrameKind.RST, STOPPED, ttscp="my.client"),
    "V16e": made(FrameKind.TRAILER, FAILED),
}


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_frames(name: str) -> None:
    decoder = StreamFrameDecoder()
    decoder.feed(frame(name))
    assert decoder.next_frame() == RECORDED[name]
    assert decoder.next_frame() is None
    assert decoder.pending == 0
    assert encode_frame(RECORDED[name]) == frame(name)


FRAMES = st.builds(
    StreamFrame,
    kind=st.sampled_from(FrameKind),
    stream_id=st.integers(-(2**31), 2**31 - 1),
    method=st.text(max_size=5),
    infos=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    payload=st.binary(max_size=20),
)


@given(st.data(), st.lists(FRAMES, min_size=1, max_size=5))
def test_any_cut_gives_the_same_frames(data: st.DataObject, frames: list[StreamFrame]) -> None:
    decoder = StreamFrameDecoder()
    found = []
    for piece in data.draw(chunks(b"".join(map(encode_frame, frames)))):
        decoder.feed(piece)
        found += iter(decoder.next_frame, None)
    assert found == frames
    assert decoder.pending == 0


def header(**changes: object) -> TTHeader:
    values: dict[str, object] = {
        "sequence_id": 1,
        "flags": Flag.STREAMING,
        "int_infos": {IntKey.FRAME_TYPE: "3", IntKey.TO_METHOD: "bidi"},
    }
    return TTHeader(**{**values, **changes})  # type: ignore[arg-type]  # as given


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (encode_header(header(flags=0), 0), ProtocolError("a message where a frame of a stream is due (flags 0)")),
        (encode_header(header(int_infos={}), 0), ProtocolError("unexpected frame type ''")),
        (encode_header(header(int_infos={27: "6"}), 0), ProtocolError("unexpected frame type '6'")),
        (encode_header(header(), 101), FrameTooLarge(101, 100)),
        (b"\0\0\0\x01" + encode_header(header(), 0)[4:], ProtocolError("a frame of 1 bytes does not hold its header")),
        (b"GET / HTTP/1.1\r\n",
         MalformedHeader("not TTHeader protocol (first4Bytes=0x47455420, second4Bytes=0x2f204854)")),
    ],
    ids=["no flag", "no kind", "another kind", "too large", "short length", "http"],
)  # fmt: skip
def test_what_is_no_frame(data: bytes, error: Exception) -> None:
    decoder = StreamFrameDecoder(max_size=100)
    decoder.feed(data)
    with pytest.raises(type(error)) as caught:
        decoder.next_frame()
    assert str(caught.value) == str(error)


def test_what_is_too_large_is_refused_before_it_comes() -> None:
    decoder = StreamFrameDecoder(max_size=100)
    decoder.feed(encode_header(header(), 2**31))
    with pytest.raises(FrameTooLarge):
        decoder.next_frame()


def test_infos_that_fit_no_header() -> None:
    with pytest.raises(EncodeError, match="exceeded"):
        encode_frame(made(FrameKind.HEADER, k="v" * 70_000))


@pytest.mark.parametrize(
    ("start", "verdict"),
    [
        (b"", None),
        (frame("V16a")[:4], None),
        (frame("V16a")[:5], None),
        (frame("V16a")[:7], None),
        (frame("V16a")[:8], True),
        (frame("V08")[:8], False),
        (frame("V08")[:7], None),
        (b"\x82\x21\x01\x01a\x00", False),  # a whole message of the shortest kind
        (b"\0\0\0\x1c\x80", False),
    ],
)
def test_whether_a_connection_carries_streams(start: bytes, verdict: bool | None) -> None:
    assert carries_streams(start) is verdict
