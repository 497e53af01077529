"""Pool: lends channels."""

from __future__ import annotations

from typing import Protocol

from kitexgen.runtime.channel.channel import Channel
from kitexgen.runtime.net.address import Address


class Pool(Protocol):
    """Borrow a channel to an address, give it back when the call is over, however it ended."""

    async def borrow(self, address: Address) -> Channel:
        """A channel ready for a call; `is_reused` when it has carried one before. Raises ConnectError."""

    async def renew(self, address: Address) -> Channel:
        """A channel that nobody has used yet. Raises ConnectError."""

    def give_back(self, address: Address, channel: Channel) -> None:
        """The caller is done with `channel`: it is kept if it is healthy and there is room, else closed."""

    async def close(self) -> None:
        """Close all idle channels, and those in use once they are given back. May be repeated."""
