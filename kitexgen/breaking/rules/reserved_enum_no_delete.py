"""What an enum reserves stays reserved."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.reserved import released
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.schema.declarations import Enum


def check(comparison: Comparison) -> Iterator[Finding]:
    return released(comparison.pairs(Enum))


RULE = Rule(
    code="KX0945",
    name="RESERVED_ENUM_NO_DELETE",
    level=Level.WIRE,
    why="it was reserved since peers with an older IDL mean something by it, and they still do",
    check=check,
    languages=("proto",),
)
