"""Pending: what a connection has received and nobody has taken yet."""

from __future__ import annotations


class Pending:
    """Bytes in the order they came, taken from the front. Does no I/O.

    Most reads hold exactly one message; then the very object the socket gave is kept, and nothing is copied
    until the message is cut out of it.
    """

    __slots__ = ("_at", "_data")

    def __init__(self) -> None:
        self._data: bytes | bytearray = b""
        self._at = 0

    def __len__(self) -> int:
        return len(self._data) - self._at

    def feed(self, data: bytes) -> None:
        """Append what just arrived."""
        if self._at == len(self._data):
            self._data, self._at = data, 0
            return
        if not isinstance(self._data, bytearray):
            self._data = bytearray(memoryview(self._data)[self._at :])
        elif self._at:
            # Taken bytes are dropped once a feed, not once a message: a batch of small messages costs one move.
            del self._data[: self._at]
        self._at = 0
        self._data += data

    def peek(self, size: int) -> bytes:
        """The first `size` bytes, fewer when fewer are here; they stay."""
        return bytes(self._data[self._at : self._at + size])

    def view(self) -> memoryview:
        """Everything pending, without a copy. Release it before the next `feed` or `take`."""
        return memoryview(self._data)[self._at :]

    def take(self, size: int) -> bytes:
        """Remove and return the first `size` bytes, which must be here."""
        start, end = self._at, self._at + size
        if end > len(self._data):
            raise ValueError(f"{size} bytes asked of {len(self)}")
        if isinstance(self._data, bytes):
            taken = self._data[start:end]  # the very same object when it is all of it
        else:
            with memoryview(self._data) as everything:
                taken = bytes(everything[start:end])
        self._advance(end)
        return taken

    def drop(self, size: int) -> None:
        """Remove the first `size` bytes, which must be here."""
        if size > len(self):
            raise ValueError(f"{size} bytes asked of {len(self)}")
        self._advance(self._at + size)

    def clear(self) -> None:
        """Forget everything."""
        self._data, self._at = b"", 0

    def _advance(self, end: int) -> None:
        if end == len(self._data):
            self.clear()
        else:
            self._at = end
