"""PendingCalls: which answer is whose, on a connection that many calls share. Does no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from kitexgen.runtime.channel.notices import CONTROL, wants_reset
from kitexgen.runtime.errors import OverLimit, ProtocolError
from kitexgen.runtime.framing.format import Packet

Waiter = TypeVar("Waiter")


@dataclass(frozen=True, slots=True, kw_only=True)
class MuxLimits:
    """How calls share connections.

    `connections`  to each address, taken in turn
    `in_flight`    calls that may wait on one connection; when all are full, further ones raise OverLimit
    `silence`      seconds: a connection on which a call was given up, and nothing at all was heard for so long though
                   something was asked, carries no new calls. A call alone cannot tell a slow handler from a dead peer
    """

    connections: int = 1
    in_flight: int = 8192
    silence: float = 1.0

    def __post_init__(self) -> None:
        if self.connections < 1 or self.in_flight < 1 or self.silence < 0:
            raise ValueError("mux needs at least one connection and one call in flight, and no negative silence")


class PendingCalls(Generic[Waiter]):
    """The table of one connection: sequence ids, and who waits for each. Bounded by `MuxLimits.in_flight`.

    The connection takes new calls until it is retired, and may be closed when it is retired and none is pending.

    Times are in seconds of any one clock. `unheard_since` is when the first request was sent that nothing was heard
    after. `waiting` is the table itself, for who takes out many at once, and calls `settle` then.
    """

    __slots__ = ("_limits", "heard", "is_retired", "unheard_since", "waiting")

    def __init__(self, limits: MuxLimits) -> None:
        self._limits = limits
        self.waiting: dict[int, Waiter] = {}
        self.unheard_since: float | None = None
        self.heard = 0  # how often bytes came: what a caller compares to know whether any did
        self.is_retired = False

    def __len__(self) -> int:
        return len(self.waiting)

    @property
    def is_full(self) -> bool:
        """Whether no further call can wait."""
        return len(self.waiting) >= self._limits.in_flight

    @property
    def is_over(self) -> bool:
        """Whether the connection has served its last call."""
        return self.is_retired and not self.waiting

    def waiters(self) -> Iterable[Waiter]:
        """Everyone who waits, the longest first."""
        return self.waiting.values()

    def begin(self, sequence_id: int, waiter: Waiter, now: float) -> None:
        """`waiter` waits for the answer with `sequence_id` from now on. Raises OverLimit when that cannot be."""
        if self.is_full:
            raise OverLimit(f"{len(self.waiting)} calls are in flight on the connection already")
        if sequence_id in self.waiting:
            raise OverLimit(f"a call with sequence id {sequence_id} has been in flight for a whole round of ids")
        self.waiting[sequence_id] = waiter
        if self.unheard_since is None:
            self.unheard_since = now

    def note_heard(self, now: float) -> None:
        """Bytes came."""
        self.heard += 1
        self.unheard_since = now if self.waiting else None

    def end(self, packet: Packet) -> Waiter | None:
        """Whose answer `packet` is; they wait no longer. None when nobody waits: it is late, or a control frame.

        A packet that asks for a reset retires the connection. Raises ProtocolError for one without a TTHeader.
        """
        header = packet.header
        if header is None or not packet.format.has_header:
            raise ProtocolError("an answer without TTHeader, on a connection that calls share")
        if wants_reset(packet):
            self.is_retired = True
        if header.sequence_id == CONTROL:
            return None
        waiter = self.waiting.pop(header.sequence_id, None)
        self.settle()
        return waiter

    def settle(self) -> None:
        """Some wait no longer."""
        if not self.waiting:
            self.unheard_since = None

    def give_up(self, sequence_id: int, now: float) -> None:
        """Nobody waits for `sequence_id` any more; its answer, if it comes, is dropped."""
        self.waiting.pop(sequence_id, None)
        # The silence goes on even when nobody waits: the next call must not make a dead peer look fresh.
        if self.unheard_since is not None and now - self.unheard_since >= self._limits.silence:
            self.is_retired = True

    def clear(self) -> tuple[Waiter, ...]:
        """Everyone who waits, and they wait no longer."""
        waiters = tuple(self.waiting.values())
        self.waiting.clear()
        return waiters
