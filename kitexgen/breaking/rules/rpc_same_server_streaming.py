"""A method that returns a stream goes on doing so, and one that does not, too."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.services import Streaming

_STREAMS = frozenset({Streaming.SERVER, Streaming.BIDIRECTIONAL})


def check(comparison: Comparison) -> Iterator[Finding]:
    for pair in comparison.methods():
        was, now = pair.old.streaming in _STREAMS, pair.new.streaming in _STREAMS
        if was != now:
            yield Finding(
                message=f"`{pair.service.id.name}.{pair.new.name}` "
                + ("returns a stream now" if now else "returns a stream no more"),
                at=Label(pair.new.name_span, f"now {pair.new.streaming.value}"),
                was=Label(pair.old.name_span, f"was {pair.old.streaming.value}"),
            )


RULE = Rule(
    code="KX0931",
    name="RPC_SAME_SERVER_STREAMING",
    level=Level.WIRE,
    why="clients with the old IDL await one message where a stream comes, or the other way round",
    check=check,
)
