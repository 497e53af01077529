"""ClientStream: the client's end of one stream. Does no I/O.

    state        event                                   next         sent
    open         data frame                              open
    open         `close_send`                            half-closed  trailer
    half-closed  data frame                              half-closed
    open         trailer frame                           over         trailer, for Kitex servers that wait for it
    half-closed  trailer frame                           over
    open         rst frame                               over         trailer
    half-closed  rst frame                               over
    open         `cancel`                                over         rst, trailer
    half-closed  `cancel`                                over         rst
    any          `lose`: the connection is gone          over
    over         anything                                over

A header frame may come once, before all others; a second one breaks the connection, as in Kitex. Meta frames are for
proxies' clients and change nothing. Source: cloudwego/kitex pkg/remote/trans/ttstream/stream_client.go.
"""

from __future__ import annotations

from collections.abc import Mapping

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.errors import (
    ApplicationError,
    KitexError,
    ProtocolError,
    RpcError,
    StreamClosed,
    StreamCode,
)
from kitexgen.runtime.framing.stream_frame import FrameKind, StreamFrame
from kitexgen.runtime.framing.ttheader_keys import StringKey
from kitexgen.runtime.protocol.cancel_path import write_path
from kitexgen.runtime.protocol.stream_end import StreamEnd
from kitexgen.runtime.protocol.stream_exception import write_stream_exception


class ClientStream(StreamEnd):
    """Methods give the frames to be sent. `header` and `trailer` are what the server told; None until it did."""

    __slots__ = ("_is_closed", "_is_half_closed", "failure", "header", "trailer")

    _side = "client"

    def __init__(self, stream_id: int, method: str) -> None:
        super().__init__(stream_id, method)
        self.header: Mapping[str, str] | None = None
        self.trailer: Mapping[str, str] | None = None
        self.failure: KitexError | None = None
        self._is_half_closed = False
        self._is_closed = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come."""
        return self._is_closed

    def open(self, infos: Mapping[str, str]) -> StreamFrame:
        """The header frame, with the service's name and metainfo as `infos`."""
        return self._frame(FrameKind.HEADER, infos=infos)

    def check_sending(self) -> None:
        """Raise why nothing can be sent any more, if so: the stream's own failure, or StreamClosed."""
        if self.failure is not None:
            raise self.failure.with_traceback(None)
        if self._is_closed or self._is_half_closed:
            raise StreamClosed(StreamCode.ILLEGAL_OPERATION, "stream is closed send", side=self._side)

    def send(self, message: Pieces) -> StreamFrame:
        """A data frame. Raises as `check_sending`."""
        self.check_sending()
        return self._frame(FrameKind.DATA, message=message)

    def close_send(self) -> tuple[StreamFrame, ...]:
        """Send no more. Nothing happens the second time."""
        if self._is_half_closed or self._is_closed:
            return ()
        return self._half_close()

    def cancel(self, failure: RpcError, told: ApplicationError, path: tuple[str, ...]) -> tuple[StreamFrame, ...]:
        """Give the stream up. `failure` is what its user gets from now on, `told` and `path` what the server gets."""
        if self._is_closed:
            return ()
        infos = {StringKey.CANCEL_PATH.value: write_path(path)} if path else {}
        payload = write_stream_exception(self.method, self.stream_id, told)
        self._fail(failure)
        return (self._frame(FrameKind.RST, infos=infos, payload=payload), *self._half_close())

    def lose(self, failure: KitexError) -> None:
        """The connection is gone."""
        if not self._is_closed:
            self._fail(failure)

    def receive(self, frame: StreamFrame) -> tuple[StreamFrame, ...]:
        """Take in a frame of this stream. Raises ProtocolError for one that breaks the connection."""
        if self._is_closed:
            return ()
        match frame.kind:
            case FrameKind.DATA:
                self.inbox.put(frame.payload)
                return ()
            case FrameKind.HEADER:
                self._take_header(frame)
                return ()
            case FrameKind.TRAILER:
                return self._end(frame)
            case FrameKind.RST:
                self._fail(self._read_rst(frame))
                return self._half_close()
            case FrameKind.META:
                return ()

    def _take_header(self, frame: StreamFrame) -> None:
        if self.header is not None:
            raise ProtocolError(f"stream[{self.stream_id}] already set header")
        self.header = frame.infos

    def _end(self, frame: StreamFrame) -> tuple[StreamFrame, ...]:
        self.trailer = frame.infos
        self._is_closed = True
        self.failure = self._read_trailer(frame)
        self.inbox.finish(self.failure)
        return self._half_close()

    def _fail(self, failure: KitexError) -> None:
        self.failure = failure
        self._is_closed = True
        self.inbox.fail(failure)

    def _half_close(self) -> tuple[StreamFrame, ...]:
        if self._is_half_closed:
            return ()
        self._is_half_closed = True
        return (self._frame(FrameKind.TRAILER),)
