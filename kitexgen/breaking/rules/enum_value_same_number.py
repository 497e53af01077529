"""A member of an enum keeps its number."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Enum


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Enum):
        known = {member.name: member for member in new.members}
        for was in old.members:
            now = known.get(was.name)
            if now is not None and now.number != was.number:
                yield Finding(
                    message=f"`{new.id.name}.{was.name}` changed its number from {was.number} to {now.number}",
                    at=Label(now.name_span, f"now {now.number}"),
                    was=Label(was.name_span, f"was {was.number}"),
                )


RULE = Rule(
    code="KX0913",
    name="ENUM_VALUE_SAME_NUMBER",
    level=Level.WIRE,
    why="a member is its number on the wire: a peer with the old IDL reads and writes the old one",
    check=check,
)
