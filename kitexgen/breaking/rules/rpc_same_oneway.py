"""A oneway method stays oneway, and one that is not stays so."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for pair in comparison.methods():
        if pair.old.is_oneway != pair.new.is_oneway:
            now, was = ("oneway", "not oneway") if pair.new.is_oneway else ("not oneway", "oneway")
            yield Finding(
                message=f"`{pair.service.id.name}.{pair.new.name}` was {was} and is {now}",
                at=Label(pair.new.name_span, f"now {now}"),
                was=Label(pair.old.name_span, f"was {was}"),
            )


RULE = Rule(
    code="KX0929",
    name="RPC_SAME_ONEWAY",
    level=Level.WIRE,
    why="one side waits for an answer that the other does not send, or gets one that it does not expect",
    check=check,
    languages=("thrift",),
)
