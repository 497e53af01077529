"""The parent of worker processes: its back-off, and workers that do not do as they are told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kitexgen.runtime.server.processes import Backoff

ROOT = Path(__file__).parents[3]


def test_a_worker_that_dies_young_again_and_again_is_replaced_later_and_later() -> None:
    backoff = Backoff(first=0.1, longest=1.0, healthy=10)
    assert [backoff.after(lived) for lived in (0, 9.9, 5, 0, 0, 0)] == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_a_worker_that_lived_is_replaced_at_once_and_its_past_is_forgotten() -> None:
    backoff = Backoff(first=0.1, longest=1.0, healthy=10)
    assert [backoff.after(lived) for lived in (0, 0, 10, 1e6, 0)] == [0.1, 0.2, 0.0, 0.0, 0.1]


STUBBORN = """
import os, signal, sys
from kitexgen.runtime.server.processes import Supervisor, Worker

def work(worker: Worker) -> None:
    signal.signal(signal.SIGTERM, lambda *_: None)
    worker.tell_ready()
    os.kill(os.getppid(), signal.SIGTERM)
    os.write(1, b"told\\n")
    while True:
        signal.pause()

Supervisor(1, work, patience=0.2).run()
print("over")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_a_worker_that_does_not_stop_is_killed_when_patience_is_at_its_end() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUBBORN], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.splitlines() == ["told", "over"]
    assert "does not stop and is killed" in done.stderr


USUAL = """
import os, signal
from kitexgen.runtime.server.processes import Supervisor, Worker

signal.signal(signal.SIGUSR1, lambda *_: os.write(1, b"parent's own\\n"))
signal.signal(signal.SIGHUP, signal.SIG_IGN)

def work(worker: Worker) -> None:
    def passed_on(*_: object) -> None:
        os.write(1, b"passed on\\n")
        os.kill(os.getppid(), signal.SIGTERM)

    signal.signal(signal.SIGUSR1, passed_on)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    worker.tell_ready()
    os.kill(os.getppid(), signal.SIGHUP)
    os.kill(os.getppid(), signal.SIGUSR1)
    while True:
        signal.pause()

Supervisor(1, work, patience=30).run()
os.kill(os.getpid(), signal.SIGUSR1)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_other_signals_are_passed_on_ignored_ones_stay_ignored_and_all_is_as_before_in_the_end() -> None:
    done = subprocess.run(
        [sys.executable, "-c", USUAL], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout.splitlines() == ["passed on", "parent's own"]
