"""What applications import: clients, servers, errors, and what can be asked of generated types.

Names are loaded on first use (PEP 562): generated types pass through this package on their way to `contract.model`, and
must not pull in client and server. Bytes, dicts and JSON are in `kitexgen.runtime.thrift`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitexgen.runtime.errors import (
        ApplicationError,
        ApplicationErrorType,
        BadVersion,
        ClientClosed,
        CodecError,
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
        Outcome,
        OutOfOrderSequence,
        OverLimit,
        ProtocolError,
        RpcError,
        RpcTimeout,
        TransportError,
        UnionError,
        UnknownMethod,
        UnknownService,
        UnsupportedStreaming,
        WrongMethodName,
    )
    from kitexgen.runtime.model.union import which
    from kitexgen.runtime.service.describe import describe

__all__ = [
    "ApplicationError",
    "ApplicationErrorType",
    "BadVersion",
    "ClientClosed",
    "CodecError",
    "ConnectError",
    "ConnectionClosed",
    "ContractMismatch",
    "DecodeError",
    "EncodeError",
    "FrameTooLarge",
    "FrozenRecordError",
    "IncompleteHandler",
    "InvalidMessageType",
    "KitexError",
    "MalformedHeader",
    "NoAddress",
    "OutOfOrderSequence",
    "Outcome",
    "OverLimit",
    "ProtocolError",
    "RpcError",
    "RpcTimeout",
    "TransportError",
    "UnionError",
    "UnknownMethod",
    "UnknownService",
    "UnsupportedStreaming",
    "WrongMethodName",
    "describe",
    "which",
]

_ELSEWHERE = {
    "describe": "kitexgen.runtime.service.describe",
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
