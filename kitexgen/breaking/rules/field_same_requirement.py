"""An optional field stays optional, and one that is not stays so."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Requirement

_LAX = frozenset({Requirement.DEFAULT, Requirement.OPTIONAL})


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, _ in kept(comparison):
        if old.requirement is not new.requirement and {old.requirement, new.requirement} == _LAX:
            yield Finding(
                message=f"`{record.id.name}.{new.name}` was {old.requirement.value} and is {new.requirement.value}",
                at=Label(new.name_span, f"now {new.requirement.value}"),
                was=Label(old.name_span, f"was {old.requirement.value}"),
            )


RULE = Rule(
    code="KX0907",
    name="FIELD_SAME_REQUIREMENT",
    level=Level.SOURCE,
    why="the type changes in generated code: in Python None comes or goes, in Go a pointer",
    check=check,
)
