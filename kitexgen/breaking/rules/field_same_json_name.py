"""A field keeps its name in JSON."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, _ in kept(comparison):
        if old.name == new.name and old.json_name != new.json_name:
            yield Finding(
                message=f"`{record.id.name}.{new.name}` was `{old.json_name}` in JSON and is `{new.json_name}`",
                at=Label(new.name_span, f"now {new.json_name}"),
                was=Label(old.name_span, f"was {old.json_name}"),
            )


RULE = Rule(
    code="KX0948",
    name="FIELD_SAME_JSON_NAME",
    level=Level.JSON,
    why="JSON clients with the old IDL send the old name, which is unknown now",
    check=check,
    languages=("proto",),
)
