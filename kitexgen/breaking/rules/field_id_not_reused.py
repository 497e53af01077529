"""The id of a field is not given to another one."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import Fate, record_changes
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.wording import type_text
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for _, record, change in record_changes(comparison):
        old, new = change.old, change.new
        if change.fate is Fate.REPLACED and new is not None:
            yield Finding(
                message=f"the id {old.id} of `{record.id.name}.{old.name}` was given to `{new.name}`",
                at=Label(new.id_span or new.name_span, f"now {type_text(new.type)} {new.name}"),
                was=Label(old.id_span or old.name_span, f"was {type_text(old.type)} {old.name}"),
            )


RULE = Rule(
    code="KX0905",
    name="FIELD_ID_NOT_REUSED",
    level=Level.WIRE,
    why="a peer with the old IDL, and every stored message, means the old field by this id",
    check=check,
)
