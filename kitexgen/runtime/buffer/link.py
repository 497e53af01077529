"""LinkBuffer: bytes in a chain of blocks, written at one end and read at the other, moved as little as can be.

After netpoll's buffer of that name (nocopy_linkbuffer.go), with one promise more: a view that was handed out stays true
for as long as it is kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from kitexgen.runtime.buffer.blocks import BlockPool

Bytes: TypeAlias = bytes | bytearray | memoryview

CHAINED_ABOVE = 4096
"""Bytes from which on `write` chains what it gets instead of copying it; netpoll's threshold."""

BLOCK = 8 * 1024
"""Bytes of an ordinary block; netpoll's default for a connection."""

MAX_PIECES = 1024
"""Buffers that one gathered write takes: IOV_MAX of Linux."""


class _Node:
    """One link of the chain: memory, and which part of it is what.

    start..end can be read, end..limit is written and not committed; from limit on there is room, if the node has a
    block. Without one the memory is somebody else's.
    """

    __slots__ = ("block", "end", "limit", "source", "start", "view")

    def __init__(self, source: Bytes, block: bytearray | None) -> None:
        self.source = source
        self.block = block
        self.view = memoryview(source)
        self.start = self.end = self.limit = 0

    @property
    def room(self) -> int:
        return 0 if self.block is None else len(self.block) - self.limit

    def find(self, wanted: bytes) -> int:
        """Offset from `start` of the first `wanted` that can be read, or -1."""
        source = self.source
        if isinstance(source, memoryview):  # which cannot search
            return bytes(source[self.start : self.end]).find(wanted)
        found = source.find(wanted, self.start, self.end)
        return found if found < 0 else found - self.start


class LinkBuffer:
    """A queue of bytes. For one thread at a time; does no I/O.

    Written bytes can be read after `commit`. Views that reading gives out are read-only and never change, however long
    they are kept: memory is used again only when no view of it is alive. `len()` is the number of readable bytes.

    `close` gives the blocks back to the pool; a buffer that is dropped instead leaves them to the garbage collector.
    """

    __slots__ = ("_nodes", "_open", "_pool", "_readable", "_written")

    def __init__(self, pool: BlockPool) -> None:
        self._pool = pool
        self._nodes: deque[_Node] = deque()
        self._open: list[_Node] = []  # those with bytes to commit, in order; no other node comes between or after
        self._readable = 0
        self._written = 0

    def __len__(self) -> int:
        return self._readable

    @property
    def written(self) -> int:
        """Bytes reserved and written that wait for `commit`."""
        return self._written

    # --- reading ------------------------------------------------------------------------------------------------------

    def peek(self, size: int) -> memoryview:
        """The first `size` bytes, which stay. Raises ValueError when there are fewer.

        Copies only when they do not lie in one block, and then once: later reads find them joined.
        """
        self._check(size)
        if not size:
            return memoryview(b"")
        first = self._nodes[0]
        if first.end - first.start < size:
            first = self._join(size)
        return first.view[first.start : first.start + size].toreadonly()

    def next(self, size: int) -> memoryview:
        """The first `size` bytes, taken off. Raises ValueError when there are fewer; copies as `peek` does."""
        taken = self.peek(size)
        self.skip(size)
        return taken

    def read(self, size: int) -> bytes:
        """The first `size` bytes, taken off, as a copy. Raises ValueError when there are fewer."""
        self._check(size)
        copied = b"".join(self._pieces(size))
        self.skip(size)
        return copied

    def skip(self, size: int) -> None:
        """Take the first `size` bytes off. Raises ValueError when there are fewer."""
        self._check(size)
        self._readable -= size
        while size:
            node = self._nodes[0]
            step = min(size, node.end - node.start)
            node.start += step
            size -= step
            self._drop_empty_front()

    def until(self, delimiter: bytes) -> memoryview | None:
        """All up to and including the first `delimiter`, taken off; None, and nothing off, when there is none."""
        end = self._find(delimiter)
        return None if end is None else self.next(end)

    def slice(self, size: int) -> LinkBuffer:
        """The first `size` bytes, taken off, as a buffer of their own that shares the memory.

        Raises ValueError when there are fewer. Never copies.
        """
        self._check(size)
        part = LinkBuffer(self._pool)
        for piece in self._pieces(size):
            part._chain(piece)
        part.commit()
        self.skip(size)
        return part

    def pieces(self, limit: int = MAX_PIECES) -> list[memoryview]:
        """The readable bytes as they lie in memory, at most `limit` pieces: what `socket.sendmsg` takes."""
        return list(islice(self._pieces(self._readable), limit))

    def flush(self, send: Callable[[Sequence[memoryview]], int]) -> int:
        """Hand the readable bytes to `send` in one gathered write, and take off as many as it says it took.

        `send` is `socket.sendmsg`, or does as it does. It is not called when there is nothing to send. Gives back what
        it said; an exception of its passes through, with nothing taken off.
        """
        if not self._readable:
            return 0
        # The list is gone before the bytes are taken off, or its views would keep the blocks from the pool.
        sent = send(self.pieces())
        self.skip(sent)
        return sent

    # --- writing ------------------------------------------------------------------------------------------------------

    def reserve(self, size: int) -> memoryview:
        """Room for `size` bytes, in one piece, to be filled before they are read; after what was written before."""
        if size < 0:
            raise ValueError(f"{size} bytes cannot be reserved")
        node = self._nodes[-1] if self._nodes else None
        if node is None or node.room < size:
            block = self._pool.take(max(size, BLOCK))
            node = _Node(block, block)
            self._nodes.append(node)
        at = node.limit
        self._grow(node, size)
        return node.view[at : at + size]

    def write(self, data: Bytes) -> None:
        """Add `data`. More than `CHAINED_ABOVE` bytes are not copied: they must not change before they are read.

        Raises TypeError, and adds nothing, when they do not lie in one piece.
        """
        plain = data if isinstance(data, bytes | bytearray) else memoryview(data).cast("B")
        size = len(plain)
        if size > CHAINED_ABOVE:
            self._chain(plain)
        elif size:
            with self.reserve(size) as room:
                room[:] = plain

    def commit(self, size: int | None = None) -> None:
        """Make the first `size` bytes of what was reserved and written readable, by default all; the rest is dropped.

        Raises ValueError when there are fewer.
        """
        left = self._written if size is None else size
        if not 0 <= left <= self._written:
            raise ValueError(f"{left} bytes cannot be committed, {self._written} are written")
        self._readable += left
        for node in self._open:
            step = min(left, node.limit - node.end)
            node.end += step
            node.limit = node.end
            left -= step
        self._open.clear()
        self._written = 0
        while self._nodes and self._nodes[-1].start == self._nodes[-1].end:
            self._drop(self._nodes.pop())

    def feed(self, data: Bytes) -> None:
        """`write` and `commit` in one."""
        self.write(data)
        self.commit()

    def append(self, other: LinkBuffer) -> None:
        """Write all that `other` has to read, without copying; `other` is empty afterwards.

        Raises ValueError when `other` has bytes that are not committed, or its blocks from another pool.
        """
        if other._written:
            raise ValueError(f"{other._written} bytes of the other buffer are not committed")
        if other is self:
            raise ValueError("a buffer cannot be appended to itself")
        if other._pool is not self._pool:
            raise ValueError("the other buffer has its blocks from another pool")
        for node in other._nodes:
            self._nodes.append(node)
            size, node.end, node.limit = node.end - node.start, node.start, node.start
            self._grow(node, size)
        other._nodes.clear()
        other._readable = 0

    def close(self) -> None:
        """Forget everything and give the blocks back. The buffer can be used again."""
        while self._nodes:
            self._drop(self._nodes.pop())
        self._open.clear()
        self._readable = self._written = 0

    # --- the chain ----------------------------------------------------------------------------------------------------

    def _check(self, size: int) -> None:
        if not 0 <= size <= self._readable:
            raise ValueError(f"{size} bytes asked of {self._readable}")

    def _pieces(self, size: int) -> Iterator[memoryview]:
        """The first `size` readable bytes, piece by piece."""
        for node in self._nodes:
            if not size:
                return
            step = min(size, node.end - node.start)
            if step:  # the last node may have bytes to commit only
                yield node.view[node.start : node.start + step].toreadonly()
            size -= step

    def _join(self, size: int) -> _Node:
        """Put the first `size` bytes into one node, at the front."""
        joined = _Node(b"".join(self._pieces(size)), None)
        joined.end = joined.limit = size
        self.skip(size)
        self._nodes.appendleft(joined)
        self._readable += size
        return joined

    def _find(self, delimiter: bytes) -> int | None:
        """Where the first `delimiter` ends, counted from the first readable byte."""
        if not delimiter:
            raise ValueError("an empty delimiter is everywhere")
        overlap = len(delimiter) - 1
        before = b""  # the last bytes of the nodes passed, of which a delimiter may begin
        passed = 0
        for node in self._nodes:
            across = before + bytes(node.view[node.start : min(node.start + overlap, node.end)])
            if (found := across.find(delimiter)) >= 0:
                return passed - len(before) + found + len(delimiter)
            if (found := node.find(delimiter)) >= 0:
                return passed + found + len(delimiter)
            passed += node.end - node.start
            last = bytes(node.view[max(node.start, node.end - overlap) : node.end])
            before = (before + last)[-overlap:] if overlap else b""
        return None

    def _chain(self, data: Bytes) -> None:
        node = _Node(data, None)
        self._nodes.append(node)
        self._grow(node, len(node.view))

    def _grow(self, node: _Node, size: int) -> None:
        """Count `size` bytes after those of `node`, the last one, as written."""
        node.limit += size
        self._written += size
        if not self._open or self._open[-1] is not node:
            self._open.append(node)

    def _drop_empty_front(self) -> None:
        nodes = self._nodes
        while nodes and nodes[0].start == nodes[0].limit:
            self._drop(nodes.popleft())

    def _drop(self, node: _Node) -> None:
        node.view.release()
        if node.block is not None:
            self._pool.give_back(node.block)
