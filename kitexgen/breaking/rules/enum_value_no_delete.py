"""No member of an enum is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.reserved import keeps_name, keeps_number
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Enum


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Enum):
        names = {member.name for member in new.members}
        numbers = {member.number for member in new.members}
        is_proto = comparison.old.module(old.id.module).language == "proto"
        for was in old.members:
            is_told = is_proto and not (keeps_number(new.reserved, was.number) and keeps_name(new.reserved, was.name))
            if was.name not in names and was.number not in numbers and not is_told:
                yield Finding(
                    message=f"the member `{new.id.name}.{was.name}` is gone",
                    at=Label(new.name_span, "has it no more"),
                    was=Label(was.name_span, f"was {was.number}"),
                )


RULE = Rule(
    code="KX0915",
    name="ENUM_VALUE_NO_DELETE",
    level=Level.SOURCE,
    why="peers with the old IDL still send its number, which code then has no name for",
    check=check,
)
