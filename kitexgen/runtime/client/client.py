"""Client: what generated asyncio clients are made of.

A generated client has a method for each one of the IDL, so the base class takes few names, and the generator escapes
those: `close`, `blocking`, and whatever starts with `_kx_`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from kitexgen.runtime.call.settings import check_names
from kitexgen.runtime.channel.warm_up import warm_up
from kitexgen.runtime.client.opener import Opener
from kitexgen.runtime.client.options import ClientSettings, client_options
from kitexgen.runtime.client.pools import make_pool
from kitexgen.runtime.client.route import Ring
from kitexgen.runtime.client.stack import client_stack
from kitexgen.runtime.client.start import start_call
from kitexgen.runtime.client.streams import Opening
from kitexgen.runtime.client.usual import LongWay
from kitexgen.runtime.client.usual_waiting import usual_calls
from kitexgen.runtime.errors import ClientClosed

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType
    from typing import Self, Unpack

    from kitexgen.runtime.model.struct import Struct
    from kitexgen.runtime.service.info import MethodInfo, ServiceInfo


class Client:
    """Calls one service. Safe for any number of tasks of one event loop.

    `destination` is the name of the service called, for errors and logs; the settings are those of `ClientOptions`:

        async with UserServiceClient("user", hosts=["127.0.0.1:8888"]) as users:
            user = await users.get_user(request, timeout=0.2)

    A call raises the exceptions that the IDL declares for it as themselves, else an `RpcError` or a `CodecError`.
    Cancelling one closes its connection, so that a late answer can meet no other call; a connection that calls share
    (`pool="mux"`) drops the answer instead. `async with` makes the connections that `warm_up` asks for.
    """

    __slots__ = (
        "_kx_destination",
        "_kx_endpoint",
        "_kx_is_closed",
        "_kx_opener",
        "_kx_options",
        "_kx_pool",
        "_kx_usual",
    )
    __service__: ClassVar[ServiceInfo]

    def __init__(self, destination: str, **settings: Unpack[ClientSettings]) -> None:
        self._kx_destination = destination
        check_names(type(self).__name__, settings, ClientSettings.__optional_keys__)
        self._kx_options = client_options(self.__service__.payload, **settings)
        self._kx_pool = make_pool(destination, self._kx_options)
        ring = Ring(self._kx_options.hosts)
        self._kx_endpoint = client_stack(self._kx_options, self._kx_pool, ring)
        long_way = LongWay(self.__service__, destination, self._kx_options, ring, self._kx_endpoint)
        self._kx_usual = usual_calls(long_way, self._kx_pool)
        self._kx_opener: Opener | None = None
        self._kx_is_closed = False

    async def __aenter__(self) -> Self:
        plan = self._kx_options.warm_up
        if plan is not None:
            try:
                await warm_up(self._kx_pool, plan, self._kx_options.hosts)
                if plan.streams:
                    await self._kx_made_opener().warm_up(plan)
            except BaseException:
                await self.close()
                raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections; calls in flight fail. May be repeated; later calls raise ClientClosed."""
        self._kx_is_closed = True
        await self._kx_pool.close()
        if self._kx_opener is not None:
            await self._kx_opener.close()

    def _kx_call(self, method: MethodInfo, arguments: Struct, timeout: float | None) -> Coroutine[Any, Any, Any]:
        """Make one call: what generated methods await.

        `timeout` is in seconds, None for that of `call_options`, else the client's own; `math.inf` for no limit.
        """
        if self._kx_usual is None or self._kx_is_closed:
            return self._kx_call_long(method, arguments, timeout)
        return self._kx_usual.call(method, arguments, timeout)

    async def _kx_call_long(self, method: MethodInfo, arguments: Struct, timeout: float | None) -> Any:
        """The same through all layers."""
        info = start_call(self.__service__, self._kx_destination, method, self._kx_options, timeout)
        if self._kx_is_closed:
            raise ClientClosed("the client is closed", service=self._kx_destination, method=method.name)
        return await self._kx_endpoint(info, arguments)

    def _kx_stream(self, method: MethodInfo, timeout: float | None, receive_timeout: float | None) -> Opening:
        """Begin a stream: what generated streaming methods do.

        `timeout` is in seconds, for the stream as a whole, None for that of `call_options`, else no limit;
        `receive_timeout` for each message, None for the client's own.
        """
        if self._kx_is_closed:
            raise ClientClosed("the client is closed", service=self._kx_destination, method=method.name)
        opener = self._kx_made_opener()
        return opener.opening(self.__service__, self._kx_destination, method, timeout, receive_timeout)

    def _kx_made_opener(self) -> Opener:
        if self._kx_opener is None:
            self._kx_opener = Opener(self._kx_destination, self._kx_options)
        return self._kx_opener
