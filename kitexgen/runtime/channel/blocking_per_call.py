"""BlockingPerCall: the short pool of blocking clients: a channel for each call, closed after it."""

from __future__ import annotations

from collections.abc import Callable

from kitexgen.runtime.call.deadline import Deadline
from kitexgen.runtime.channel.lender import LentChannel, reported
from kitexgen.runtime.channel.pool import PoolDump
from kitexgen.runtime.channel.reporter import Reports
from kitexgen.runtime.errors import ClientClosed
from kitexgen.runtime.net.address import Address


class BlockingPerCall:
    """A `BlockingLender` that keeps nothing."""

    request_flags = 0

    def __init__(self, dial: Callable[[Address, Deadline | None], LentChannel], reports: Reports | None = None) -> None:
        self._dial = dial
        self._reports = reports or Reports("short")
        self._in_use: set[LentChannel] = set()  # adding and discarding are atomic
        self._is_closed = False

    def borrow(self, address: Address, deadline: Deadline | None) -> LentChannel:
        return self.renew(address, deadline)

    def renew(self, address: Address, deadline: Deadline | None) -> LentChannel:
        if self._is_closed:
            raise ClientClosed("the client is closed")
        channel = reported(self._dial, address, deadline, self._reports)
        self._in_use.add(channel)
        return channel

    def give_back(self, address: Address, channel: LentChannel) -> None:
        self._in_use.discard(channel)
        channel.close()

    def clean(self, address: Address) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        self._is_closed = True

    def dump(self) -> PoolDump:
        return PoolDump(pool="short", in_use=len(self._in_use))
