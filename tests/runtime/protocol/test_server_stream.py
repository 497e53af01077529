"""The server's end of a stream, frame by frame: every row of its table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import (
    ApplicationError,
    BizStatusError,
    KitexError,
    StreamCanceled,
    StreamClosed,
    StreamError,
)
from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame
from kitexgen.runtime.protocol.server_stream import ServerStream
from kitexgen.runtime.protocol.stream_exception import write_stream_exception
from tests.builders.vectors import frame
from tests.builders.whole import encode_frame

WORD = bytes.fromhex("0b0001 00000001 78 00")
STOPPED = write_stream_exception("bidi", 1, ApplicationError(12007, "stop"))


def came(kind: FrameKind, payload: bytes = b"", **infos: str) -> StreamFrame:
    return StreamFrame(kind=kind, stream_id=1, method="bidi", infos=infos, payload=payload)


def opened() -> ServerStream:
    return ServerStream(came(FrameKind.HEADER, isn="Echo"))


def kinds(frames: tuple[StreamFrame, ...]) -> list[FrameKind]:
    return [each.kind for each in frames]


def test_the_header_goes_before_the_first_message_once() -> None:
    stream = opened()
    first = stream.send([WORD], {"node": "seven"})
    assert kinds(first) == [FrameKind.HEADER, FrameKind.DATA]
    assert first[0].infos == {"node": "seven"}
    assert encode_frame(first[1]) == frame("V16b")
    assert kinds(stream.send([WORD], {})) == [FrameKind.DATA]
    assert kinds(stream.finish(None, {}, {})) == [FrameKind.TRAILER]
    assert stream.finish(None, {}, {}) == ()
    with pytest.raises(StreamClosed):
        stream.send([WORD], {})


def test_the_header_goes_before_the_end_in_any_case() -> None:
    header, trailer = opened().finish(None, {"node": "seven"}, {"rows": "1"})
    assert (header.kind, header.infos) == (FrameKind.HEADER, {"node": "seven"})
    assert (trailer.kind, trailer.infos, trailer.payload) == (FrameKind.TRAILER, {"rows": "1"}, b"")


def test_a_failure_is_what_was_recorded() -> None:
    frames = opened().finish(ApplicationError(6, "biz error: stream failure"), {}, {})
    assert encode_frame(frames[-1]) == frame("V16e")


def test_a_business_status() -> None:
    frames = opened().finish(BizStatusError(1001, "no money", {"k": "v<1>"}), {}, {"rows": "1"})
    assert frames[-1].payload == b""
    assert frames[-1].infos == {
        "rows": "1",
        "biz-status": "1001",
        "biz-message": "no money",
        "biz-extra": '{"k":"v\\u003c1\\u003e"}',
    }


def test_a_half_close_lets_what_came_be_read_and_more_be_sent() -> None:
    stream = opened()
    stream.receive(came(FrameKind.DATA, WORD))
    stream.receive(came(FrameKind.TRAILER))
    stream.receive(came(FrameKind.DATA, WORD))  # behind the end
    assert [stream.inbox.take(), stream.inbox.take()] == [WORD, None]
    assert kinds(stream.send([WORD], {})) == [FrameKind.HEADER, FrameKind.DATA]


def test_a_client_may_end_with_an_error() -> None:
    stream = opened()
    stream.receive(came(FrameKind.TRAILER, STOPPED))
    with pytest.raises(ApplicationError, match="stop"):
        stream.inbox.take()
    stream = opened()
    stream.receive(came(FrameKind.TRAILER, b"\x80"))
    with pytest.raises(StreamError):
        stream.inbox.take()
    assert stream.canceled is None


@pytest.mark.parametrize("is_half_closed", [False, True])
def test_an_rst_gives_up(is_half_closed: bool) -> None:
    stream = opened()
    stream.receive(came(FrameKind.DATA, WORD))
    if is_half_closed:
        stream.receive(came(FrameKind.TRAILER))
    stream.receive(came(FrameKind.RST, STOPPED, ttscp="a,b"))
    stream.receive(came(FrameKind.RST))
    shown = "[ttstream error, code=12007] [server-side stream] [canceled path: a -> b] stop"
    for operation in (stream.inbox.take, stream.check_sending, lambda: stream.send([WORD], {})):
        with pytest.raises(StreamCanceled) as caught:
            operation()
        assert str(caught.value) == shown
    assert stream.inbox.cost == 0
    assert kinds(stream.finish(ApplicationError(6, shown), {}, {})) == [FrameKind.HEADER, FrameKind.TRAILER]


def test_nothing_is_sent_to_who_is_gone() -> None:
    stream = opened()
    stream.lose(StreamCanceled(12013, "gone", side="server"))
    with pytest.raises(StreamCanceled):
        stream.send([WORD], {})
    assert stream.finish(None, {}, {}) == ()


FRAMES = st.builds(
    StreamFrame,
    kind=st.sampled_from(FrameKind),
    stream_id=st.just(1),
    method=st.just("bidi"),
    infos=st.dictionaries(st.sampled_from(["biz-status", "biz-extra", "ttscp", "k"]), st.text(max_size=4)),
    payload=st.one_of(st.just(STOPPED), st.binary(max_size=12)),
)


@given(st.lists(FRAMES, max_size=12))
def test_any_frames(frames: list[StreamFrame]) -> None:
    stream = opened()
    for each in frames:
        stream.receive(each)
    try:
        while stream.inbox.is_ready and stream.inbox.take() is not None:
            assert stream.canceled is None
    except KitexError:
        assert any(each.kind in {FrameKind.RST, FrameKind.TRAILER} for each in frames)
    assert kinds(stream.finish(None, {}, {})) == [FrameKind.HEADER, FrameKind.TRAILER]
