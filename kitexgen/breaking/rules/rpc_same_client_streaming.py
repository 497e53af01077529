"""A method that takes a stream goes on doing so, and one that does not, too."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.services import Streaming

_STREAMS = frozenset({Streaming.CLIENT, Streaming.BIDIRECTIONAL})


def check(comparison: Comparison) -> Iterator[Finding]:
    for pair in comparison.methods():
        was, now = pair.old.streaming in _STREAMS, pair.new.streaming in _STREAMS
        if was != now:
            yield Finding(
                message=f"`{pair.service.id.name}.{pair.new.name}` "
                + ("takes a stream now" if now else "takes a stream no more"),
                at=Label(pair.new.name_span, f"now {pair.new.streaming.value}"),
                was=Label(pair.old.name_span, f"was {pair.old.streaming.value}"),
            )


RULE = Rule(
    code="KX0930",
    name="RPC_SAME_CLIENT_STREAMING",
    level=Level.WIRE,
    why="clients with the old IDL send one message where a stream is awaited, or the other way round",
    check=check,
)
