"""Where a message begins and ends. Does no I/O."""

from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.detect import detect
from kitexgen.runtime.framing.format import (
    BUFFERED_BINARY,
    BUFFERED_COMPACT,
    DEFAULT_MAX_MESSAGE,
    FRAMED_BINARY,
    FRAMED_COMPACT,
    Format,
    Packet,
    ProtocolName,
    TransportName,
)

__all__ = [
    "BUFFERED_BINARY",
    "BUFFERED_COMPACT",
    "DEFAULT_MAX_MESSAGE",
    "FRAMED_BINARY",
    "FRAMED_COMPACT",
    "Format",
    "MessageDecoder",
    "Packet",
    "ProtocolName",
    "TransportName",
    "detect",
]
