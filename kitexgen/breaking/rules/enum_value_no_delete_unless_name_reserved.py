"""The name of a deleted member is reserved."""

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
        for was in old.members:
            is_gone = was.name not in names and was.number not in numbers
            if is_gone and keeps_number(new.reserved, was.number) and not keeps_name(new.reserved, was.name):
                yield Finding(
                    message=f"the member `{new.id.name}.{was.name}` is gone and its name is not reserved",
                    at=Label(new.name_span, f'`reserved "{was.name}";` is missing'),
                    was=Label(was.name_span),
                )


RULE = Rule(
    code="KX0943",
    name="ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
    level=Level.JSON,
    why="another member may take the name, and JSON of peers with the old IDL would mean the old one by it",
    check=check,
    languages=("proto",),
)
