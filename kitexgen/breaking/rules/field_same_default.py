"""A field keeps its default."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.breaking.wording import value_text
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, apart in kept(comparison):
        was, now = value_text(old.default), value_text(new.default)
        if apart is None and was != now:
            yield Finding(
                message=f"the default of `{record.id.name}.{new.name}` changed from {was} to {now}",
                at=Label(new.name_span, f"now {now}"),
                was=Label(old.name_span, f"was {was}"),
            )


RULE = Rule(
    code="KX0908",
    name="FIELD_SAME_DEFAULT",
    level=Level.WIRE,
    why="a field that is not on the wire is read as one value by peers with the old IDL, and as another by new ones",
    check=check,
)
