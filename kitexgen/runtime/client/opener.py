"""Opener: what a client opens its streams with, made when the first is."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from kitexgen.runtime.call.stream_info import StreamInfo
from kitexgen.runtime.channel.warm_up import WarmUp, warm_up_streams
from kitexgen.runtime.client.pools import make_stream_pool
from kitexgen.runtime.client.stack import receive_stack, send_stack, stream_stack
from kitexgen.runtime.client.start import begin_call
from kitexgen.runtime.client.streams import Opening
from kitexgen.runtime.protocol.stream_shape import stream_shape

if TYPE_CHECKING:
    from kitexgen.runtime.client.options import ClientOptions
    from kitexgen.runtime.service.info import MethodInfo, ServiceInfo


class Opener:
    """The connections of a client's streams, and the endpoints that the streams go through."""

    def __init__(self, destination: str, options: ClientOptions) -> None:
        # The timeout of a client is for calls, as in Kitex: a stream has one when it, or the block round it, is given.
        self._options = dataclasses.replace(options, timeout=None)
        self._pool = make_stream_pool(destination, options)
        self._open = stream_stack(options, self._pool)
        self._send = send_stack(options)
        self._receive = receive_stack(options)

    def opening(
        self,
        service: ServiceInfo,
        destination: str,
        method: MethodInfo,
        timeout: float | None,
        receive_timeout: float | None,
    ) -> Opening:
        """A stream of `method` that is to be opened here and now. Raises UnsupportedStreaming."""
        stream_shape(method)
        info = begin_call(service, destination, method, self._options, timeout)
        limit = self._options.receive_timeout if receive_timeout is None else receive_timeout
        info.stream = StreamInfo(receive_timeout=limit)
        return Opening(info, self._open, self._send, self._receive)

    async def warm_up(self, plan: WarmUp) -> None:
        """Make the connections that `plan` wants for streams. Raises RpcError only with `on_failure="fail"`."""
        await warm_up_streams(self._pool, plan, self._options.hosts)

    async def close(self) -> None:
        """Close all connections; streams that are not over fail. May be repeated."""
        await self._pool.close()
