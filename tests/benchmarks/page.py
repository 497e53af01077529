"""A page of figures: what they were measured on, tables, pictures."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.chart import draw
from tests.benchmarks.facts import facts
from tests.benchmarks.table import Table


def write_page(path: Path, head: str, packages: Iterable[str], tables: Iterable[Table]) -> int:
    """Write the page, and its pictures into `plots` beside it; print each table when it is known.

    `packages` are those whose versions matter. Returns how many goals were missed.
    """
    lines = [*head.splitlines(), "", *(f"- {fact}" for fact in facts(packages)), ""]
    missed = 0
    for table in tables:
        text = [*table.markdown()]
        print("\n".join(text), flush=True)
        lines += text
        missed += table.missed
        for chart in table.charts:
            draw(chart, path.parent / "plots")
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    return missed
