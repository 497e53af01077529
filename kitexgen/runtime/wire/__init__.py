"""Values to bytes and back: Thrift binary and compact. Does no I/O.

Names are loaded on first use (PEP 562): generated types come here for `frozen_map` alone, and importing them must
stay cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitexgen.runtime.wire.codec import append_binary, decode_binary, decode_compact, encode_binary, encode_compact
    from kitexgen.runtime.wire.thrift_envelope import (
        MessageBegin,
        MessageSkipper,
        ThriftProtocol,
        protocol_of,
        read_application_error,
        read_message_begin,
        write_application_error,
        write_message_begin,
    )
    from kitexgen.runtime.wire.thrift_types import MessageKind

__all__ = [
    "MessageBegin",
    "MessageKind",
    "MessageSkipper",
    "ThriftProtocol",
    "append_binary",
    "decode_binary",
    "decode_compact",
    "encode_binary",
    "encode_compact",
    "protocol_of",
    "read_application_error",
    "read_message_begin",
    "write_application_error",
    "write_message_begin",
]

_IN_CODEC = frozenset({"append_binary", "decode_binary", "decode_compact", "encode_binary", "encode_compact"})


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "codec" if name in _IN_CODEC else "thrift_types" if name == "MessageKind" else "thrift_envelope"
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
