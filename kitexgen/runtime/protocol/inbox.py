"""Inbox: what has come on a stream and nobody has taken yet, and how the coming ended. Does no I/O."""

from __future__ import annotations

from collections import deque

from kitexgen.runtime.errors import KitexError

MESSAGE_COST = 64
"""Bytes that a message takes up besides its payload, roughly: empty ones must not be free, or a peer that sends
nothing but empty ones fills the memory."""


class Inbox:
    """Payloads in the order they came.

    An end in order (`finish`) lets what is there be read first, then gives its error or the end; the first such end
    counts. A failure (`fail`) goes before it: it comes at once, and what is there is dropped.
    """

    __slots__ = ("_error", "_payloads", "cost", "is_ended")

    def __init__(self) -> None:
        self._payloads: deque[bytes] = deque()
        self._error: KitexError | None = None
        self.cost = 0  # bytes that the messages take up
        self.is_ended = False

    def put(self, payload: bytes) -> None:
        """A message came. One behind the end is dropped."""
        if not self.is_ended:
            self._payloads.append(payload)
            self.cost += len(payload) + MESSAGE_COST

    @property
    def is_ready(self) -> bool:
        """Whether `take` has something to give, be it the end."""
        return bool(self._payloads) or self.is_ended

    def take(self) -> bytes | None:
        """The next message, or None at the end in order. Raises what the end was for. Call it when `is_ready`."""
        if self._payloads:
            payload = self._payloads.popleft()
            self.cost -= len(payload) + MESSAGE_COST
            return payload
        if self._error is not None:
            # The same error is raised as often as somebody asks; its trace must not grow each time.
            raise self._error.with_traceback(None)
        return None

    def finish(self, error: KitexError | None = None) -> None:
        """No more will come."""
        if not self.is_ended:
            self.is_ended = True
            self._error = error

    def fail(self, error: KitexError) -> None:
        """The stream is broken: what has come is worth nothing any more."""
        self._payloads.clear()
        self.cost = 0
        self.is_ended = True
        self._error = error
