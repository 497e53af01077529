"""LinkBuffer: bytes in a chain of blocks, written at one end and read at the other, moved as little as can be.

After netpoll's buffer of that name (nocopy_linkbuffer.go), with one promise more: a view that was handed out stays true
for as long as it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from kitexgen.runtime.buffer.blocks import POOL, BlockPool
from kitexgen.runtime.buffer.pieces import LARGE

Bytes: TypeAlias = bytes | bytearray | memoryview

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
        """Bytes that can be written here; less than none if nothing can, not even an empty view be had to write to."""
        return -1 if self.block is None else len(self.block) - self.limit

    def find(self, wanted: bytes) -> int:
        """Offset from `start` of the first `wanted` that can be read, or -1."""
        source = self.source
        if isinstance(source, memoryview):  # which cannot search
            return bytes(source[self.start : self.end]).find(wanted)
        found = source.find(wanted, self.start, self.end)
        return found if found < 0 else found - self.start


class LinkBuffer:
    """A queue of bytes. For one thread at a time; does no I/O.

    Most of what a connection reads or writes is one small message. So a buffer that is fed one `bytes` keeps just that
    object, and has a chain only when a second comes that does not go with it.

    Written bytes can be read after `commit`. Views that reading gives out are read-only and never change, however long
    they are kept: memory is used again only when no view of it is alive. `len()` is the number of readable bytes.

    `close` gives the blocks back to the pool; a buffer that is dropped instead leaves them to the garbage collector.
    """

    __slots__ = ("_at", "_nodes", "_open", "_pool", "_readable", "_whole", "_written")

    def __init__(self, pool: BlockPool = POOL) -> None:
        self._pool = pool
        self._whole = b""  # from `_at` on all there is, as long as there are no nodes; else empty, and `_at` is 0
        self._at = 0
        self._nodes: list[_Node] = []  # a list: an empty deque takes 600 bytes, and most connections are idle
        self._open: list[_Node] = []  # those with bytes to commit, in order; no other node comes between or after
        self._readable = 0  # in nodes
        self._written = 0

    def __len__(self) -> int:
        return len(self._whole) - self._at + self._readable

    @property
    def written(self) -> int:
        """Bytes reserved and written that wait for `commit`."""
        return self._written

    # --- reading ------------------------------------------------------------------------------------------------------

    def start(self, size: int) -> bytes:
        """A copy of the first `size` bytes, fewer when fewer are here; they stay."""
        if self._nodes:
            return b"".join(self._pieces(min(size, self._readable)))
        return self._whole[self._at : self._at + size]

    def front(self) -> tuple[bytes, int]:
        """All there is, as `bytes` and where in them it begins, if it lies so; else no bytes. Pass on with `advance`.

        A short cut for who cuts small messages off: no copy, and no call for each question.
        """
        return self._whole, self._at

    def advance(self, at: int) -> None:
        """Take off all before `at` of what `front` gave."""
        if at == len(self._whole):
            self._whole, self._at = b"", 0
        else:
            self._at = at

    def window(self, start: int) -> Bytes:
        """All bytes but the first `start`, in one piece, which stay; empty when there are not so many.

        Copies only when they do not lie in one block.
        """
        if not self._nodes:
            return memoryview(self._whole)[self._at + start :].toreadonly()
        views = []
        for view in self._pieces(self._readable):
            if start < len(view):
                views.append(view[start:])
            start = max(start - len(view), 0)
        return views[0] if len(views) == 1 else b"".join(views)

    def peek(self, size: int) -> memoryview:
        """The first `size` bytes, which stay. Raises ValueError when there are fewer.

        Copies only when they do not lie in one block, and then once: later reads find them joined.
        """
        self._check(size)
        if not size:
            return memoryview(b"")
        self._link()
        first = self._nodes[0]
        if first.end - first.start < size:
            first = self._join(size)
        return first.view[first.start : first.start + size].toreadonly()

    def next(self, size: int) -> memoryview:
        """The first `size` bytes, taken off. Raises ValueError when there are fewer; copies as `peek` does."""
        taken = self.peek(size)
        self.skip(size)
        return taken

    def read(self, size: int, *, behind: int = 0) -> bytes:
        """`size` bytes, and the `behind` before them, taken off; a copy of the `size`.

        The very object that was fed, when that is all of it. Raises ValueError when there are fewer.
        """
        start = self._at + behind
        end = start + size
        whole = self._whole
        if size >= 0 and end < len(whole):
            self._at = end
            return whole[start:end]
        self._check(behind + size)
        if self._nodes:
            if behind:
                self.skip(behind)  # after which there may be no nodes
                return self.read(size)
            copied = b"".join(self._pieces(size))
            self.skip(size)
            return copied
        self._whole, self._at = b"", 0
        return whole[start:]

    def skip(self, size: int) -> None:
        """Take the first `size` bytes off. Raises ValueError when there are fewer."""
        self._check(size)
        if not self._nodes:
            self._at += size
            if self._at == len(self._whole):
                self._whole, self._at = b"", 0
            return
        self._readable -= size
        passed = 0
        for node in self._nodes:
            step = min(size, node.end - node.start)
            node.start += step
            size -= step
            if node.start < node.limit:
                break
            self._drop(node)
            passed += 1
        del self._nodes[:passed]
        self._unlink()

    def until(self, delimiter: bytes) -> memoryview | None:
        """All up to and including the first `delimiter`, taken off; None, and nothing off, when there is none."""
        self._link()
        end = self._find(delimiter)
        return None if end is None else self.next(end)

    def slice(self, size: int) -> LinkBuffer:
        """The first `size` bytes, taken off, as a buffer of their own that shares the memory.

        Raises ValueError when there are fewer. Never copies.
        """
        self._check(size)
        self._link()
        part = LinkBuffer(self._pool)
        for piece in self._pieces(size):
            part._chain(piece)
        part.commit()
        self.skip(size)
        return part

    def pieces(self, limit: int = MAX_PIECES) -> list[memoryview]:
        """The readable bytes as they lie in memory, at most `limit` pieces: what `socket.sendmsg` takes."""
        self._link()
        return list(islice(self._pieces(self._readable), limit))

    def flush(self, send: Callable[[Sequence[memoryview]], int]) -> int:
        """Hand the readable bytes to `send` in one gathered write, and take off as many as it says it took.

        `send` is `socket.sendmsg`, or does as it does. It is not called when there is nothing to send. Gives back what
        it said; an exception of its passes through, with nothing taken off.
        """
        if not len(self):
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
        self._link()
        node = self._nodes[-1] if self._nodes else None
        if node is None or node.room < size:
            block = self._pool.take(max(size, BLOCK))
            node = _Node(block, block)
            self._nodes.append(node)
        at = node.limit
        self._grow(node, size)
        return node.view[at : at + size]

    def write(self, data: Bytes) -> None:
        """Add `data`. `LARGE` bytes and more are not copied: they must not change before they are read.

        Raises TypeError, and adds nothing, when they do not lie in one piece.
        """
        plain = data if isinstance(data, bytes | bytearray) else memoryview(data).cast("B")
        size = len(plain)
        if size >= LARGE:
            self._link()
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
        """`write` and `commit` in one; one `bytes` alone is kept as it is, whatever its size."""
        if not self._nodes and type(data) is bytes:
            whole = self._whole
            if not whole:
                self._whole = data
                return
            if len(whole) - self._at + len(data) < LARGE:
                self._whole, self._at = whole[self._at :] + data, 0
                return
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
        self._link()
        other._link()
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
        self._whole = b""
        self._at = self._readable = self._written = 0

    # --- the chain ----------------------------------------------------------------------------------------------------

    def _check(self, size: int) -> None:
        if not 0 <= size <= len(self):
            raise ValueError(f"{size} bytes asked of {len(self)}")

    def _link(self) -> None:
        """Make the one object that stands alone the first node."""
        if not self._whole:
            return
        node = _Node(self._whole, None)
        node.start, node.end, node.limit = self._at, len(self._whole), len(self._whole)
        self._nodes.append(node)
        self._readable = node.end - node.start
        self._whole, self._at = b"", 0

    def _unlink(self) -> None:
        """Let the last node stand alone again, if it can: reading is cheaper so."""
        if len(self._nodes) != 1 or self._written:
            return
        node = self._nodes[0]
        if isinstance(node.source, bytes) and node.end == len(node.source):
            self._nodes.clear()
            self._readable = 0
            self._whole, self._at = node.source, node.start

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
        self._link()  # what `skip` may have left alone
        self._nodes.insert(0, joined)
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

    def _drop(self, node: _Node) -> None:
        node.view.release()
        if node.block is not None:
            self._pool.give_back(node.block)
