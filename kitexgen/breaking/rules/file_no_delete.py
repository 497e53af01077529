"""No file is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.source.span import Span


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.modules():
        has_moved = all(comparison.now(each.id) is not None for each in old.declarations)
        if new is None and not (old.declarations and has_moved):
            yield Finding(
                message=f"the file `{old.id.path.rpartition('/')[2]}` is gone",
                at=None,
                was=Label(Span(old.id.path, 0, 0), f"declared {_count(len(old.declarations))}"),
            )


def _count(number: int) -> str:
    return "one thing" if number == 1 else f"{number} things"


RULE = Rule(
    code="KX0933",
    name="FILE_NO_DELETE",
    level=Level.SOURCE,
    why="every IDL that includes it breaks, and so does code that uses what it declared",
    check=check,
)
