"""Where a message begins and ends. Does no I/O."""

from kitexgen.runtime.framing.decoder import MessageDecoder
from kitexgen.runtime.framing.detect import HeaderName, detect, detect_message
from kitexgen.runtime.framing.format import (
    BUFFERED_BINARY,
    BUFFERED_COMPACT,
    DEFAULT_MAX_MESSAGE,
    FRAMED_BINARY,
    FRAMED_COMPACT,
    FRAMED_PROTOBUF,
    TTHEADER_BINARY,
    TTHEADER_FRAMED_BINARY,
    TTHEADER_FRAMED_PROTOBUF,
    Format,
    Packet,
    ProtocolName,
    TransportName,
)
from kitexgen.runtime.framing.ttheader import Flag, ProtocolId, TTHeader

__all__ = [
    "BUFFERED_BINARY",
    "BUFFERED_COMPACT",
    "DEFAULT_MAX_MESSAGE",
    "FRAMED_BINARY",
    "FRAMED_COMPACT",
    "FRAMED_PROTOBUF",
    "TTHEADER_BINARY",
    "TTHEADER_FRAMED_BINARY",
    "TTHEADER_FRAMED_PROTOBUF",
    "Flag",
    "Format",
    "HeaderName",
    "MessageDecoder",
    "Packet",
    "ProtocolId",
    "ProtocolName",
    "TTHeader",
    "TransportName",
    "detect",
    "detect_message",
]
