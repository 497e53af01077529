"""Values to bytes and back: Thrift binary and compact. Does no I/O."""

from __future__ import annotations

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
