"""Callers whose every payload is tagged, so that an answer that belongs to another call is seen at once."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from kitexgen.runtime.errors import Outcome, RpcError
from tests.builders.services import Note, NotesClient

_TAGS = itertools.count(1)

Caller: TypeAlias = Callable[["Tally", NotesClient], Awaitable[None]]


@dataclass(slots=True)
class Tally:
    """What became of calls. `lost` ones failed and may have been acted on.

    `latencies` counts answers by tenths of a millisecond: a list of all would grow, and growing is what is looked for.
    """

    answered: int = 0
    wrong: int = 0
    lost: int = 0
    cancelled: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    latencies: Counter[int] = field(default_factory=Counter)
    slowest_failure: float = 0.0  # seconds

    @property
    def calls(self) -> int:
        return self.answered + self.wrong + self.cancelled + sum(self.failures.values())

    def percentile(self, share: float) -> float:
        """Milliseconds that `share` of the answers took at most."""
        wanted, seen = share * self.latencies.total(), 0
        for tenths in sorted(self.latencies):
            seen += self.latencies[tenths]
            if seen >= wanted:
                return tenths / 10
        return 0.0

    def failed(self) -> str:
        return ", ".join(f"{many} {name}" for name, many in sorted(self.failures.items())) or "none"


async def echo(tally: Tally, notes: NotesClient, *, size: int = 200, timeout: float | None = None) -> None:
    """One call whose answer must be its own."""
    tag = next(_TAGS)
    note = Note(text=f"{tag} ".ljust(size, "x"), count=tag & 0x7FFFFFFF)
    await _call(tally, lambda: notes.echo(note, timeout=timeout), note)


async def slow(tally: Tally, notes: NotesClient, seconds: float, timeout: float | None = None) -> None:
    """The same, answered after `seconds`."""
    text = f"{seconds} {next(_TAGS)}"
    await _call(tally, lambda: notes.slow(text, timeout=timeout), text)


async def _call(tally: Tally, make: Callable[[], Awaitable[object]], expected: object) -> None:
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        answer = await make()
    except RpcError as error:
        tally.failures[type(error).__name__] += 1
        tally.lost += error.outcome is not Outcome.NOT_SENT
        tally.slowest_failure = max(tally.slowest_failure, clock() - began)
        return
    except asyncio.CancelledError:
        tally.cancelled += 1
        raise
    if answer != expected:
        tally.wrong += 1
    else:
        tally.answered += 1
        tally.latencies[round(10_000 * (clock() - began))] += 1


@asynccontextmanager
async def calling(tally: Tally, clients: list[NotesClient], callers: int, call: Caller = echo) -> AsyncIterator[None]:
    """`callers` tasks call one after the other while the block runs, then finish the call they are in."""
    stopping = asyncio.Event()

    async def caller(notes: NotesClient) -> None:
        while not stopping.is_set():
            failed = sum(tally.failures.values())
            await call(tally, notes)
            if sum(tally.failures.values()) != failed:
                await asyncio.sleep(random.uniform(0.01, 0.03))  # nobody hammers a server that is down

    tasks = [asyncio.create_task(caller(clients[number % len(clients)])) for number in range(callers)]
    try:
        yield
    finally:
        stopping.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if outcome is not None:
            raise outcome
