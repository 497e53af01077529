"""No field becomes required, or stops being so."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.declarations import Record, Requirement


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Record):
        known = {field.id: field for field in old.fields}
        for field in new.fields:
            was = known.pop(field.id, None)
            is_required = field.requirement is Requirement.REQUIRED
            if was is None and is_required:
                yield Finding(
                    message=f"`{new.id.name}.{field.name}` was added as required",
                    at=Label(field.name_span, "is new"),
                    was=Label(old.name_span, "had no such field"),
                    why="messages of peers with the old IDL lack the field, and are refused",
                )
            elif was is not None and is_required and was.requirement is not Requirement.REQUIRED:
                yield Finding(
                    message=f"`{new.id.name}.{field.name}` became required",
                    at=Label(field.name_span),
                    was=Label(was.name_span, f"was {was.requirement.value}"),
                    why="messages of peers with the old IDL may lack the field, and are refused then",
                )
            elif was is not None and not is_required and was.requirement is Requirement.REQUIRED:
                yield Finding(
                    message=f"`{new.id.name}.{field.name}` is no longer required",
                    at=Label(field.name_span),
                    was=Label(was.name_span, "was required"),
                )
        for was in known.values():
            if was.requirement is Requirement.REQUIRED:
                yield Finding(
                    message=f"the required field `{new.id.name}.{was.name}` is gone",
                    at=Label(new.name_span, "has it no more"),
                    was=Label(was.name_span, "was required"),
                )


RULE = Rule(
    code="KX0906",
    name="MESSAGE_SAME_REQUIRED_FIELDS",
    level=Level.WIRE,
    why="a peer with the old IDL refuses every message without the field",
    check=check,
)
