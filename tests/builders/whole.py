"""Messages and frames in one piece: what a peer in a test sends, or expects."""

from __future__ import annotations

from typing import Any

from kitexgen.runtime.framing import stream_frame
from kitexgen.runtime.framing.stream_frame import StreamFrame
from kitexgen.runtime.model.struct import Struct
from kitexgen.runtime.protocol import packing, stream_shape


def pack(*message: Any, **beside: Any) -> bytes:
    """As `protocol.packing.pack`."""
    return b"".join(packing.pack(*message, **beside))


def pack_exception(*message: Any, **beside: Any) -> bytes:
    """As `protocol.packing.pack_exception`."""
    return b"".join(packing.pack_exception(*message, **beside))


def encode_frame(frame: StreamFrame) -> bytes:
    """As `framing.stream_frame.encode_frame`."""
    return b"".join(stream_frame.encode_frame(frame))


def encode_payload(message: Any, expected: type[Struct]) -> bytes:
    """As `protocol.stream_shape.encode_payload`."""
    return b"".join(stream_shape.encode_payload(message, expected))
