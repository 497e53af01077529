"""Bytes in flight: blocks that are used again, the buffer that chains them, and messages in pieces. Does no I/O."""

from kitexgen.runtime.buffer.blocks import POOL, BlockPool
from kitexgen.runtime.buffer.link import LinkBuffer
from kitexgen.runtime.buffer.pieces import LARGE, Pieces, gather

__all__ = ["LARGE", "POOL", "BlockPool", "LinkBuffer", "Pieces", "gather"]
