"""Ends a command that runs until it is told to stop."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Final, Self

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Stopping:
    """While entered, SIGINT and SIGTERM raise KeyboardInterrupt, and stay known: `is_set` says whether one came.

    The exception ends whatever is under way, but Python drops one that is raised in a destructor, a weak reference's
    callback or a trace function. So a loop looks at `is_set` too. This is no threading.Event: `set` of one takes a lock
    that the very thread the signal interrupts may hold.

    A signal that is ignored stays so: shells start jobs in the background with SIGINT ignored. Only the main thread may
    enter.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._is_entered = False
        # What getsignal gives: a function, SIG_DFL, or None for a handler that is not Python's.
        self._before: dict[signal.Signals, object] = {}

    def is_set(self) -> bool:
        return self._is_set

    def __enter__(self) -> Self:
        for number in SIGNALS:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                self._before[number] = signal.signal(number, self._told)
        self._is_entered = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        # From here on a signal only sets the flag: it must not interrupt the taking back.
        self._is_entered = False
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # as signal.signal returned it

    def _told(self, number: int, frame: FrameType | None) -> None:
        self._is_set = True
        if self._is_entered:
            raise KeyboardInterrupt
