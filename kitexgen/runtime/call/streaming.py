"""Streams as handlers see them.

    def download(self, request: Query) -> AsyncIterator[Item]       server streaming: an async generator
    async def upload(self, requests: AsyncIterator[Item]) -> Receipt    client streaming
    async def talk(self, stream: BidirectionalStream[Word, Word])   both ways

What goes with the stream, besides its messages, is told by functions that know which stream is served:

    from kitexgen.runtime import streaming

    streaming.set_header("node", "seven")      # before the first message
    streaming.set_trailer("rows", "12")        # with the end

Keys are taken as they are: do not choose one that the protocol uses (`biz-status` and its kin).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, TypeVar

from kitexgen.runtime.call.current import current
from kitexgen.runtime.call.stream_info import StreamInfo
from kitexgen.runtime.framing.ttheader import TTHeader, encode_header

Request_co = TypeVar("Request_co", covariant=True)
Response_contra = TypeVar("Response_contra", contravariant=True)


class BidirectionalStream(Protocol[Request_co, Response_contra]):
    """What the handler of a bidirectional method is given. One task may receive while another sends.

    `async for` gives the client's messages until it sends no more; the stream ends when the handler returns. When the
    client gives the stream up, or is gone, the handler's task is cancelled; `receive` and `send` raise StreamCanceled
    from then on.
    """

    def __aiter__(self) -> AsyncIterator[Request_co]:
        """The stream itself."""

    async def __anext__(self) -> Request_co:
        """The next message. Raises StopAsyncIteration when the client sends no more, else as `receive`."""

    async def receive(self) -> Request_co | None:
        """The next message, None when the client sends no more. Raises StreamCanceled, DecodeError."""

    async def send(self, response: Response_contra) -> None:
        """Send a message; waits while the client takes none. Raises StreamCanceled, EncodeError."""


def set_header(key: str, value: str) -> None:
    """In a handler: tell the client `value` before the first message.

    Raises RuntimeError when that has been sent, EncodeError for what no header can hold.
    """
    stream = _served()
    if stream.is_header_sent:
        raise RuntimeError("the stream's header has been sent: set it before the first message, or use `set_trailer`")
    _add(stream.header, key, value)


def set_trailer(key: str, value: str) -> None:
    """In a handler: tell the client `value` when the stream ends, whatever it ends with. Raises EncodeError."""
    _add(_served().trailer, key, value)


def _add(infos: dict[str, str], key: str, value: str) -> None:
    encode_header(TTHeader(sequence_id=0, string_infos={**infos, key: value}), 0)
    infos[key] = value


def _served() -> StreamInfo:
    info = current()
    if info is None or info.stream is None:
        raise RuntimeError("no stream is served here")
    return info.stream
