"""Our side: the generated code, and our clients behind one face."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, TracebackType
from typing import Any, Literal, Self, TypeAlias, Unpack

from kitexgen.runtime.client import BlockingClient, Client, ClientSettings
from kitexgen.runtime.model import Struct
from kitexgen.runtime.server import Served, Server
from kitexgen.runtime.service import MethodInfo, ServiceInfo
from tests.builders.generated import GeneratedCode
from tests.interop_kitex.loop_thread import LoopThread

Style: TypeAlias = Literal["asyncio", "blocking"]


class Code:
    """The modules generated from `echo.thrift`, `probe.thrift` and `messages.proto`."""

    def __init__(self, generated: GeneratedCode) -> None:
        self.echo: ModuleType = generated.module("echo.echo")
        self.echo_service: ModuleType = generated.module("echo.echo_service")
        self.probe: ModuleType = generated.module("probe.probe")
        self.probe_service: ModuleType = generated.module("probe.probe_service")
        self.loud_service: ModuleType = generated.module("probe.loudecho")
        self.messages: ModuleType = generated.module("messages.v1.messages")
        self.messages_service: ModuleType = generated.module("messages.v1.messages_service")

    def service(self, name: str) -> ModuleType:
        """The module of the service with this IDL name."""
        services = {
            "Echo": self.echo_service,
            "Probe": self.probe_service,
            "LoudEcho": self.loud_service,
            "Messages": self.messages_service,
        }
        return services[name]

    def method(self, service: str, attribute: str) -> MethodInfo:
        """A method, own or inherited, of the service with this IDL name, by what Python calls it."""
        info: ServiceInfo = self.service(service).SERVICE
        return next(method for method in info.all_methods() if method.attribute == attribute)

    def arguments(self, method: str, *values: object) -> Struct:
        """The arguments record of a method of Probe."""
        info = self.method("Probe", method)
        return info.arguments(**dict(zip(info.arguments.__match_args__, values, strict=True)))

    def result(self, method: str, value: object) -> Struct:
        """The result record of a method of Probe that returned `value`."""
        record: Any = self.method("Probe", method).result
        result: Struct = record(success=value)
        return result


class OurClient:
    """An asyncio or blocking client, whose methods are called by name and block either way. A context manager."""

    def __init__(
        self, loop_thread: LoopThread, kind: type[Client], style: Style, **settings: Unpack[ClientSettings]
    ) -> None:
        self._thread = loop_thread
        self._client: Client | BlockingClient
        if style == "asyncio":
            self._client = loop_thread.run(_made_there(kind, settings))
        else:
            made: BlockingClient = kind.blocking("kitex-peer", **settings)  # type: ignore[attr-defined]  # generated
            self._client = made

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if isinstance(self._client, Client):
            self._thread.run(self._client.close())
        else:
            self._client.close()

    def __call__(self, method: str, *values: object, timeout: float | None = None) -> Any:
        called = getattr(self._client, method)(*values, timeout=timeout)
        return self._thread.run(called) if isinstance(self._client, Client) else called


async def _made_there(kind: type[Client], settings: ClientSettings) -> Client:
    """A client of the loop that runs this."""
    return kind("kitex-peer", **settings)


@contextmanager
def serving(
    loop_thread: LoopThread, *served: Served, address: str = "127.0.0.1:0", checksum: bool = False
) -> Iterator[str]:
    """Our server of those services; gives the address it got."""
    server = Server(*served, address=address, late_requests=0, exit_wait=0.5, checksum=checksum)
    loop_thread.run(server.start())
    try:
        yield str(server.address)
    finally:
        loop_thread.run(server.stop())
