"""Channel: a byte stream joined to a framing, on which calls are made."""

from __future__ import annotations

from typing import Protocol

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.framing.format import Packet


class Channel(Protocol):
    """Sends requests, awaits their answers. A channel may have been used before; `is_reused` says so."""

    is_reused: bool

    @property
    def is_healthy(self) -> bool:
        """Whether another call can be made on it: open, nobody's answer on its way, nothing unasked received."""

    def is_alive(self) -> bool:
        """Whether an idle channel is healthy, asked of the operating system too: for one that has idled for a while."""

    @property
    def heard_nothing(self) -> bool:
        """Whether no byte has come since the last request was sent."""

    async def call(self, request: Pieces) -> Packet:
        """Send `request` as it stands, return the message that answers it.

        Raises ConnectionClosed when the stream ends first, ProtocolError, FrameTooLarge and DecodeError for what is no
        message. After any exception, cancellation included, the channel is closed: a late answer must not meet another
        call.
        """

    async def send(self, request: Pieces) -> None:
        """Send `request`, which gets no answer. Errors as in `call`."""

    def close(self) -> None:
        """Send what is queued, then close. May be repeated."""

    async def wait_closed(self) -> None:
        """Return when the socket is closed."""
