"""A progress bar for a run that takes longer than a second, on a terminal; nothing otherwise."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from kitexgen.cli.printing import Printing

# Shorter runs are not worth a flicker.
_PATIENCE = 1.0
_REPAINT = 0.1
_WIDTH = 24
_CLEAR_LINE = "\r\033[K"


@contextlib.contextmanager
def progress(steps: Sequence[str], printing: Printing) -> Iterator[Callable[[str], None]]:
    """Gives the function that is told the name of each step as it begins."""
    if printing.format != "text" or printing.is_quiet or not sys.stderr.isatty():
        yield lambda name: None
        return
    bar = _Bar(steps)
    painter = threading.Thread(target=bar.paint, daemon=True)
    painter.start()
    try:
        yield bar.begin
    finally:
        bar.finish()
        painter.join()


class _Bar:
    """Paints from a thread of its own, since a step does not come back to report."""

    def __init__(self, steps: Sequence[str]) -> None:
        self._steps = steps
        self._current = 0
        self._is_finished = threading.Event()

    def begin(self, name: str) -> None:
        self._current = self._steps.index(name)

    def finish(self) -> None:
        self._is_finished.set()

    def paint(self) -> None:
        started = time.monotonic()
        if self._is_finished.wait(_PATIENCE):
            return
        while not self._is_finished.wait(_REPAINT):
            sys.stderr.write(_CLEAR_LINE + self._line(time.monotonic() - started))
            sys.stderr.flush()
        sys.stderr.write(_CLEAR_LINE)
        sys.stderr.flush()

    def _line(self, seconds: float) -> str:
        """Finished steps count whole, the current one as half."""
        filled = round(_WIDTH * (self._current + 0.5) / len(self._steps))
        return f"{self._steps[self._current]:<10} [{'#' * filled}{'-' * (_WIDTH - filled)}] {seconds:.0f} s"
