"""No import is public."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule


def check(program: Program) -> Iterator[Finding]:
    for module in program.modules:
        for include in module.includes:
            if include.is_public:
                yield Finding(
                    at=include.span,
                    message=f"`{include.path}` is imported as public",
                    hint="import it plainly, and let those who need it import it themselves",
                )


RULE = Rule(
    code="KX0862",
    name="IMPORT_NO_PUBLIC",
    categories=BASIC,
    rationale="Whoever imports the file depends on more than it names, and on all that is added there.",
    check=check,
    languages=("proto",),
)
