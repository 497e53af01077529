"""What a scenario is told and what it tells."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything. `seconds` is how long load lasts where nothing else ends it."""

    idle: int
    callers: int
    seconds: float
    rounds: int


FULL = Scale(idle=10_000, callers=512, seconds=120.0, rounds=5)
QUICK = Scale(idle=300, callers=64, seconds=4.0, rounds=1)


@dataclass(slots=True)
class Result:
    """One line of the report a figure; `promise` says what was held, which the scenario has asserted."""

    title: str
    promise: str
    figures: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, value: object) -> None:
        self.figures.append((name, str(value)))
