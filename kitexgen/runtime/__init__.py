"""What applications import: clients, servers, errors, and what can be asked of generated types.

Names are loaded on first use (PEP 562): generated types pass through this package on their way to `contract.model`, and
must not pull in client and server. Bytes, dicts and JSON are in `kitexgen.runtime.thrift`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitexgen.runtime.call import metainfo, streaming
    from kitexgen.runtime.call.current import current
    from kitexgen.runtime.call.deadline import Deadline
    from kitexgen.runtime.call.endpoint import Endpoint, ErrorHandler, Middleware
    from kitexgen.runtime.call.in_context import middlewares
    from kitexgen.runtime.call.info import RpcInfo
    from kitexgen.runtime.call.options import call_options
    from kitexgen.runtime.call.validating import validate, validating
    from kitexgen.runtime.channel.idle import IdleLimits
    from kitexgen.runtime.channel.pending_calls import MuxLimits
    from kitexgen.runtime.channel.reporter import ConnectionEvent, Reporter
    from kitexgen.runtime.channel.warm_up import WarmUp
    from kitexgen.runtime.client.blocking import BlockingClient
    from kitexgen.runtime.client.client import Client
    from kitexgen.runtime.errors import (
        ApplicationError,
        ApplicationErrorType,
        BadVersion,
        BizStatusError,
        CanceledByBusiness,
        ChecksumMismatch,
        ClientClosed,
        CodecError,
        ConcurrentMutation,
        ConnectError,
        ConnectionClosed,
        ContractMismatch,
        DecodeError,
        EncodeError,
        FrameTooLarge,
        FrozenRecordError,
        IncompleteHandler,
        InvalidMessageType,
        KitexError,
        MalformedHeader,
        NoAddress,
        OneofError,
        Outcome,
        OutOfOrderSequence,
        OverLimit,
        PayloadRejected,
        ProtocolError,
        ReceiveTimeout,
        RpcError,
        RpcTimeout,
        StreamCanceled,
        StreamClosed,
        StreamCode,
        StreamError,
        StreamTimeout,
        TimeoutByBusiness,
        TransportError,
        UnionError,
        UnknownMethod,
        UnknownService,
        UnsupportedStreaming,
        ValidationError,
        WrongMethodName,
    )
    from kitexgen.runtime.framing.validation import PayloadValidator
    from kitexgen.runtime.model.union import which
    from kitexgen.runtime.server.routing import Served
    from kitexgen.runtime.server.run import run
    from kitexgen.runtime.server.serve import serve
    from kitexgen.runtime.server.server import Server
    from kitexgen.runtime.service.describe import describe

__all__ = [
    "ApplicationError",
    "ApplicationErrorType",
    "BadVersion",
    "BizStatusError",
    "BlockingClient",
    "CanceledByBusiness",
    "ChecksumMismatch",
    "Client",
    "ClientClosed",
    "CodecError",
    "ConcurrentMutation",
    "ConnectError",
    "ConnectionClosed",
    "ConnectionEvent",
    "ContractMismatch",
    "Deadline",
    "DecodeError",
    "EncodeError",
    "Endpoint",
    "ErrorHandler",
    "FrameTooLarge",
    "FrozenRecordError",
    "IdleLimits",
    "IncompleteHandler",
    "InvalidMessageType",
    "KitexError",
    "MalformedHeader",
    "Middleware",
    "MuxLimits",
    "NoAddress",
    "OneofError",
    "OutOfOrderSequence",
    "Outcome",
    "OverLimit",
    "PayloadRejected",
    "PayloadValidator",
    "ProtocolError",
    "ReceiveTimeout",
    "Reporter",
    "RpcError",
    "RpcInfo",
    "RpcTimeout",
    "Served",
    "Server",
    "StreamCanceled",
    "StreamClosed",
    "StreamCode",
    "StreamError",
    "StreamTimeout",
    "TimeoutByBusiness",
    "TransportError",
    "UnionError",
    "UnknownMethod",
    "UnknownService",
    "UnsupportedStreaming",
    "ValidationError",
    "WarmUp",
    "WrongMethodName",
    "call_options",
    "current",
    "describe",
    "metainfo",
    "middlewares",
    "run",
    "serve",
    "streaming",
    "validate",
    "validating",
    "which",
]

_ELSEWHERE = {
    "BlockingClient": "kitexgen.runtime.client.blocking",
    "Client": "kitexgen.runtime.client.client",
    "ConnectionEvent": "kitexgen.runtime.channel.reporter",
    "Deadline": "kitexgen.runtime.call.deadline",
    "Endpoint": "kitexgen.runtime.call.endpoint",
    "ErrorHandler": "kitexgen.runtime.call.endpoint",
    "IdleLimits": "kitexgen.runtime.channel.idle",
    "Middleware": "kitexgen.runtime.call.endpoint",
    "PayloadValidator": "kitexgen.runtime.framing.validation",
    "MuxLimits": "kitexgen.runtime.channel.pending_calls",
    "Reporter": "kitexgen.runtime.channel.reporter",
    "RpcInfo": "kitexgen.runtime.call.info",
    "Served": "kitexgen.runtime.server.routing",
    "Server": "kitexgen.runtime.server.server",
    "WarmUp": "kitexgen.runtime.channel.warm_up",
    "call_options": "kitexgen.runtime.call.options",
    "current": "kitexgen.runtime.call.current",
    "describe": "kitexgen.runtime.service.describe",
    "metainfo": "kitexgen.runtime.call",
    "streaming": "kitexgen.runtime.call",
    "middlewares": "kitexgen.runtime.call.in_context",
    "run": "kitexgen.runtime.server.run",
    "serve": "kitexgen.runtime.server.serve",
    "validate": "kitexgen.runtime.call.validating",
    "validating": "kitexgen.runtime.call.validating",
    "which": "kitexgen.runtime.model.union",
}
"""Where a name is defined; all others of `__all__` are errors."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_ELSEWHERE.get(name, "kitexgen.runtime.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
