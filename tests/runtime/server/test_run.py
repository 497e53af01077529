"""`run`, as far as one process goes; several are in tests/end_to_end/test_processes.py."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from kitexgen.runtime.errors import IncompleteHandler
from kitexgen.runtime.net import Address
from kitexgen.runtime.server import Served, run
from kitexgen.runtime.server.run import default_loop_factory
from tests.builders.services import CLOCK, ClockHandler


def test_it_serves_on_a_loop_of_the_factorys_until_a_signal() -> None:
    made: list[asyncio.AbstractEventLoop] = []
    used: list[asyncio.AbstractEventLoop] = []

    def factory() -> asyncio.AbstractEventLoop:
        made.append(asyncio.new_event_loop())
        return made[-1]

    def on_start(_: Address) -> None:
        used.append(asyncio.get_running_loop())
        os.kill(os.getpid(), signal.SIGTERM)

    run(Served(CLOCK, ClockHandler()), address="127.0.0.1:0", loop_factory=factory, on_start=on_start)
    assert made == used
    assert made[0].is_closed()


def test_uvloop_is_used_when_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = SimpleNamespace(new_event_loop=object(), __spec__=SimpleNamespace(name="uvloop"))
    monkeypatch.setitem(sys.modules, "uvloop", fast)
    assert default_loop_factory() is fast.new_event_loop


def test_asyncio_is_used_when_uvloop_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert default_loop_factory() is None


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"workers": 0}, ValueError, "at least one worker process, not 0"),
        ({"workers": 2, "address": "memory:x"}, ValueError, "processes share no memory"),
        ({"worker_threads": 0}, ValueError, "worker_threads must be at least 1"),
        ({"max_in_flight": -1}, ValueError, "max_in_flight must not be negative"),
        ({"idle_timeout": -1}, ValueError, "^idle_timeout is -1 seconds; for no limit say None$"),
        ({"read_timeout": "5"}, TypeError, "^read_timeout is a number of seconds, not '5'$"),
        ({"arrival_timeout": float("nan")}, ValueError, "^arrival_timeout is nan seconds"),
        ({"write_timeout": True}, TypeError, "^write_timeout is a number of seconds, not True$"),
        ({"late_requests": -1}, ValueError, "^late_requests is -1 seconds$"),
        ({"exit_wait": None}, TypeError, "^exit_wait is a number of seconds, not None$"),
        ({"nonsense": 1}, TypeError, "nonsense"),
    ],
)
def test_what_is_wrong_is_told_before_anything_starts(
    settings: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        run(Served(CLOCK, ClockHandler()), **{"address": "127.0.0.1:0", **settings})


def test_a_handler_that_lacks_methods_is_refused_before_workers_start() -> None:
    with pytest.raises(IncompleteHandler):
        run(Served(CLOCK, object()), workers=2)
