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
    CodecError,
    KitexError,
    RpcError,
    StreamCanceled,
    StreamClosed,
    StreamCode,
    StreamError,
)
from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame
from kitexgen.runtime.metadata.biz_status import read_biz_status, write_biz_status
from kitexgen.runtime.protocol.cancel_path import read_path
from kitexgen.runtime.protocol.inbox import Inbox
from kitexgen.runtime.protocol.stream_exception import read_rst, read_stream_exception, write_stream_exception

_SIDE = "server"


class ServerStream:
    """Methods give the frames to be sent. `canceled` says why the client, or its connection, gave the stream up."""

    __slots__ = ("_is_header_sent", "_is_lost", "_is_over", "canceled", "header", "inbox", "method", "stream_id")

    def __init__(self, opening: StreamFrame) -> None:
        self.stream_id = opening.stream_id
        self.method = opening.method
        self.header = opening.infos
        self.inbox = Inbox()
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
            raise StreamClosed(StreamCode.ILLEGAL_OPERATION, "stream is closed send", side=_SIDE)

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
        closed = StreamError(StreamCode.HANDLER_RETURNED, "canceled by business handler returning", side=_SIDE)
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
                self.inbox.finish(_told(frame))
            case FrameKind.RST:
                told = read_rst(frame.payload)
                path = read_path(frame.infos)
                self._give_up(StreamCanceled(told.type, told.reason, side=_SIDE, path=path))
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

    def _frame(
        self,
        kind: FrameKind,
        *,
        infos: Mapping[str, str] | None = None,
        payload: bytes = b"",
        message: Pieces = (),
    ) -> StreamFrame:
        return StreamFrame(
            kind=kind,
            stream_id=self.stream_id,
            method=self.method,
            infos=infos or {},
            payload=payload,
            message=message,
        )


def _told(trailer: StreamFrame) -> KitexError | None:
    """What a client's trailer says: nothing, in order; Kitex lets it carry an error for the handler."""
    if not trailer.payload:
        return read_biz_status(trailer.infos)
    try:
        return read_stream_exception(trailer.payload)
    except (CodecError, RpcError) as fault:
        return StreamError(StreamCode.ILLEGAL_FRAME, str(fault), side=_SIDE)
