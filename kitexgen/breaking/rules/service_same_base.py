"""A service extends what it extended."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.diagnostics.diagnostic import Label
from kitexgen.schema.services import Service


def check(comparison: Comparison) -> Iterator[Finding]:
    for old, new in comparison.pairs(Service):
        paired = comparison.now(old.base) if old.base is not None else None
        if old.base is not None and (paired is None or paired.id != new.base):
            now = f"extends `{new.base.name}`" if new.base is not None else "extends nothing"
            yield Finding(
                message=f"the service `{new.id.name}` extended `{old.base.name}` and {now}",
                at=Label(new.name_span, now.replace("`", "")),
                was=Label(old.name_span, f"extended {old.base.name}"),
            )


RULE = Rule(
    code="KX0932",
    name="SERVICE_SAME_BASE",
    level=Level.SOURCE,
    why="code that passes its client or handler for the base's breaks; methods that are gone are told of by themselves",
    check=check,
    languages=("thrift",),
)
