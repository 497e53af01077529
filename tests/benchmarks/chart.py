"""Chart: figures of a benchmark as a picture, for those who look before they read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_GREY = "#808080"
"""Told from a light page as well as from a dark one: pages of the site can be either."""

_COLOURS = ("#2a9d8f", "#e76f51", "#7b6fd0", "#d9a441", "#5b9bd5", "#9a9a9a")


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in groups: `groups` holds the value of each bar by its name, by the name of its group.

    `is_log` is for values of several magnitudes. A bar has the
    colour of its name in `order`, or all have one when there is no order, and their names stand below.
    """

    title: str
    unit: str
    groups: Mapping[str, Mapping[str, float]]
    order: Sequence[str] = ()
    is_log: bool = False

    @property
    def file(self) -> str:
        """The name of the picture, without its ending."""
        return re.sub(r"\W+", "_", self.title).lower()

    def markdown(self) -> str:
        return f"![{self.title}](plots/{self.file}.svg)"


def race_charts(title: str, ratios: Iterable[tuple[str, str, str, float]]) -> Iterator[Chart]:
    """One for encoding and one for decoding; `ratios` are (payload, "encode" or "decode", rival, ratio)."""
    found = [*ratios]
    order = tuple(dict.fromkeys(rival for _, _, rival, _ in found))
    for kind in dict.fromkeys(kind for _, kind, _, _ in found):
        groups: dict[str, dict[str, float]] = {}
        for payload, its, rival, ratio in found:
            if its == kind:
                groups.setdefault(payload, {})[rival] = ratio
        unit = "time of the rival, in times of kitexgen's"
        yield Chart(f"{title}: {kind}", unit, groups, order, is_log=True)


def draw(chart: Chart, folder: Path) -> None:
    """Write the picture into `folder`: SVG without a background, its letters as text."""
    import matplotlib as mpl  # noqa: PLC0415 - only who draws needs it

    mpl.use("svg")
    from matplotlib import pyplot  # noqa: PLC0415 - after `use`

    settings = {"svg.fonttype": "none", "svg.hashsalt": chart.file, "font.size": 9, "font.family": "sans-serif"}
    settings |= dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color", "axes.edgecolor"), _GREY)
    with pyplot.rc_context(settings):
        figure, axes = pyplot.subplots(figsize=(8, 0.5 + 0.19 * sum(len(bars) + 1 for bars in chart.groups.values())))
        at, ticks = 0.0, []
        for group, bars in chart.groups.items():
            names = [name for name in chart.order if name in bars] or list(bars)
            for index, name in enumerate(names):
                colour = _COLOURS[chart.order.index(name) if chart.order else 0]
                label = name if chart.order and name not in axes.get_legend_handles_labels()[1] else None
                drawn = axes.barh(at + index, bars[name], color=colour, height=0.85, label=label)
                axes.bar_label(drawn, fmt=_number, padding=3, fontsize=7)
                if not chart.order:
                    ticks.append((at + index, name))
            if chart.order:
                ticks.append((at + (len(names) - 1) / 2, group))
            at += len(names) + 1
        axes.set_yticks([place for place, _ in ticks], [name for _, name in ticks])
        axes.invert_yaxis()
        axes.margins(y=0.01)
        if chart.is_log:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter("{x:g}")
            axes.axvline(1, color=_GREY, linewidth=0.8, linestyle=":")
        axes.set_xlabel(chart.unit)
        axes.set_title(chart.title, fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
        if chart.order:
            axes.legend(frameon=False, loc="best", fontsize=8)
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(folder / f"{chart.file}.svg", transparent=True, bbox_inches="tight", metadata={"Date": None})
        pyplot.close(figure)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
