"""Promises: what a conformance suite is made of, and what is raised when they are not kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

Piece = TypeVar("Piece")

Check: TypeAlias = Callable[[Piece], Awaitable[None]]
"""Raises an exception when the piece does not keep the promise; AssertionError says best what was seen instead."""

SECONDS = 5.0
"""What one check may take: more than any needs, so that a piece that hangs is found and a slow machine is not."""


class NonConforming(AssertionError):
    """A piece does not do what all of its kind must. `broken` has the promises it breaks, and how."""

    def __init__(self, piece: str, broken: Sequence[tuple[str, BaseException]], of: int) -> None:
        lines = "".join(f"\n  it {promise}: {_told(error)}" for promise, error in broken)
        super().__init__(f"{piece} breaks {len(broken)} of {of} promises{lines}")
        self.broken = tuple(broken)


@dataclass(frozen=True, slots=True)
class Promise(Generic[Piece]):
    """What a piece does, as the end of a sentence that begins with "it", and how to see that it does."""

    text: str
    check: Check[Piece]


async def hold_to(name: str, piece: Piece, promises: Sequence[Promise[Piece]]) -> None:
    """See whether `piece` keeps all `promises`, each within `SECONDS`. Raises NonConforming with those it breaks."""
    broken: list[tuple[str, BaseException]] = []
    for promise in promises:
        try:
            async with asyncio.timeout(SECONDS):
                await promise.check(piece)
        except Exception as error:
            broken.append((promise.text, error))
    if broken:
        raise NonConforming(name, broken, len(promises)) from broken[0][1]


def _told(error: BaseException) -> str:
    if isinstance(error, AssertionError):
        return str(error)
    if isinstance(error, TimeoutError):
        return f"not within {SECONDS:g} s"
    return f"{type(error).__name__}: {error}"
