"""The progress bar: only where it helps, and gone when the run is."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace

import pytest

from kitexgen.cli import progress as module
from kitexgen.cli.printing import Printing
from kitexgen.cli.progress import progress

STEPS = ("reading", "generating", "writing")
STEP_LINE = "generating [############------------] 0 s"
PLAIN = Printing(format="text", color=False, is_quiet=False, is_verbose=False)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    terminal = Terminal()
    # Not `sys.stderr` itself: pytest puts its own there between a fixture and its test.
    monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=terminal))
    return terminal


def test_a_short_run_shows_nothing(terminal: Terminal) -> None:
    with progress(STEPS, PLAIN) as on_step:
        on_step("generating")
    assert terminal.getvalue() == ""


def test_a_long_run_shows_its_step_and_clears_the_line(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0)
    monkeypatch.setattr(module, "_REPAINT", 0.001)
    with progress(STEPS, PLAIN) as on_step:
        on_step("generating")
        deadline = time.monotonic() + 10
        while STEP_LINE not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.001)
    assert STEP_LINE in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[K")


@pytest.mark.parametrize("printing", [PLAIN._replace(is_quiet=True), PLAIN._replace(format="json")])
def test_nothing_is_painted_where_it_would_disturb(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, printing: Printing
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0)
    monkeypatch.setattr(module, "_Bar", None)
    with progress(STEPS, printing) as on_step:
        on_step("reading")
    assert terminal.getvalue() == ""
