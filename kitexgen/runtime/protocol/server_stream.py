"""ServerStream: the server's end of one stream. Does no I/O.

    state        event                                     next         sent
    open         data frame                                open
    open         trailer frame                             half-closed
    open, half-closed   `send`                             same         header if none was, data
    open, half-closed   `finish`: the handler is done      over         header if none was, trailer
    open, half-closed   rst frame, `lose`                  given up
    given up     `send`                                    given up     (raises why)
    given up     `finish`                                  over         header if none was, trailer; nothing if lost
    over         anything                                  over

Source: cloudwego/kitex pkg/remote/trans/ttstream/stream_server.go.
"""

from __future__ import annotations

from collections.abc import Mapping

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.errors import (
    ApplicationError,
    BizStatusError,
    StreamCanceled,
    StreamClosed,
    StreamCode,
    StreamError,
)
from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame
from kitexgen.runtime.metadata.biz_status import write_biz_status
from kitexgen.runtime.protocol.stream_end import StreamEnd
from kitexgen.runtime.protocol.stream_exception import write_stream_exception


class ServerStream(StreamEnd):
    """Methods give the frames to be sent. `canceled` says why the client, or its connection, gave the stream up."""

    __slots__ = ("_is_header_sent", "_is_lost", "_is_over", "canceled", "header")

    _side = "server"

    def __init__(self, opening: StreamFrame) -> None:
        super().__init__(opening.stream_id, opening.method)
        self.header = opening.infos
        self.canceled: StreamCanceled | None = None
        self._is_header_sent = False
        self._is_lost = False
        self._is_over = False

    @property
    def is_header_sent(self) -> bool:
        """Whether it is too late to tell something in the header."""
        return self._is_header_sent

    def check_sending(self) -> None:
        """Raise why nothing can be sent any more, if so."""
        if self.canceled is not None:
            raise self.canceled.with_traceback(None)
        if self._is_over:
            raise StreamClosed(StreamCode.ILLEGAL_OPERATION, "stream is closed send", side=self._side)

    def send_header(self, infos: Mapping[str, str]) -> tuple[StreamFrame, ...]:
        """The header frame, before anything else; nothing the second time. Raises as `check_sending`."""
        self.check_sending()
        return self._header(infos)

    def send(self, message: Pieces, infos: Mapping[str, str]) -> tuple[StreamFrame, ...]:
        """A data frame, behind the header with `infos` when that was not sent yet. Raises as `check_sending`."""
        self.check_sending()
        return (*self._header(infos), self._frame(FrameKind.DATA, message=message))

    def finish(
        self, outcome: ApplicationError | BizStatusError | None, header: Mapping[str, str], trailer: Mapping[str, str]
    ) -> tuple[StreamFrame, ...]:
        """The end: how it went, and what the handler wants told. Nothing the second time, and after `lose`."""
        if self._is_over:
            return ()
        self._is_over = True
        closed = StreamError(StreamCode.HANDLER_RETURNED, "canceled by business handler returning", side=self._side)
        self.inbox.fail(closed)
        if self._is_lost:
            return ()
        infos, payload = dict(trailer), b""
        if isinstance(outcome, BizStatusError):
            write_biz_status(outcome, infos)
        elif outcome is not None:
            payload = write_stream_exception(self.method, self.stream_id, outcome)
        return (*self._header(header), self._frame(FrameKind.TRAILER, infos=infos, payload=payload))

    def ending(self, error: ApplicationError) -> tuple[StreamFrame, ...]:
        """A trailer in place of one that could not be written."""
        payload = write_stream_exception(self.method, self.stream_id, error)
        return (self._frame(FrameKind.TRAILER, payload=payload),)

    def lose(self, canceled: StreamCanceled) -> None:
        """The client is gone, or has put another stream in this one's place: nothing is sent any more."""
        self._is_lost = True
        self._give_up(canceled)

    def receive(self, frame: StreamFrame) -> None:
        """Take in a frame of this stream that is no header."""
        match frame.kind:
            case FrameKind.DATA:
                self.inbox.put(frame.payload)
            case FrameKind.TRAILER:
                self.inbox.finish(self._read_trailer(frame))  # nothing, in order; Kitex lets it carry an error
            case FrameKind.RST:
                self._give_up(self._read_rst(frame))
            case FrameKind.HEADER | FrameKind.META:
                pass  # the connection makes a new stream of a header; a meta frame is nothing to a server

    def _give_up(self, canceled: StreamCanceled) -> None:
        if self.canceled is None and not self._is_over:
            self.canceled = canceled
            self.inbox.fail(canceled)

    def _header(self, infos: Mapping[str, str]) -> tuple[StreamFrame, ...]:
        if self._is_header_sent:
            return ()
        self._is_header_sent = True
        return (self._frame(FrameKind.HEADER, infos=infos),)
