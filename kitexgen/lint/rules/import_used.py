"""Every include is used."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Fix
from kitexgen.lint.places import line_of
from kitexgen.lint.program import Program
from kitexgen.lint.rule import BASIC, Finding, Rule
from kitexgen.source.edit import TextEdit
from kitexgen.source.span import Span

# What reading finds of an include of which nothing is used.
_UNUSED = frozenset({"KX0223", "KX0705"})


def check(program: Program) -> Iterator[Finding]:
    judged = {module.id.path: module for module in program.modules}
    for found in program.reported:
        if found.code not in _UNUSED or found.at is None or found.at.span.path not in judged:
            continue
        module = judged[found.at.span.path]
        include = next((each for each in module.includes if _overlaps(each.span, found.at.span)), None)
        if include is not None:
            edit = TextEdit(*line_of(program.text(module), include.span), "")
            yield Finding(
                at=found.at.span,
                message=f"nothing of `{include.path}` is used",
                hint="delete the line",
                fix=Fix(title="delete the line", path=module.id.path, edits=(edit,)),
            )


def _overlaps(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


RULE = Rule(
    code="KX0817",
    name="IMPORT_USED",
    categories=BASIC,
    rationale="An include that nobody needs is still read, and ties the file to what it names.",
    check=check,
    is_fixable=True,
)
