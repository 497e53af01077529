"""What `bench_rpc` found, as the tables and pictures of `docs/performance-calls.md`."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import Final

from tests.benchmarks.chart import Chart
from tests.benchmarks.table import Table, at_least, at_most

SLACK: Final = 0.05
"""The share of a goal that noise may take: figures are medians of whole runs."""

KITEX: Final = "kitex"
OURS: Final = "kitexgen"
FULL: Final = "kitexgen-full"
WAITING: Final = "kitexgen-waiting"
FLOOR: Final = "echo-asyncio"


@dataclass(frozen=True, slots=True)
class Shape:
    """How calls come.

    `way` is framed, or `full`: TTHeader with metainfo and a timeout, through two middlewares; or `mux`: TTHeader with
    the flag that lets replies come in any order; or `stream`: calls are messages of one stream a connection.
    """

    connections: int
    depth: int
    way: str = "framed"

    def __str__(self) -> str:
        return f"{self.connections}x{self.depth}" + ("" if self.way == "framed" else f" {self.way}")


@dataclass(frozen=True, slots=True)
class Figures:
    """Calls a second; latencies and processor time of the server a call in microseconds."""

    qps: float
    p50: float
    p99: float
    cpu: float

    def __str__(self) -> str:
        times = f"p50 {self.p50:8,.0f}   p99 {self.p99:8,.0f} µs   {self.cpu:6.1f} µs of processor time a call"
        return f"{self.qps:9,.0f} calls/s   {times}"


def median(found: Sequence[Figures]) -> Figures:
    """The median of each figure."""
    return Figures(*(statistics.median(values) for values in zip(*map(astuple, found), strict=True)))


@dataclass(slots=True)
class Found:
    """The figures of each server by shape, and the KB of one of its idle connections."""

    calls: dict[str, dict[str, Figures]] = field(default_factory=dict)
    idle: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rate:
    """A goal for calls a second: those of `ours` at `shape`, in times of those of `of` at `of_shape`."""

    shape: str
    of: str
    goal: float | None
    ours: str = OURS
    of_shape: str = ""

    def row(self, found: Found) -> tuple[str, ...] | None:
        of_shape = self.of_shape or self.shape
        ours = found.calls.get(self.ours, {}).get(self.shape)
        its = found.calls.get(self.of, {}).get(of_shape)
        if ours is None or its is None:
            return None
        ratio = ours.qps / its.qps
        of = f"{self.of} at {self.of_shape}" if self.of_shape else self.of
        goal, verdict = at_least(ratio, self.goal, SLACK)
        return f"{self.shape}, {self.ours}", f"{ours.qps:,.0f}", of, f"{its.qps:,.0f}", f"{ratio:.2f}x", goal, verdict


RATES: Final = (
    Rate("64x1", FLOOR, 0.75),
    Rate("64x1", "thriftpy2-threads", 1.4),
    Rate("64x1", "thriftpy2-asyncio", 4.2),
    Rate("64x1", "grpcio-threads", 12),
    Rate("64x1", "grpcio-asyncio", None),
    Rate("64x1", "apache-threads", None),
    Rate("64x1", KITEX, 1.1),
    Rate("64x1 full", FLOOR, 0.55, FULL, "64x1"),
    Rate("64x1 full", "thriftpy2-threads", 1.0, FULL, "64x1"),
    Rate("64x1 full", KITEX, 1.2, FULL),
    Rate("512x1", OURS, 0.85, OURS, "64x1"),
    Rate("512x1", KITEX, 1.0),
    Rate("1x64", KITEX, 1.5),
    Rate("1x64 mux", "kitex-mux", None),
    Rate("64x1", OURS, 0.7, WAITING),
    Rate("1x64", OURS, 0.7, WAITING),
    Rate("64x1 stream", KITEX, None),
    Rate("64x1", "echo-uvloop", None, "kitexgen-uvloop"),
    Rate("64x1", "thriftpy2-threads", None, "kitexgen-uvloop"),
    Rate("64x1", "thriftpy2-asyncio", None, "kitexgen-uvloop"),
    Rate("64x1", KITEX, None, "kitexgen-uvloop"),
    Rate("1x64", KITEX, None, "kitexgen-uvloop"),
)


REMARKS: Final = (
    "64x1 against the floor. Designs, µs of the server's processor time a call and share of the floor in its"
    " run: all in Python 14.4 and 0.52; one compiled run from the bytes that came to the reply, behind asyncio's"
    " transport, 9.0 and 0.70; a transport of our own before it, a tenth less; one compiled run from the socket to"
    " the socket 7.7 and 0.81 to 0.92.",
    "Handlers that wait. Designs, µs of the server's processor time a call at 64x1, where one that does not wait"
    " takes 7.7: a task that drives the call 12.6; a task that is lent to it, while the call is stepped by hand,"
    " 10.6. Calls of one framed connection are run and answered one after the other, as in Kitex, so at 1x64 each"
    " takes turns of the loop for itself alone: 45 µs when what comes meanwhile is read, 14 when it is left in the"
    " socket. With mux, where calls run beside each other, such a call takes 4.1.",
)


def tables(found: Found, command: str) -> Iterator[Table]:
    """What each server does, and what is claimed of it."""
    yield _servers(found, command)
    yield _rates(found, command)
    yield _limits(found, command)


def _servers(found: Found, command: str) -> Table:
    shapes = tuple(dict.fromkeys(shape for row in found.calls.values() for shape in row))
    rows = [
        (name, *(_cell(row.get(shape)) for shape in shapes), f"{found.idle[name]:.1f}" if name in found.idle else "")
        for name, row in found.calls.items()
    ]
    return Table(
        "Servers",
        command,
        "A server on one core, the load, a program in C, on another; 1 KB there and back. A shape is connections x"
        " calls at a time on each. Each cell: calls a second · 99th percentile in µs · µs of the server's processor"
        " time a call. `kitexgen` answers from a coroutine that never waits, `-waiting` from one that does, `-plain`"
        " from a thread; `full` is TTHeader with metainfo, a deadline and two middlewares; `mux` TTHeader with replies"
        " in any order. `echo-*` is the floor: bytes back, no protocol. gRPC is loaded by its own client in Python,"
        " which is as slow as the server: compare processor times.",
        ("server", *shapes, "idle connection, KB"),
        tuple(rows),
        (),
        tuple(_charts(found)),
    )


def _cell(figures: Figures | None) -> str:
    return "–" if figures is None else f"{figures.qps:,.0f} · {figures.p99:,.0f} · {figures.cpu:.1f}"


def _charts(found: Found) -> Iterator[Chart]:
    for shape in ("64x1", "64x1 full", "1x64"):
        bars = {name: row[shape].qps for name, row in found.calls.items() if shape in row}
        if bars:
            yield Chart(f"Calls of 1 KB, {shape}", "calls a second, of a server on one core", {"": bars})


def _rates(found: Found, command: str) -> Table:
    rows = [row for rate in RATES if (row := rate.row(found)) is not None]
    return Table(
        "Calls a second against others",
        command,
        "The ratio is how many times as many calls a second.",
        ("case", "calls a second", "against", "its", "ratio", "goal", "verdict"),
        tuple(rows),
        REMARKS,
    )


def _limits(found: Found, command: str) -> Table:
    ours, floor = found.calls.get(OURS, {}), found.calls.get(FLOOR, {})
    measured: Mapping[str, tuple[Callable[[], float], float, str]] = {
        "1x64: processor time of the server a call": (lambda: ours["1x64"].cpu, 3.0, " µs"),
        "512x1: 99th percentile in times of the median": (lambda: ours["512x1"].p99 / ours["512x1"].p50, 2.0, "x"),
        "1x1: median in times of the floor's": (lambda: ours["1x1"].p50 / floor["1x1"].p50, 1.1, "x"),
        "idle connection": (lambda: found.idle[OURS], 2.0, " KB"),
    }
    rows = []
    for what, (value_of, goal, unit) in measured.items():
        try:
            value = value_of()
        except KeyError:
            continue  # left out of this run
        rows.append((what, f"{value:.2f}{unit}", *at_most(value, goal, unit)))
    return Table(
        "Time and memory of a call and a connection",
        command,
        "Of `kitexgen`, one core, no uvloop.",
        ("what", "measured", "goal", "verdict"),
        tuple(rows),
    )
