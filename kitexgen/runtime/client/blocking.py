"""BlockingClient: what generated blocking clients are made of. Plain sockets: no event loop, no thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from kitexgen.runtime.call.settings import check_names
from kitexgen.runtime.call.step import run_without_loop
from kitexgen.runtime.channel.warm_up import warm_up_blocking
from kitexgen.runtime.client.options import ClientSettings, client_options
from kitexgen.runtime.client.pools import make_blocking_pool
from kitexgen.runtime.client.route import Ring
from kitexgen.runtime.client.stack import blocking_stack
from kitexgen.runtime.client.start import start_call
from kitexgen.runtime.client.usual import LongWay
from kitexgen.runtime.client.usual_blocking import usual_blocking_calls
from kitexgen.runtime.errors import ClientClosed, UnsupportedStreaming
from kitexgen.runtime.protocol.stream_shape import PROTOBUF_STREAMS
from kitexgen.runtime.service.info import Payload

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self, Unpack

    from kitexgen.runtime.model.struct import Struct
    from kitexgen.runtime.service.info import MethodInfo, ServiceInfo


class BlockingClient:
    """Calls one service; every call blocks its thread. Safe for any number of threads.

    Arguments, errors and names are those of `Client`:

        with UserServiceClient.blocking("user", hosts=["127.0.0.1:8888"]) as users:
            user = users.get_user(request)
    """

    __slots__ = ("_kx_destination", "_kx_endpoint", "_kx_is_closed", "_kx_options", "_kx_pool", "_kx_usual")
    __service__: ClassVar[ServiceInfo]

    def __init__(self, destination: str, **settings: Unpack[ClientSettings]) -> None:
        self._kx_destination = destination
        check_names(type(self).__name__, settings, ClientSettings.__optional_keys__)
        self._kx_options = client_options(self.__service__.payload, **settings)
        self._kx_pool = make_blocking_pool(destination, self._kx_options)
        ring = Ring(self._kx_options.hosts)
        self._kx_endpoint = blocking_stack(self._kx_options, self._kx_pool, ring)
        long_way = LongWay(self.__service__, destination, self._kx_options, ring, self._kx_endpoint)
        self._kx_usual = usual_blocking_calls(long_way, self._kx_pool)
        self._kx_is_closed = False

    def __enter__(self) -> Self:
        if self._kx_options.warm_up is not None:
            try:
                warm_up_blocking(self._kx_pool, self._kx_options.warm_up, self._kx_options.hosts)
            except BaseException:
                self.close()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all idle connections; calls in flight end first. May be repeated; later calls raise ClientClosed."""
        self._kx_is_closed = True
        self._kx_pool.close()

    def _kx_call(self, method: MethodInfo, arguments: Struct, timeout: float | None) -> Any:
        """Make one call: what generated methods do; `timeout` as in `Client`."""
        if self._kx_usual is not None and not self._kx_is_closed:
            return self._kx_usual.call(method, arguments, timeout)
        info = start_call(self.__service__, self._kx_destination, method, self._kx_options, timeout)
        if self._kx_is_closed:
            raise ClientClosed("the client is closed", service=self._kx_destination, method=method.name)
        return run_without_loop(self._kx_endpoint(info, arguments))

    def _kx_stream(self, method: MethodInfo) -> NoReturn:
        """Refuse a stream: what generated streaming methods do. Raises UnsupportedStreaming."""
        reason = f"the method streams ({method.streaming.value}), which takes an event loop: use the asyncio client"
        if self.__service__.payload is Payload.PROTOBUF:
            reason = PROTOBUF_STREAMS
        raise UnsupportedStreaming(reason, service=self._kx_destination, method=method.name)
