"""Callers: our clients and a peer's behind one face, so that what a test asks of one it asks of all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from kitexgen.runtime import protobuf
from kitexgen.runtime.call import metainfo
from kitexgen.runtime.errors import ApplicationError, BizStatusError, RpcError, RpcTimeout
from kitexgen.runtime.model import Message, ServiceError
from kitexgen.runtime.thrift import decode, encode
from tests.interop_kitex.loop_thread import LoopThread
from tests.interop_kitex.ours import Code, OurClient, Style
from tests.interop_kitex.ways import Way
from tests.peers.kitex_processes import CallSettings, Failure, KitexClient, Transport

CALLER_NAME = "kitex-client"
"""What all callers here call themselves; the Go client is built with it."""

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a call ended: with a `value` (None when there is none to have), a `declared` exception, or a `failure`."""

    value: Any = None
    declared: Any = None
    failure: Failure | None = None
    backward: Mapping[str, str] = field(default_factory=dict)

    @property
    def exception(self) -> tuple[int, str]:
        """Number and text of the TApplicationException that the peer sent."""
        assert self.failure is not None, f"the call went well: {self}"
        assert self.failure.kind == "exception", str(self.failure)
        return self.failure.type, self.failure.message


class Caller(ABC):
    """Calls methods of one server by name, from any thread. A context manager."""

    def __init__(self, code: Code) -> None:
        self.code = code

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def value(self, method: str, *values: object, **settings: Any) -> Any:
        """What the call gives; a failure fails the test."""
        ended = self.call(method, *values, **settings)
        assert (ended.failure, ended.declared) == (None, None)
        return ended.value

    @abstractmethod
    def call(
        self,
        method: str,
        *values: object,
        service: str = "Probe",
        timeout: float | None = None,
        persistent: Mapping[str, str] = NOTHING,
        transient: Mapping[str, str] = NOTHING,
    ) -> Ended:
        """Make a call and wait for its end. `timeout` is in seconds."""

    @abstractmethod
    def close(self) -> None:
        """Free what the caller holds."""


class OurCaller(Caller):
    """Our clients, asyncio or blocking as the way says, one for each service that is called."""

    def __init__(self, code: Code, loop_thread: LoopThread, way: Way, address: str, *, checksum: bool = False) -> None:
        super().__init__(code)
        self._way = way
        self._address = address
        self._checksum = checksum
        self._thread = loop_thread
        self._clients: dict[str, OurClient] = {}

    def call(
        self,
        method: str,
        *values: object,
        service: str = "Probe",
        timeout: float | None = None,
        persistent: Mapping[str, str] = NOTHING,
        transient: Mapping[str, str] = NOTHING,
    ) -> Ended:
        client = self._client(service)
        with metainfo.sending(persistent=persistent, transient=transient), metainfo.received_backward() as back:
            try:
                value = client(method, *values, timeout=timeout)
            except ServiceError as declared:
                return Ended(declared=declared, backward=back)
            except (BizStatusError, RpcError) as error:
                return Ended(failure=_failure(error), backward=back)
        return Ended(value=value, backward=back)

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def _client(self, service: str) -> OurClient:
        if service not in self._clients:
            style: Style = "asyncio" if self._way.caller == "asyncio" else "blocking"
            kind = getattr(self.code.service(service), f"{service}Client")
            self._clients[service] = OurClient(
                self._thread,
                kind,
                style,
                hosts=[self._address],
                transport=self._way.transport,
                pool=self._way.pool,
                checksum=self._checksum,
                caller=CALLER_NAME,
            )
        return self._clients[service]


def _failure(error: BizStatusError | RpcError) -> Failure:
    match error:
        case BizStatusError():
            return Failure(kind="business", text=str(error), type=error.code, message=error.message, extra=error.extra)
        case ApplicationError():
            return Failure(kind="exception", text=str(error), type=error.type, message=error.message)
        case RpcTimeout():
            return Failure(kind="timeout", text=str(error), type=0, message="")
        case _:
            return Failure(kind="network", text=str(error), type=0, message="")


class PeerCaller(Caller):
    """The client of a peer, in a process of its own. Values cross the pipe to it as bytes that we write."""

    def __init__(self, code: Code, client: KitexClient, way: Way, address: str, *, checksum: bool = False) -> None:
        super().__init__(code)
        self._client = client
        transport: Transport = "ttheaderframed" if way.transport == "ttheader_framed" else way.transport
        self._settings: CallSettings = {"address": address, "transport": transport}
        for name, wanted in {"short": way.pool == "short", "mux": way.pool == "mux", "crc32c": checksum}.items():
            if wanted:
                self._settings[name] = True  # type: ignore[literal-required]

    def call(
        self,
        method: str,
        *values: object,
        service: str = "Probe",
        timeout: float | None = None,
        persistent: Mapping[str, str] = NOTHING,
        transient: Mapping[str, str] = NOTHING,
    ) -> Ended:
        info = self.code.method(service, method)
        settings: CallSettings = {**self._settings}
        if issubclass(info.arguments, Message):
            settings["args_protobuf"] = protobuf.encode(*values)  # type: ignore[arg-type]  # one message
        else:
            arguments = info.arguments(**dict(zip(info.arguments.__match_args__, values, strict=True)))
            settings["args_thrift"] = encode(arguments)
        if timeout is not None:
            settings["timeout_milliseconds"] = round(timeout * 1000)
        if persistent:
            settings["persistent"] = persistent
        if transient:
            settings["transient"] = transient
        answer = self._client.call(service, info.name, **settings)
        if answer.response is not None and info.result is not None and issubclass(info.result, Message):
            return Ended(value=protobuf.decode(info.result, answer.response), backward=answer.backward)
        if answer.failure is not None or answer.result_thrift is None or info.result is None:
            return Ended(failure=answer.failure, backward=answer.backward)
        result: Any = decode(info.result, answer.result_thrift)
        for name in info.result.__match_args__:
            if name != "success" and getattr(result, name) is not None:
                return Ended(declared=getattr(result, name), backward=answer.backward)
        return Ended(value=getattr(result, "success", None), backward=answer.backward)

    def close(self) -> None:
        """Nothing: the client serves others too."""


OpenCaller: TypeAlias = Callable[..., Caller]
"""`open_caller(way, address, checksum=False)`: the caller that the way asks for, closed after the test."""
