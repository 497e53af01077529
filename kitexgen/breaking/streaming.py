"""Whether a method takes, or returns, a stream."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.services import Streaming


def changed(comparison: Comparison, verb: str, end: Streaming) -> Iterator[Finding]:
    """Methods that did what `verb` says of a stream at the client's or the server's `end`, and do not, or begin to."""
    streams = {end, Streaming.BIDIRECTIONAL}
    for pair in comparison.methods():
        was, now = pair.old.streaming in streams, pair.new.streaming in streams
        if was != now:
            yield Finding(
                message=f"`{pair.service.id.name}.{pair.new.name}` {verb} a stream {'now' if now else 'no more'}",
                at=Label(pair.new.name_span, f"now {pair.new.streaming.value}"),
                was=Label(pair.old.name_span, f"was {pair.old.streaming.value}"),
            )
