"""Supervisor: worker processes under one parent, which replaces the dead and passes signals on.

    worker    event                           next
    starting  says that it serves             serving
    starting  ends, and none ever served      all are stopped, and the parent fails
    any       ends                            due: a new one starts at once, or later if this one died young
    any       a stop signal to the parent     stopping: SIGTERM, and after the parent's patience SIGKILL
    any       the parent is gone              its lifeline ends, and it stops by itself

The parent has no event loop and no threads, as it forks. It sleeps until a signal or a worker's word wakes it.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn, Self

from kitexgen.runtime.call.deadline import Clock
from kitexgen.runtime.server.serve import stop_signals

_LOG = logging.getLogger("kitexgen.server")

_PASSED_ON = tuple(number for name in ("SIGUSR1", "SIGUSR2") if (number := getattr(signal, name, None)) is not None)
"""Signals that reach workers as they are. Those that stop a server reach them as SIGTERM."""


class Backoff:
    """How long to wait before a worker is replaced.

    One that lived for `healthy` seconds is replaced at once. For one that died younger the wait is `first` seconds, and
    doubles each time up to `longest`.
    """

    def __init__(self, *, first: float = 0.1, longest: float = 10.0, healthy: float = 10.0) -> None:
        self._first = first
        self._longest = longest
        self._healthy = healthy
        self._wait = 0.0

    def after(self, lived: float) -> float:
        """Seconds to wait now that a worker ended that lived for `lived` seconds."""
        if lived >= self._healthy:
            self._wait = 0.0
        else:
            self._wait = min(max(2 * self._wait, self._first), self._longest)
        return self._wait


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker process has of its parent. `lifeline` is a descriptor that ends when the parent does."""

    lifeline: int
    word: int

    def tell_ready(self) -> None:
        """Tell the parent that this worker serves."""
        os.write(self.word, b"!")


@dataclass(slots=True)
class _Slot:
    """The place of one worker: `pid` of the one that is in it, or `due`, when the next one starts."""

    number: int
    backoff: Backoff = field(default_factory=Backoff)
    pid: int | None = None
    word: int | None = None
    started: float = 0.0
    due: float | None = 0.0


class Supervisor:
    """Runs `work` in `count` processes until a stop signal comes.

    `work` returns when its process has been told to stop (SIGTERM, or the end of the worker's lifeline). `patience` is
    how many seconds that may take.
    """

    def __init__(
        self, count: int, work: Callable[[Worker], None], *, patience: float, clock: Clock = time.monotonic
    ) -> None:
        self._work = work
        self._patience = patience
        self._clock = clock
        self._slots = [_Slot(number) for number in range(1, count + 1)]
        self._lifeline = (-1, -1)
        self._signals = _Signals()
        self._has_served = False
        self._kill_at: float | None = None  # set once the workers are told to stop
        self._failure: str | None = None

    def run(self) -> None:
        """Return when all workers have ended after a stop signal. Raises RuntimeError when none came to serve."""
        self._lifeline = os.pipe()
        try:
            with self._signals:
                while self._kill_at is None or self._living():
                    self._start_due()
                    self._wait()
                    self._reap()
        finally:
            for descriptor in self._lifeline:
                os.close(descriptor)
        if self._failure is not None:
            raise RuntimeError(self._failure)

    # Waiting

    def _wait(self) -> None:
        """Sleep until something happens, and take it in."""
        words = self._words()
        moments = [slot.due for slot in self._slots if slot.due is not None and self._kill_at is None]
        if self._kill_at is not None:
            moments.append(self._kill_at)
        timeout = max(min(moments) - self._clock(), 0.0) if moments else None
        for descriptor in _readable((self._signals.reading, *words), timeout):
            if descriptor == self._signals.reading:
                for number in os.read(descriptor, 4096):
                    self._on_signal(signal.Signals(number))
            else:
                self._listen_to(words[descriptor], descriptor)
        if self._kill_at is not None and self._clock() >= self._kill_at:
            self._kill()

    def _words(self) -> dict[int, _Slot]:
        """Where the words of workers come in that have not spoken yet."""
        return {slot.word: slot for slot in self._slots if slot.word is not None}

    def _hear_words(self) -> None:
        words = self._words()
        for word in _readable(words, 0):
            self._listen_to(words[word], word)

    def _listen_to(self, slot: _Slot, word: int) -> None:
        if os.read(word, 1):
            self._has_served = True
        # It has said all it had to say, or is dead, which SIGCHLD tells.
        os.close(word)
        slot.word = None

    def _on_signal(self, number: signal.Signals) -> None:
        if number in _PASSED_ON:
            self._send(number)
        elif number != signal.SIGCHLD:
            self._stop()

    def _stop(self) -> None:
        """Tell the workers to stop; telling them again makes them end at once."""
        if self._kill_at is None:
            self._kill_at = self._clock() + self._patience
        self._send(signal.SIGTERM)

    def _kill(self) -> None:
        for slot in self._living():
            _LOG.error("worker %d (pid %d) does not stop and is killed", slot.number, slot.pid)
        self._send(signal.SIGKILL)
        self._kill_at = self._clock() + self._patience

    def _send(self, number: signal.Signals) -> None:
        for slot in self._living():
            if slot.pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(slot.pid, number)

    def _living(self) -> list[_Slot]:
        return [slot for slot in self._slots if slot.pid is not None]

    # Starting and burying

    def _start_due(self) -> None:
        now = self._clock()
        for slot in self._slots:
            if self._kill_at is None and slot.due is not None and slot.due <= now:
                self._start(slot)

    def _start(self, slot: _Slot) -> None:
        word, told = os.pipe()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()  # what is buffered here would be written by the worker too
        pid = os.fork()
        if pid == 0:
            inherited = [each.word for each in self._slots if each.word is not None]
            self._be_worker(Worker(self._lifeline[0], told), closing=[*inherited, word, self._lifeline[1]])
        os.close(told)
        slot.pid, slot.word, slot.started, slot.due = pid, word, self._clock(), None
        _LOG.info("worker %d is process %d", slot.number, pid)

    def _be_worker(self, worker: Worker, closing: list[int]) -> NoReturn:
        """All that the child does. Never returns: what lies below on the stack is the parent's."""
        code = 1
        try:
            for descriptor in closing:
                os.close(descriptor)
            self._signals.leave_to_parent()
            self._work(worker)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            with suppress(Exception):
                logging.shutdown()
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        for slot in self._living():
            if slot.pid is None:
                continue
            pid, status = os.waitpid(slot.pid, os.WNOHANG)
            if pid:
                self._bury(slot, pid, _in_words(status))

    def _bury(self, slot: _Slot, pid: int, end: str) -> None:
        if slot.word is not None:
            self._listen_to(slot, slot.word)  # its last word may have come with its death
        slot.pid = None
        if self._kill_at is not None:
            return
        if not self._has_served:
            self._hear_words()  # of the others: they may have come before this death, and not been listened to yet
        if not self._has_served:
            self._failure = f"a worker process ended {end} before it served"
            self._stop()
            return
        now = self._clock()
        wait = slot.backoff.after(now - slot.started)
        slot.due = now + wait
        _LOG.error("worker %d (pid %d) ended %s; a new one starts in %g s", slot.number, pid, end, wait)


def _readable(descriptors: Iterable[int], timeout: float | None) -> list[int]:
    """Those that can be read from, as soon as there is one; none when `timeout` seconds went by."""
    with selectors.DefaultSelector() as selector:
        for descriptor in descriptors:
            selector.register(descriptor, selectors.EVENT_READ)
        return [key.fd for key, _ in selector.select(timeout)]


def _in_words(status: int) -> str:
    """`with exit code 1`, or `by SIGKILL`."""
    code = os.waitstatus_to_exitcode(status)
    return f"with exit code {code}" if code >= 0 else f"by {signal.Signals(-code).name}"


class _Signals:
    """Signals as bytes: while this is entered, the number of each that comes is written to the descriptor `reading`."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()
        os.set_blocking(self.reading, False)
        os.set_blocking(self._writing, False)
        self._before: dict[signal.Signals, Any] = {}
        self._former = -1

    def __enter__(self) -> Self:
        for number in (*stop_signals(), *_PASSED_ON, signal.SIGCHLD):
            self._before[number] = signal.signal(number, _ignore)
        self._former = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._former)
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        os.close(self.reading)
        os.close(self._writing)

    def leave_to_parent(self) -> None:
        """In a worker: signals do what they did before, but for those that a terminal sends to the parent as well.

        They are not ignored in the system's sense: programs that a handler starts would inherit that.
        """
        from_terminal = [number for number in self._before if number in stop_signals() and number != signal.SIGTERM]
        self.__exit__()
        for number in from_terminal:
            signal.signal(number, _ignore)


def _ignore(*_: object) -> None:
    """A handler: the signal's number comes through the descriptor."""
