"""BlockingLender: what `Pool` is, for threads without an event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from kitexgen.runtime.buffer.pieces import Pieces
from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.channel.pool import PoolDump
from kitexgen.runtime.channel.reporter import Reports
from kitexgen.runtime.errors import ConnectError
from kitexgen.runtime.framing.format import Packet
from kitexgen.runtime.net.address import Address


class LentChannel(Protocol):
    """A channel while it is lent: the blocking form of `Channel`, for one thread at a time."""

    is_reused: bool

    @property
    def is_healthy(self) -> bool:
        """Whether another call can be made on it: open, and nothing has come that nobody asked for."""

    @property
    def heard_nothing(self) -> bool:
        """Whether no byte has come since the last request was sent."""

    def call(self, request: Pieces, deadline: Deadline | None) -> Packet:
        """Send `request` as it stands, return the message that answers it.

        Raises TimeoutError past the deadline, ConnectionClosed when the stream ends first, ProtocolError, FrameTooLarge
        and DecodeError for what is no message.
        """

    def send(self, request: Pieces, deadline: Deadline | None) -> None:
        """Send `request`, which gets no answer. Errors as in `call`."""

    def close(self) -> None:
        """Close it. May be repeated."""


class BlockingLender(Protocol):
    """A pool that threads share."""

    @property
    def request_flags(self) -> int:
        """Bits that the TTHeader of every request over this pool's channels must have set."""

    def borrow(self, address: Address, deadline: Deadline | None) -> LentChannel:
        """A channel ready for a call. Raises ConnectError, ClientClosed, and TimeoutError past the deadline."""

    def renew(self, address: Address, deadline: Deadline | None) -> LentChannel:
        """A channel that nobody has used yet. Errors as in `borrow`."""

    def give_back(self, address: Address, channel: LentChannel) -> None:
        """The caller is done with `channel`: it is kept if it is healthy and there is room, else closed."""

    def clean(self, address: Address) -> None:
        """The address is gone: close its idle channels now, those in use when they are given back."""

    def close(self) -> None:
        """Close all idle channels, and those in use once they are given back. May be repeated."""

    def dump(self) -> PoolDump:
        """What the pool holds now."""


Dialled = TypeVar("Dialled")


def reported(
    dial: Callable[[Address, Deadline | None], Dialled], address: Address, deadline: Deadline | None, reports: Reports
) -> Dialled:
    """What `dial` gives, and `reports` told of it. Errors are those of `dial`."""
    try:
        dialled = dial(address, deadline)
    except ConnectError:
        reports.failed(address)
        raise
    reports.connected(address)
    return dialled
