"""The number of a deleted member is reserved."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.reserved import keeps_number
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Enum


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Enum):
        names = {member.name for member in new.members}
        numbers = {member.number for member in new.members}
        for was in old.members:
            is_gone = was.name not in names and was.number not in numbers
            if is_gone and not keeps_number(new.reserved, was.number):
                yield Finding(
                    message=f"the member `{new.id.name}.{was.name}` is gone and {was.number} is not reserved",
                    at=Label(new.name_span, f"`reserved {was.number};` is missing"),
                    was=Label(was.name_span, f"was {was.number}"),
                )


RULE = Rule(
    code="KX0942",
    name="ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
    level=Level.WIRE,
    why="another member may take the number, and peers with the old IDL would mean the old one by it",
    check=check,
    languages=("proto",),
)
