"""An optional field stays optional, and one that is not stays so."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Record, RecordKind, Requirement

_LAX = frozenset({Requirement.DEFAULT, Requirement.OPTIONAL})


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, _ in kept(comparison):
        if old.requirement is not new.requirement and {old.requirement, new.requirement} == _LAX:
            before, now = (_called(record, field.requirement) for field in (old, new))
            yield Finding(
                message=f"`{record.id.name}.{new.name}` was {before} and is {now}",
                at=Label(new.name_span, f"now {now}"),
                was=Label(old.name_span, f"was {before}"),
            )


def _called(record: Record, requirement: Requirement) -> str:
    """What its IDL calls it: Protobuf speaks of presence, and fields of a oneof are optional without saying so."""
    if record.kind is not RecordKind.MESSAGE:
        return requirement.value
    return "of implicit presence" if requirement is Requirement.DEFAULT else "of explicit presence"


RULE = Rule(
    code="KX0907",
    name="FIELD_SAME_REQUIREMENT",
    level=Level.SOURCE,
    why="the type changes in generated code: in Python None comes or goes, in Go a pointer",
    check=check,
)
