"""A method that returns a stream goes on doing so, and one that does not, too."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.streaming import changed
from kitexgen.schema.services import Streaming


def check(comparison: Comparison) -> Iterator[Finding]:
    return changed(comparison, "returns", Streaming.SERVER)


RULE = Rule(
    code="KX0931",
    name="RPC_SAME_SERVER_STREAMING",
    level=Level.WIRE,
    why="clients with the old IDL await one message where a stream comes, or the other way round",
    check=check,
)
