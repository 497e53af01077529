"""A string field goes on being checked for UTF-8, or not."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.fields import kept
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label


def check(comparison: Comparison) -> Iterator[Finding]:
    for record, old, new, apart in kept(comparison):
        if apart is not None or old.encoding is None or new.encoding is None:
            continue
        if old.encoding.checks_utf8 != new.encoding.checks_utf8:
            now = "is checked for UTF-8 now" if new.encoding.checks_utf8 else "is not checked for UTF-8 any more"
            yield Finding(
                message=f"`{record.id.name}.{new.name}` {now}", at=Label(new.name_span), was=Label(old.name_span)
            )


RULE = Rule(
    code="KX0954",
    name="FIELD_SAME_UTF8_VALIDATION",
    level=Level.SOURCE,
    why="what one side writes the other may refuse, and code may meet text that is none",
    check=check,
    languages=("proto",),
)
