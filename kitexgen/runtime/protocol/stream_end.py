"""StreamEnd: what the two ends of a stream have in common: the frames they send, and what the other's last ones say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.errors import (
    ApplicationError,
    BizStatusError,
    CodecError,
    RpcError,
    StreamCanceled,
    StreamCode,
    StreamError,
)
from kitexgen.runtime.framing.stream_frame import NOTHING, FrameKind, StreamFrame
from kitexgen.runtime.metadata.biz_status import read_biz_status
from kitexgen.runtime.protocol.cancel_path import read_path
from kitexgen.runtime.protocol.inbox import Inbox
from kitexgen.runtime.protocol.stream_exception import read_rst, read_stream_exception


class StreamEnd:
    """One end. `inbox` has what the other sent."""

    __slots__ = ("inbox", "method", "stream_id")

    _side: ClassVar[Literal["client", "server"]]

    def __init__(self, stream_id: int, method: str) -> None:
        self.stream_id = stream_id
        self.method = method
        self.inbox = Inbox()

    def _frame(
        self, kind: FrameKind, *, infos: Mapping[str, str] = NOTHING, payload: bytes = b"", message: Pieces = ()
    ) -> StreamFrame:
        return StreamFrame(
            kind=kind, stream_id=self.stream_id, method=self.method, infos=infos, payload=payload, message=message
        )

    def _read_trailer(self, frame: StreamFrame) -> ApplicationError | BizStatusError | StreamError | None:
        """How the other end says that it went: None is well. An exception goes before a business status."""
        if not frame.payload:
            return read_biz_status(frame.infos)
        try:
            return read_stream_exception(frame.payload)
        except (CodecError, RpcError) as fault:
            return StreamError(StreamCode.ILLEGAL_FRAME, str(fault), side=self._side)

    def _read_rst(self, frame: StreamFrame) -> StreamCanceled:
        """Why the other end gives the stream up."""
        told = read_rst(frame.payload)
        return StreamCanceled(told.type, told.reason, side=self._side, path=read_path(frame.infos))
