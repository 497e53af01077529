"""No import is weak."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for module in program.modules:
        for include in module.includes:
            if include.is_weak:
                yield Finding(
                    at=include.span,
                    message=f"`{include.path}` is imported as weak",
                    hint="import it plainly",
                )


RULE = Rule(
    code="KX0863",
    name="IMPORT_NO_WEAK",
    categories=BASIC,
    rationale="Weak imports are for protoc's makers alone, and mean nothing elsewhere.",
    check=check,
    languages=("proto",),
)
