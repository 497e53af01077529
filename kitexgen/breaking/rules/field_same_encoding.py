"""A message field keeps its way of being delimited."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, _ in kept(comparison):
        if old.encoding is None or new.encoding is None:
            continue
        if old.encoding.is_delimited != new.encoding.is_delimited:
            now, was = ("a group", "a message with its length before it")
            now, was = (now, was) if new.encoding.is_delimited else (was, now)
            yield Finding(
                message=f"`{record.id.name}.{new.name}` was written as {was} and is as {now}",
                at=Label(new.name_span),
                was=Label(old.name_span),
            )


RULE = Rule(
    code="KX0946",
    name="FIELD_SAME_ENCODING",
    level=Level.WIRE,
    why="peers with the old IDL skip the field as one of a kind that they do not expect",
    check=check,
    languages=("proto",),
)
