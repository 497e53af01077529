"""No extension is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.breaking.deleted import deleted
from kitexgen.breaking.level import Level
from kitexgen.breaking.pairing import Comparison
from kitexgen.breaking.rule import Finding, Rule
from kitexgen.schema.declarations import Extension


def check(comparison: Comparison) -> Iterator[Finding]:
    for extension in comparison.gone(Extension):
        yield from deleted(comparison, "extension", extension)


RULE = Rule(
    code="KX0951",
    name="EXTENSION_NO_DELETE",
    level=Level.SOURCE,
    why="code and options that set it break",
    check=check,
    languages=("proto",),
)
