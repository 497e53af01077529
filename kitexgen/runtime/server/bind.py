"""Binding a handler to its service: every method of the IDL must be there before the server starts."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kitexgen.runtime.errors import IncompleteHandler
from kitexgen.runtime.model.message import Message
from kitexgen.runtime.protocol.packing import envelope_head
from kitexgen.runtime.protocol.results import MessageResult, ResultShape, result_shape
from kitexgen.runtime.service.info import MethodInfo, Payload, ServiceInfo
from kitexgen.runtime.wire.thrift_types import MessageKind


@dataclass(frozen=True, slots=True)
class BoundMethod:
    """A method of a service, and the handler's function for it; `is_async` when that is an `async def`."""

    service: ServiceInfo
    method: MethodInfo
    function: Callable[..., Any]
    is_async: bool
    parameters: tuple[str, ...] | None
    """Attributes of the arguments record, in the order of the IDL: the positional arguments of `function`. None where
    it takes the record itself, as in Protobuf."""
    shape: ResultShape | MessageResult | None = None
    """Of the result; None for oneway, and for a method that streams."""
    call_head: bytes = b""
    """What a call of the method starts with in Thrift Binary, up to the sequence id; empty when no single call of it
    comes in Thrift."""
    reply_head: bytes = b""
    """The same of its replies."""

    @property
    def is_usual(self) -> bool:
        """Whether `call_head` and `reply_head` are all there is to know of its messages' envelopes."""
        return bool(self.call_head) and isinstance(self.shape, ResultShape)


def bind(service: ServiceInfo, handler: object) -> dict[str, BoundMethod]:
    """The methods of `service`, own and inherited, by wire name, joined to those of `handler`.

    Raises IncompleteHandler, naming all that are missing.
    """
    bound: dict[str, BoundMethod] = {}
    missing: list[str] = []
    for method in service.all_methods():
        function = getattr(handler, method.attribute, None)
        if callable(function) and not _is_only_promised(handler, method.attribute):
            bound[method.name] = _bound(service, method, function)
        else:
            missing.append(method.attribute)
    if missing:
        raise IncompleteHandler(type(handler).__name__, service.name, tuple(missing))
    return bound


def _bound(service: ServiceInfo, method: MethodInfo, function: Callable[..., Any]) -> BoundMethod:
    is_single = service.payload is Payload.THRIFT and not method.streaming.is_stream
    return BoundMethod(
        service,
        method,
        function,
        _is_async(function),
        _parameters(method),
        shape=None if method.result is None or method.streaming.is_stream else result_shape(method.result),
        call_head=envelope_head(method.name, MessageKind.CALL) if is_single else b"",
        reply_head=envelope_head(method.name, MessageKind.REPLY) if is_single else b"",
    )


def _parameters(method: MethodInfo) -> tuple[str, ...] | None:
    if issubclass(method.arguments, Message):
        return None
    return tuple(field[1] for field in method.arguments.__schema__[3])


def _is_only_promised(handler: object, attribute: str) -> bool:
    """Whether the function is that of the service's Protocol, inherited by a handler that does not fill it in."""
    for cls in type(handler).__mro__:
        if attribute in cls.__dict__:
            return bool(cls.__dict__.get("_is_protocol", False))
    return False


def _is_async(function: Callable[..., Any]) -> bool:
    """Whether calling `function` runs nothing yet; also for an object whose `__call__` is async."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)
