"""BlockingClient: what generated blocking clients are made of. Plain sockets: no event loop, no thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.call.step import run_without_loop
from kitexgen.runtime.channel.blocking import BlockingChannel, BlockingPool
from kitexgen.runtime.client.client import no_streams, start_call
from kitexgen.runtime.client.options import ClientOptions, ClientSettings, client_options
from kitexgen.runtime.client.stack import blocking_stack
from kitexgen.runtime.client.start import connect_timeout
from kitexgen.runtime.errors import ClientClosed, ConnectError
from kitexgen.runtime.net.address import Address
from kitexgen.runtime.net.dial import dial_blocking

if TYPE_CHECKING:
    from collections.abc import Callable
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

    __slots__ = ("_kx_destination", "_kx_endpoint", "_kx_is_closed", "_kx_options", "_kx_pool")
    __service__: ClassVar[ServiceInfo]

    def __init__(self, destination: str, **settings: Unpack[ClientSettings]) -> None:
        self._kx_destination = destination
        self._kx_options = client_options(**settings)
        self._kx_pool = BlockingPool(_dialler(self._kx_options), self._kx_options.idle)
        self._kx_endpoint = blocking_stack(self._kx_options, self._kx_pool)
        self._kx_is_closed = False

    def __enter__(self) -> Self:
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
        info = start_call(self.__service__, self._kx_destination, method, self._kx_options, timeout)
        if self._kx_is_closed:
            raise ClientClosed("the client is closed", service=self._kx_destination, method=method.name)
        return run_without_loop(self._kx_endpoint(info, arguments))

    def _kx_stream(self, method: MethodInfo) -> NoReturn:
        """Open a stream: what generated streaming methods do. No transport here has streams."""
        raise no_streams(self._kx_destination, method)


def _dialler(options: ClientOptions) -> Callable[[Address, Deadline | None], BlockingChannel]:
    def connect(address: Address, deadline: Deadline | None) -> BlockingChannel:
        patience = connect_timeout(options)
        if deadline is not None:
            left = deadline.left()
            if left <= 0:
                raise TimeoutError
            patience = left if patience is None else min(patience, left)
        try:
            connection = dial_blocking(address, patience)
            return BlockingChannel(connection, options.max_message, checks_payload=options.checksum)
        except ConnectError as error:
            if deadline is not None and deadline.left() <= 0:
                # It was the call that ran out of time: no other host is worth a try.
                raise TimeoutError from error
            raise

    return connect
