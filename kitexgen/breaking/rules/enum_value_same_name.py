"""The number of a member is not given to another one."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Enum


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Enum):
        names = {member.name for member in new.members}
        for was in old.members:
            now = [member for member in new.members if member.number == was.number]
            if now and was.name not in names:
                is_new = all(member.name != now[0].name for member in old.members)
                yield Finding(
                    message=f"`{new.id.name}.{was.name}` was renamed to `{now[0].name}`"
                    if is_new
                    else f"the number of `{new.id.name}.{was.name}` was given to `{now[0].name}`",
                    at=Label(now[0].name_span, f"{was.number} now"),
                    was=Label(was.name_span, f"was {was.number}"),
                )


RULE = Rule(
    code="KX0914",
    name="ENUM_VALUE_SAME_NAME",
    level=Level.JSON,
    why="JSON may carry the name of a member; code that uses it breaks too, and if it means something else, peers do",
    check=check,
)
