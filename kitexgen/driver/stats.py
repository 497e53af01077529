"""How long the steps of a run took, and what went through them: `gen --stats`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from kitexgen.diagnostics.render.counted import counted
from kitexgen.driver.compile import Outcome


class Stopwatch:
    """Runs from its making. Each step lasts until the next begins, the last one until `table` is asked for."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._marks: list[tuple[str, float]] = []

    def and_then(self, on_step: Callable[[str], None]) -> Callable[[str], None]:
        """A function to tell the name of each step as it begins, which tells `on_step` too."""

        def begin(name: str) -> None:
            self._marks.append((name, self._clock()))
            on_step(name)

        return begin

    def table(self, outcome: Outcome) -> str:
        """A line a step, and one for all: seconds, and what was read or written. Bytes are those of UTF-8."""
        end = self._clock()
        starts = [at for _, at in self._marks]
        rows = [
            (name, until - at, ", ".join(_told(name, outcome)))
            for (name, at), until in zip(self._marks, (*starts[1:], end), strict=True)
        ]
        rows.append(("all", end - starts[0], ""))
        return "".join(f"{name:<12}{seconds:8.3f} s  {told}".rstrip() + "\n" for name, seconds, told in rows)


def _told(step: str, outcome: Outcome) -> Iterator[str]:
    if step == "reading":
        lines = sum(len(source.line_starts) for source in outcome.files.values())
        yield f"{counted(len(outcome.files), 'file')}, {counted(lines, 'line')}"
    elif step == "writing":
        for folder in outcome.folders:
            size = sum(len(change.after or b"") for change in folder.visible_changes)
            changed = f"{len(folder.visible_changes)} changed ({counted(size, 'byte')})"
            yield f"{folder.out}: {counted(len(folder.owned), 'file')}, {changed}"
