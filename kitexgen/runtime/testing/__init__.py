"""For tests, ours and our users': a client and a server in memory, a told clock, scripted peers, conformance suites."""

from kitexgen.runtime.testing.clock import ToldClock
from kitexgen.runtime.testing.fakes import ScriptedPeer, scripted
from kitexgen.runtime.testing.memory import connected, connected_blocking
from kitexgen.runtime.testing.middleware import check_middleware
from kitexgen.runtime.testing.promises import NonConforming
from kitexgen.runtime.testing.stream import check_stream

__all__ = [
    "NonConforming",
    "ScriptedPeer",
    "ToldClock",
    "check_middleware",
    "check_stream",
    "connected",
    "connected_blocking",
    "scripted",
]
