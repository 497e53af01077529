"""SCENARIOS: everything the soak does, in order."""

from collections.abc import Callable, Coroutine
from typing import Any

from tests.soak.scenario import Result, Scale
from tests.soak.scenarios import bad_clients, bad_servers, callers, given_up, idle, outages, rolling, streams

SCENARIOS: dict[str, Callable[[Scale], Coroutine[Any, Any, Result]]] = {
    "idle": idle.run,
    "callers": callers.run,
    "given_up": given_up.run,
    "streams": streams.run,
    "rolling": rolling.run,
    "killed": outages.killed,
    "frozen": outages.frozen,
    "bad_clients": bad_clients.run,
    "bad_servers": bad_servers.run,
}
