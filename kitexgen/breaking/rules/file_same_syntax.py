"""A file keeps its syntax."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.source.span import Span


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.modules():
        if new is not None and old.syntax != new.syntax:
            yield Finding(
                message=f"the syntax was {old.syntax} and is {new.syntax}",
                at=Label(Span(new.id.path, 0, 0), f"now {new.syntax}"),
                was=Label(Span(old.id.path, 0, 0), f"was {old.syntax}"),
            )


RULE = Rule(
    code="KX0955",
    name="FILE_SAME_SYNTAX",
    level=Level.SOURCE,
    why="presence, enums and packing may differ by it; what changed of each field is told there",
    check=check,
    languages=("proto",),
)
