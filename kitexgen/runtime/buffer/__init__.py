"""Bytes in flight: blocks that are used again, and the buffer that chains them. Does no I/O."""

from kitexgen.runtime.buffer.blocks import BlockPool
from kitexgen.runtime.buffer.link import LinkBuffer

__all__ = ["BlockPool", "LinkBuffer"]
