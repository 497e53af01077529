"""A method that takes a stream goes on doing so, and one that does not, too."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.streaming import changed
from kitexgen.schema.services import Streaming


def check(comparison: Comparison) -> Iterator[Finding]:
    return changed(comparison, "takes", Streaming.CLIENT)


RULE = Rule(
    code="KX0930",
    name="RPC_SAME_CLIENT_STREAMING",
    level=Level.WIRE,
    why="clients with the old IDL send one message where a stream is awaited, or the other way round",
    check=check,
)
