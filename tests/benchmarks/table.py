"""Table: what a benchmark found, for `docs/performance.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.benchmarks.chart import Chart


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` of as many cells as `header`, of what `command` measured; `says` tells what, `remarks` come below.

    `charts` stand before the rows.
    """

    title: str
    command: str
    says: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()

    def markdown(self) -> Iterator[str]:
        yield from (f"## {self.title}", "", f"`{self.command}`", "", self.says, "")
        for chart in self.charts:
            yield from (chart.markdown(), "")
        yield _line(self.header)
        yield _line("---" for _ in self.header)
        yield from map(_line, self.rows)
        yield ""
        yield from (f"- {remark}" for remark in self.remarks)
        if self.remarks:
            yield ""

    @property
    def missed(self) -> int:
        """How many goals were."""
        return sum(row[-1] == MISSED for row in self.rows)


HELD = "held"
MISSED = "**missed**"


def at_most(value: float, goal: float | None, unit: str = "x", spread: float = 0.0) -> tuple[str, str]:
    """The last two cells of a row with a goal that `value`, give or take `spread`, must not pass."""
    if goal is None:
        return "", ""
    over = value / goal - 1
    verdict = HELD if over <= 0 else f"over by {over:.1%}, within its spread" if value - spread <= goal else MISSED
    return f"at most {goal:g}{unit}", verdict


def at_least(value: float, goal: float | None, slack: float) -> tuple[str, str]:
    """The last two cells of a row with a goal that `value` must reach; noise may take the share `slack` of it."""
    if goal is None:
        return "", ""
    short = 1 - value / goal
    verdict = HELD if short <= 0 else f"short by {short:.1%}, within noise" if short <= slack else MISSED
    return f"at least {goal:g}x", verdict


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
