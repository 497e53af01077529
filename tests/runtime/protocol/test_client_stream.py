"""The client's end of a stream, frame by frame: every row of its table."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.errors import (
    ApplicationError,
    BizStatusError,
    ConnectionClosed,
    KitexError,
    ProtocolError,
    StreamCanceled,
    StreamClosed,
    StreamError,
    StreamTimeout,
)
from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame
from kitexgen.runtime.protocol.client_stream import ClientStream
from kitexgen.runtime.protocol.stream_exception import write_stream_exception
from tests.builders.vectors import frame
from tests.builders.whole import encode_frame

WORD = bytes.fromhex("0b0001 00000001 78 00")
FAILED = write_stream_exception("bidi", 1, ApplicationError(6, "biz error: stream failure"))


def sent(frames: tuple[StreamFrame, ...]) -> bytes:
    return b"".join(map(encode_frame, frames))


def came(kind: FrameKind, payload: bytes = b"", **infos: str) -> StreamFrame:
    return StreamFrame(kind=kind, stream_id=1, method="bidi", infos=infos, payload=payload)


def half_closed() -> ClientStream:
    stream = ClientStream(1, "bidi")
    stream.close_send()
    return stream


def test_what_is_sent_is_what_was_recorded() -> None:
    stream = ClientStream(1, "bidi")
    assert encode_frame(stream.open({"isn": "Echo"})) == frame("V16a")
    assert encode_frame(stream.send([WORD])) == frame("V16b")
    assert sent(stream.close_send()) == frame("V16c")
    assert stream.close_send() == ()


def test_a_cancel_is_what_was_recorded_and_a_trailer() -> None:
    stream = ClientStream(1, "bidi")
    failure = StreamCanceled(12007, "stop", side="client")
    assert sent(stream.cancel(failure, ApplicationError(12007, "stop"), ("my.client",))) == frame("V16d") + frame(
        "V16c"
    )
    assert stream.cancel(failure, ApplicationError(12007, "stop"), ()) == ()
    with pytest.raises(StreamCanceled):
        stream.send([WORD])
    with pytest.raises(StreamCanceled):
        stream.inbox.take()


def test_a_cancel_after_the_half_close_is_an_rst_alone() -> None:
    frames = half_closed().cancel(StreamTimeout(1), ApplicationError(12015, "stream timeout"), ())
    assert [each.kind for each in frames] == [FrameKind.RST]
    assert frames[0].infos == {}


@pytest.mark.parametrize(
    ("make", "answers"), [(lambda: ClientStream(1, "bidi"), [FrameKind.TRAILER]), (half_closed, [])]
)
@pytest.mark.parametrize(
    ("end", "failure"),
    [
        (came(FrameKind.TRAILER), None),
        (came(FrameKind.TRAILER, rows="1"), None),
        (came(FrameKind.TRAILER, FAILED), ApplicationError(6, "biz error: stream failure")),
        (came(FrameKind.TRAILER, FAILED, **{"biz-status": "1"}), ApplicationError(6, "biz error: stream failure")),
        (came(FrameKind.TRAILER, **{"biz-status": "1", "biz-message": "no"}), BizStatusError(1, "no")),
        (came(FrameKind.RST, FAILED, ttscp="a,b"),
         StreamCanceled(6, "biz error: stream failure", side="client", path=("a", "b"))),
        (came(FrameKind.RST), StreamCanceled(13, "rst", side="client")),
        (came(FrameKind.RST, b"\x80"), StreamCanceled(13, "rst", side="client")),
    ],
    ids=["end", "told", "failed", "failed before biz", "biz", "rst", "empty rst", "broken rst"],
)  # fmt: skip
def test_ends(
    make: Callable[[], ClientStream], answers: list[FrameKind], end: StreamFrame, failure: KitexError | None
) -> None:
    stream = make()
    assert stream.receive(came(FrameKind.DATA, WORD)) == ()
    assert [each.kind for each in stream.receive(end)] == answers
    assert stream.is_over
    if end.kind is FrameKind.TRAILER:
        assert stream.inbox.take() == WORD  # what came before the end is still to be read
        assert stream.trailer == end.infos
    if failure is None:
        assert stream.inbox.take() is None
        with pytest.raises(StreamClosed):
            stream.send([WORD])
    else:
        for _ in range(2):
            with pytest.raises(type(failure)) as caught:
                stream.inbox.take()
            assert str(caught.value) == str(failure)
        with pytest.raises(type(failure)):
            stream.check_sending()
    for late in (came(FrameKind.DATA, WORD), came(FrameKind.HEADER), end):
        assert stream.receive(late) == ()


def test_a_trailer_that_cannot_be_read() -> None:
    stream = ClientStream(1, "bidi")
    stream.receive(came(FrameKind.TRAILER, b"\x80\x01"))
    with pytest.raises(StreamError) as caught:
        stream.inbox.take()
    assert caught.value.code == 12004


def test_headers() -> None:
    stream = ClientStream(1, "bidi")
    assert stream.receive(came(FrameKind.META, b"any", k="v")) == ()
    assert stream.header is None
    assert stream.receive(came(FrameKind.HEADER, k="v")) == ()
    assert stream.header == {"k": "v"}
    with pytest.raises(ProtocolError, match="already set header"):
        stream.receive(came(FrameKind.HEADER))


def test_a_lost_connection() -> None:
    stream = ClientStream(1, "bidi")
    stream.receive(came(FrameKind.DATA, WORD))
    stream.lose(ConnectionClosed("gone"))
    stream.lose(ConnectionClosed("again"))
    with pytest.raises(ConnectionClosed, match="gone"):
        stream.inbox.take()
    assert stream.close_send() == ()


FRAMES = st.builds(
    StreamFrame,
    kind=st.sampled_from(FrameKind),
    stream_id=st.just(1),
    method=st.just("bidi"),
    infos=st.dictionaries(
        st.sampled_from(["biz-status", "biz-message", "biz-extra", "ttscp", "k"]), st.text(max_size=4)
    ),
    payload=st.one_of(st.just(FAILED), st.binary(max_size=12)),
)


@given(st.lists(FRAMES, max_size=12))
def test_any_frames(frames: list[StreamFrame]) -> None:
    stream = ClientStream(1, "bidi")
    ended = 0
    for each in frames:
        try:
            answers = stream.receive(each)
        except ProtocolError:
            return
        ended += len(answers)
        if stream.is_over:
            assert stream.receive(each) == ()
    assert ended == int(stream.is_over)  # one trailer of ours, when theirs has come
    try:
        while stream.inbox.is_ready and stream.inbox.take() is not None:
            assert not stream.inbox.cost < 0
    except KitexError:
        assert stream.is_over
